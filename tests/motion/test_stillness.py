"""What stands still is told from what moves."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.motion.clip import MotionClip
from engine.motion.pieces import held
from engine.motion.rotations import from_vector
from engine.motion.skeleton import JOINT_COUNT, Joint
from engine.motion.stillness import still


def raising(frames: int, degrees: float = 180.0) -> MotionClip:
    """An arm that turns evenly by so many degrees a second."""
    turns = np.zeros((frames, JOINT_COUNT, 3))
    turns[:, Joint.LEFT_SHOULDER, 2] = np.radians(degrees) * np.arange(frames) / 20
    return MotionClip(np.tile([0.0, 0.9, 0.0], (frames, 1)), from_vector(turns), np.zeros((frames, 4)))


@given(st.integers(2, 40), st.integers(2, 40))
def test_what_stands_before_and_after_is_still(before: int, after: int) -> None:
    found = still(held(raising(20), before, after))
    assert found[: before - 1].all() and found[before + 21 :].all() and not found[before + 1 : before + 19].any()


def test_who_sways_stands() -> None:
    assert still(raising(40, 20.0)).all()
