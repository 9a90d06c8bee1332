"""Feet follow the places they stand on, but not where no foot would go."""

from __future__ import annotations

import numpy as np
import pytest

from engine.motion.foot_lock import LegPoses, carry_foot
from engine.motion.rotations import IDENTITY, about_y, angle, rotate

FOOT = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.14]])  # heel, ball


def carried(degrees: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Angle [T] (degrees) that a foot is turned by, and its heel [T, 3], if its ball is to stand so far round it."""
    turns = about_y(np.radians(degrees))
    points = np.broadcast_to(FOOT, (len(degrees), 2, 3))
    wanted = np.stack([points[:, 0], rotate(turns, points[:, 1])], axis=1)
    still = np.zeros((len(degrees), 3))
    turned = np.broadcast_to(IDENTITY, (len(degrees), 4))
    leg = LegPoses(still, still, points[:, 0], turned, turned, still)
    turn, heel = carry_foot(leg, points, wanted, np.tile([True, False], (len(degrees), 1)))
    return np.degrees(angle(turn)), heel


def test_a_foot_turns_to_its_places() -> None:
    degrees = np.array([0.0, 20.0, 59.0])
    turned, heel = carried(degrees)
    assert turned == pytest.approx(degrees, abs=1e-6)
    assert np.abs(heel).max() < 1e-9


def test_a_foot_does_not_flip_over_to_reach_them() -> None:
    sweep = np.arange(0.0, 181.0)
    turned, heel = carried(sweep)
    assert np.abs(np.diff(turned)).max() < 4.0, "no leap anywhere on the way round"
    assert turned[sweep > 120].max() == 0.0
    assert np.abs(heel).max() < 1e-9, "what stands keeps its place all the same"
