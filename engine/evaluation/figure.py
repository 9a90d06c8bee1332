"""A motion as the probes look at it: joints, heading, and a few things one can say of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..motion import rotations as rot
from ..motion.clip import MotionClip
from ..motion.kinematics import forward_kinematics
from ..motion.skeleton import MODEL_FPS, Joint


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

    @property
    def seconds(self) -> float:
        """Time from the first frame to the last."""
        return max(1, len(self.joints) - 1) / MODEL_FPS

    def steps(self) -> np.ndarray:
        """Velocity [T - 1, 2] of the pelvis over the floor, m/s: to its own left, ahead."""
        step = np.diff(self.joints[:, Joint.PELVIS], axis=0) * MODEL_FPS
        seen: np.ndarray = rot.rotate(rot.about_y(-self.heading[:-1]), step)
        return seen[:, [0, 2]]

    def forward_speed(self) -> float:
        """Mean speed of the pelvis along its heading, m/s."""
        return float(self.steps()[:, 1].mean())

    def top_speed(self) -> float:
        """Speed of the pelvis over the floor in its fastest half second, m/s."""
        window = MODEL_FPS // 2
        path = self.joints[:, Joint.PELVIS][:, [0, 2]]
        if len(path) <= window:
            return float(np.linalg.norm(path[-1] - path[0]) * MODEL_FPS / max(1, len(path) - 1))
        return float(np.linalg.norm(path[window:] - path[:-window], axis=-1).max() * MODEL_FPS / window)

    def local(self, joint: Joint) -> np.ndarray:
        """A joint [T, 3] seen from the pelvis, in the heading frame: x to the left, y up, z ahead."""
        return rot.rotate(rot.about_y(-self.heading), self.joints[:, joint] - self.joints[:, Joint.PELVIS])

    def speed_of(self, joint: Joint) -> np.ndarray:
        """Speed [T - 1] of a joint seen from the pelvis, m/s."""
        return np.asarray(np.linalg.norm(np.diff(self.local(joint), axis=0), axis=-1) * MODEL_FPS)

    def reach(self, wrist: Joint, shoulder: Joint) -> np.ndarray:
        """Distance [T] of a wrist from its shoulder, m."""
        return np.asarray(np.linalg.norm(self.joints[:, wrist] - self.joints[:, shoulder], axis=-1))


def held(values: np.ndarray, seconds: float) -> float:
    """The highest value that `values` [T] keep for `seconds` without a break."""
    window = min(len(values), max(1, round(seconds * MODEL_FPS)))
    return float(np.lib.stride_tricks.sliding_window_view(values, window).min(axis=1).max())
