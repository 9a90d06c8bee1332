"""Motions are as unlike as their poses are, wherever they go and however long they take."""

from __future__ import annotations

import numpy as np
import pytest

from engine.evaluation.figure import Figure
from engine.evaluation.variety import apart, course, distances
from engine.motion.skeleton import JOINT_COUNT, Joint


def figure(frames: int, lift: float = 0.0, heading: float = 0.0, speed: float = 0.0) -> Figure:
    """A body of points in a row to its left that goes ahead, its head higher by `lift` m towards the end."""
    along = np.linspace(0.0, 1.0, frames)
    joints = np.zeros((frames, JOINT_COUNT, 3))
    left, ahead = np.array([np.cos(heading), 0.0, -np.sin(heading)]), np.array([np.sin(heading), 0.0, np.cos(heading)])
    joints += 0.1 * np.arange(JOINT_COUNT)[:, None] * left + (speed * along)[:, None, None] * ahead
    joints[:, Joint.HEAD, 1] += lift * along
    return Figure(joints, np.full(frames, heading))


def test_where_a_body_goes_and_how_long_it_takes_is_no_difference() -> None:
    assert apart([figure(40, lift=1.0), figure(97, lift=1.0, heading=1.2, speed=3.0)]) < 0.001


def test_unlike_poses_are_apart_by_how_far_their_joints_are() -> None:
    one, other = figure(40), figure(40, lift=1.0)
    assert apart([one, other]) == pytest.approx(0.5 / JOINT_COUNT, rel=0.05)
    assert np.allclose(
        distances([course(one), course(other)]), [[0.0, apart([one, other])], [apart([one, other]), 0.0]]
    )


def test_one_motion_is_not_apart_from_anything() -> None:
    assert np.isnan(apart([figure(40)]))
