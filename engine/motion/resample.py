"""The only place where scene frames, model frames and token indices are converted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .clip import MotionClip
from .rotations import continuous, normalize
from .skeleton import FRAMES_PER_TOKEN, MODEL_FPS


def model_frames(scene_frames: float, scene_fps: float) -> int:
    """Model frames (20 fps) that cover `scene_frames` frames at `scene_fps`, at least one."""
    return max(1, math.ceil((scene_frames - 1) * MODEL_FPS / scene_fps - 1e-6) + 1)


def scene_frames(model_frame_count: int, scene_fps: float) -> int:
    """Whole scene frames inside `model_frame_count` frames at 20 fps, at least one."""
    return max(1, math.floor((model_frame_count - 1) * scene_fps / MODEL_FPS + 1e-6) + 1)


def token_count(model_frame_count: int) -> int:
    """Tokens that cover `model_frame_count` frames."""
    return math.ceil(model_frame_count / FRAMES_PER_TOKEN)


@dataclass(frozen=True)
class FrameClock:
    """Where the model frames of a clip lie on a scene's timeline."""

    first_frame: float  # scene frame of model frame 0
    scene_fps: float

    def to_model(self, scene_frame: np.ndarray | float) -> np.ndarray:
        """Fractional model frames [...] at scene frames [...]."""
        return (np.asarray(scene_frame, dtype=np.float64) - self.first_frame) * (MODEL_FPS / self.scene_fps)

    def to_scene(self, model_frame: np.ndarray | float) -> np.ndarray:
        """Fractional scene frames [...] at model frames [...]."""
        return self.first_frame + np.asarray(model_frame, dtype=np.float64) * (self.scene_fps / MODEL_FPS)


def resample(clip: MotionClip, fps: float, frames: int | None = None) -> MotionClip:
    """`clip` at another frame rate; frame 0 stays frame 0.

    frames: how many to return (times past the end hold the last pose); as many as fit by default.
    """
    if frames is None:
        frames = max(1, math.floor((len(clip) - 1) * fps / clip.fps + 1e-6) + 1)
    if fps == clip.fps and frames == len(clip):
        return clip
    times = np.minimum(np.arange(frames) * (clip.fps / fps), len(clip) - 1)
    return sample(clip, times, fps)


def sample(clip: MotionClip, times: np.ndarray, fps: float) -> MotionClip:
    """Poses of `clip` at fractional frame numbers `times` [N], as a clip that plays at `fps`.

    Root and rotations follow the cubic through the four frames around (Catmull & Rom 1974): its speed does not jump
    at the clip's frames as along straight lines, which curves at 60 fps would show as corners. Whole frames keep
    their bits. Contacts are interpolated linearly.
    """
    low = np.clip(np.floor(times).astype(int), 0, max(len(clip) - 2, 0))
    high = np.minimum(low + 1, len(clip) - 1)
    t = np.asarray(times, dtype=np.float64) - low
    contacts = clip.contacts[low] + (clip.contacts[high] - clip.contacts[low]) * t[:, None]
    turns = continuous(clip.rotations)
    rotations = normalize(_cubic(turns, low, high, t[:, None, None]))
    whole = np.isin(t, (0.0, 1.0))
    rotations[whole] = turns[np.where(t == 0.0, low, high)[whole]]
    return MotionClip(_cubic(clip.root, low, high, t[:, None]), continuous(rotations), contacts, float(fps))


def _cubic(values: np.ndarray, low: np.ndarray, high: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Values [N, ...] at shares `t` [N, ...] of the way from frames `low` to `high` [N] of `values` [T, ...]."""
    if len(values) < 2:
        return values[low]
    slopes = np.gradient(values, axis=0)
    way = values[high] - values[low]
    # The straight way plus what bends it, so that a value that rests keeps its bits.
    bend = t * (1.0 - t) * ((1.0 - t) * (slopes[low] - way) - t * (slopes[high] - way))
    cubic: np.ndarray = values[low] + t * way + bend
    return np.where(t == 1.0, values[high], cubic)
