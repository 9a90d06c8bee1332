"""Semantic probes: does a sentence give the motion a person would expect? Judged on joints alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..motion import rotations as rot
from ..motion.clip import MotionClip
from ..motion.kinematics import forward_kinematics
from ..motion.skeleton import MODEL_FPS, Joint

#: Pelvis height of an upright figure of our skeleton, metres (a little under the rest pose's 0.97).
_STANDING: Final = 0.90


@dataclass(frozen=True)
class Figure:
    """A motion as the probes look at it."""

    joints: np.ndarray  # [T, 22, 3] m, y up
    heading: np.ndarray  # [T] rad, unwrapped; grows when turning left

    @classmethod
    def of_clip(cls, clip: MotionClip) -> Figure:
        """Joints and heading (where the pelvis faces) of a clip at 20 fps."""
        ahead = rot.rotate(clip.rotations[:, 0], np.array([0.0, 0.0, 1.0]))
        return cls(forward_kinematics(clip.root, clip.rotations), np.unwrap(np.arctan2(ahead[:, 0], ahead[:, 2])))

    @property
    def height(self) -> np.ndarray:
        """Pelvis height [T], m."""
        return self.joints[:, Joint.PELVIS, 1]

    def forward_speed(self) -> float:
        """Mean speed of the pelvis along its heading, m/s."""
        step = np.diff(self.joints[:, Joint.PELVIS], axis=0) * MODEL_FPS
        ahead = np.stack([np.sin(self.heading), np.zeros_like(self.heading), np.cos(self.heading)], axis=1)
        return float((step * ahead[:-1]).sum(-1).mean())

    def top_speed(self) -> float:
        """Speed of the pelvis over the floor in its fastest half second, m/s."""
        window = MODEL_FPS // 2
        path = self.joints[:, Joint.PELVIS][:, [0, 2]]
        if len(path) <= window:
            return float(np.linalg.norm(path[-1] - path[0]) * MODEL_FPS / max(1, len(path) - 1))
        return float(np.linalg.norm(path[window:] - path[:-window], axis=-1).max() * MODEL_FPS / window)

    def local(self, joint: Joint) -> np.ndarray:
        """A joint [T, 3] seen from the pelvis, in the heading frame."""
        return rot.rotate(rot.about_y(-self.heading), self.joints[:, joint] - self.joints[:, Joint.PELVIS])


@dataclass(frozen=True)
class Probe:
    """A sentence, what is measured of each motion, and when a motion counts as right."""

    name: str
    text: str
    measure: Callable[[Figure], float]
    unit: str
    passes: Callable[[float], bool]
    needed: int  # of ten


@dataclass(frozen=True)
class ProbeResult:
    """What the seeds of one probe gave."""

    probe: Probe
    values: tuple[float, ...]

    @property
    def passed(self) -> int:
        """Seeds that count as right."""
        return sum(self.probe.passes(value) for value in self.values)

    @property
    def median(self) -> float:
        """Middle value over the seeds."""
        return float(np.median(self.values))


def lift(figure: Figure) -> float:
    """How far the pelvis rises over standing, m; crouching first earns nothing."""
    return float(figure.height.max() - max(float(np.median(figure.height)), _STANDING))


def left_turn(figure: Figure) -> float:
    """Net turn to the left, degrees."""
    return float(np.degrees(figure.heading[-1] - figure.heading[0]))


def drop(figure: Figure) -> float:
    """How much lower the pelvis is over the last half second than over the first, m."""
    part = MODEL_FPS // 2
    return float(figure.height[:part].mean() - figure.height[-part:].mean())


def right_wave(figure: Figure) -> float:
    """Travel of the right wrist over that of the left; 0 unless it is over its elbow in a quarter of the frames."""
    raised = figure.joints[:, Joint.RIGHT_WRIST, 1] > figure.joints[:, Joint.RIGHT_ELBOW, 1]
    travel = [
        float(np.linalg.norm(np.diff(figure.local(joint), axis=0), axis=-1).sum())
        for joint in (Joint.RIGHT_WRIST, Joint.LEFT_WRIST)
    ]
    return travel[0] / max(travel[1], 1e-6) if raised.mean() >= 0.25 else 0.0


PROBES: Final = (
    Probe("walks forward", "a person walks forward", Figure.forward_speed, "m/s", lambda v: v >= 0.4, 9),
    Probe("walks backwards", "a person walks backwards", Figure.forward_speed, "m/s", lambda v: v <= -0.1, 8),
    Probe("jumps", "a person jumps", lift, "m", lambda v: v >= 0.15, 8),
    Probe("turns left", "a person turns left", left_turn, "deg", lambda v: v >= 30, 8),
    Probe("turns right", "a person turns right", left_turn, "deg", lambda v: v <= -30, 8),
    Probe("waves the right hand", "a person waves the right hand", right_wave, "x left", lambda v: v > 1, 8),
    Probe("sits down", "a person sits down", drop, "m", lambda v: v >= 0.2, 7),
    Probe("runs", "a person runs", Figure.forward_speed, "m/s", lambda v: v >= 1.0, 0),
    Probe("walks", "a person walks", Figure.forward_speed, "m/s", lambda v: v >= 0.4, 0),
    # Beside the mean: a run that starts and ends standing is slow in the mean and still a run.
    Probe("runs (top speed)", "a person runs", Figure.top_speed, "m/s", lambda v: v >= 2.0, 0),
    Probe("walks (top speed)", "a person walks", Figure.top_speed, "m/s", lambda v: v < 2.0, 0),
)


def judge(probe: Probe, clips: Sequence[MotionClip]) -> ProbeResult:
    """Measure the motions a probe's text gave."""
    return ProbeResult(probe, tuple(probe.measure(Figure.of_clip(clip)) for clip in clips))


def run_over_walk(results: Sequence[ProbeResult], measured: str = "") -> float:
    """How many times faster running is than walking, by medians; measured: "" or " (top speed)"."""
    medians = {result.probe.name: result.median for result in results}
    return medians["runs" + measured] / max(medians["walks" + measured], 1e-6)
