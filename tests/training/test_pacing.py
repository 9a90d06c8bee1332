"""Rows of another pace are the rows of the motion at that pace."""

from __future__ import annotations

import numpy as np
import pytest

from engine.features.representation import CONTACTS, rows_from_clip
from engine.motion.clip import MotionClip
from engine.motion.rotations import from_vector
from engine.motion.skeleton import JOINT_COUNT
from engine.training.pacing import frames_at_pace, rows_at_pace


def swaying(seconds: float, pace: float) -> MotionClip:
    """A motion known at every moment, as 20 frames a second see it."""
    time = np.arange(0, seconds / pace, 0.05)[:, None, None] * pace
    joint = np.arange(JOINT_COUNT * 3).reshape(1, JOINT_COUNT, 3)
    turns = 0.3 * np.sin(1.5 * time + joint) * [1, 0, 0]  # nodding alone: headings are smoothed by the frame
    root = np.concatenate([0.8 * time[:, 0], 0.9 + 0.05 * np.sin(2 * time[:, 0]), 0.3 * np.sin(time[:, 0])], axis=1)
    return MotionClip(root, from_vector(turns), np.zeros((len(time), 4)))


@pytest.mark.parametrize("pace", [0.88, 1.14])
def test_a_motion_retold_is_that_motion_faster_or_slower(pace: float) -> None:
    made = rows_at_pace(rows_from_clip(swaying(6.0, 1.0)), pace)
    true = rows_from_clip(swaying(6.0, pace))
    count = min(len(made), len(true))
    assert abs(len(made) - len(true)) <= 1
    assert np.abs(made[:count] - true[:count])[:, : CONTACTS.start].max() < 0.004  # metres, radians


def test_its_own_pace_changes_nothing() -> None:
    rows = rows_from_clip(swaying(3.0, 1.0))
    np.testing.assert_allclose(rows_at_pace(rows, 1.0), rows, atol=1e-12)
    assert [frames_at_pace(101, pace) for pace in (0.5, 1.0, 2.0)] == [201, 101, 51]
