"""When nobody moves: recordings begin and end so, what is told in one go should not."""

from __future__ import annotations

from typing import Final

import numpy as np

from .clip import MotionClip
from .kinematics import forward_kinematics

#: Someone who stands sways and shifts their hands at less than this, m/s.
_STILL: Final = 0.5


def still(clip: MotionClip) -> np.ndarray:
    """Whether nobody moves, bool [T]."""
    return np.asarray(_speeds(clip) <= _STILL)


def _speeds(clip: MotionClip) -> np.ndarray:
    """Speed [T] of the fastest joint, m/s, as the mean of three frames: one frame alone may tremble."""
    joints = forward_kinematics(clip.root, clip.rotations)
    fastest = np.linalg.norm(np.gradient(joints, axis=0), axis=-1).max(axis=1) * clip.fps
    padded = np.pad(fastest, 1, mode="edge")
    calm: np.ndarray = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    return calm
