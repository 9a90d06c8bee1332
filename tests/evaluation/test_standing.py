"""What stands still is told from what moves."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.evaluation.motion_metrics import still
from engine.motion.clip import MotionClip
from engine.motion.kinematics import forward_kinematics
from engine.motion.pieces import held
from engine.motion.rotations import from_vector
from engine.motion.skeleton import JOINT_COUNT, Joint


def raising(frames: int, degrees: float = 180.0) -> MotionClip:
    """An arm that turns evenly by so many degrees a second."""
    turns = np.zeros((frames, JOINT_COUNT, 3))
    turns[:, Joint.LEFT_SHOULDER, 2] = np.radians(degrees) * np.arange(frames) / 20
    return MotionClip(np.tile([0.0, 0.9, 0.0], (frames, 1)), from_vector(turns), np.zeros((frames, 4)))


def joints_of(clip: MotionClip) -> np.ndarray:
    return forward_kinematics(clip.root, clip.rotations)


@given(st.integers(2, 40), st.integers(2, 40))
def test_what_stands_before_and_after_is_still(before: int, after: int) -> None:
    found = still(joints_of(held(raising(20), before, after)))
    assert found[: before - 1].all() and found[before + 21 :].all() and not found[before + 1 : before + 19].any()


def test_who_sways_stands() -> None:
    assert still(joints_of(raising(40, 20.0))).all()
