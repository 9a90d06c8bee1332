"""A body's way over the ground is bent, not its steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blender_mmm.retarget.path import GroundPath, PathError, Speed, follow, stay, straighten, to_ground_path

FPS = 30.0


def make_travel(heading: float = 0.3, bend: float = 0.0, speed: float = 1.3, frames: int = 150) -> np.ndarray:
    """A walk with 2 cm of sway from side to side."""
    time = np.arange(frames) / FPS
    angle = heading + bend * time
    steps = speed / FPS * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    way = np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)[:-1]])
    side = np.stack([-np.sin(angle), np.cos(angle)], axis=1)
    return way + 0.02 * np.sin(2.0 * np.pi * time)[:, None] * side + np.array([3.0, -1.0])


def make_circle(radius: float = 2.0) -> GroundPath:
    angle = np.linspace(0.0, 2.0 * np.pi, 200, endpoint=False)
    return to_ground_path(radius * np.stack([np.sin(angle), 1.0 - np.cos(angle)], axis=1), closed=True)


def way_of(points: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(points[::10], axis=0), axis=1).sum())


@settings(max_examples=20, deadline=None)
@given(st.floats(-3.0, 3.0), st.floats(-0.4, 0.4))
def test_follows_the_curve(heading: float, bend: float) -> None:
    """The body comes to lie on the circle within its sway, as fast as before, facing along it."""
    travel = make_travel(heading, bend)
    move = follow(travel, make_circle(), FPS, 1.0)
    moved = move.apply(travel)
    distance = np.linalg.norm(moved - np.array([0.0, 2.0]), axis=1)
    assert np.abs(distance - 2.0).max() < 0.06
    assert way_of(moved) == pytest.approx(way_of(travel), rel=0.06)
    travelled = np.unwrap(np.arctan2(*np.diff(moved, axis=0)[:, ::-1].T))
    was = np.unwrap(np.arctan2(*np.diff(travel, axis=0)[:, ::-1].T))
    off = (travelled - was - move.turn[1:] + np.pi) % (2.0 * np.pi) - np.pi
    assert np.abs(off[20:-20]).max() < np.radians(12.0)


def test_own_way_changes_nothing() -> None:
    """A motion led along the line it walks anyway stays where it is."""
    travel = make_travel(0.0)
    move = follow(travel, GroundPath(np.array([travel[0], travel[0] + [20.0, 0.0]])), FPS, 1.0)
    assert np.abs(move.apply(travel) - travel).max() < 0.03
    assert np.abs(move.turn).max() < np.radians(4.0)


def test_fits_the_length() -> None:
    path = to_ground_path(np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0]]))
    moved = follow(make_travel(), path, FPS, 1.0, Speed.FIT).apply(make_travel())
    np.testing.assert_allclose(moved[0], [0.0, 0.0], atol=0.03)
    np.testing.assert_allclose(moved[-1], [2.0, 2.0], atol=0.03)


def test_open_curve_goes_on_straight() -> None:
    path = to_ground_path(np.array([[0.0, 0.0], [1.0, 0.0]]))
    moved = follow(make_travel(), path, FPS, 1.0).apply(make_travel())
    assert moved[-1, 0] > 5.0
    assert np.abs(moved[:, 1]).max() < 0.05


def test_straighten() -> None:
    travel = make_travel(1.0, bend=0.6)
    moved = straighten(travel, FPS, 1.0).apply(travel)
    along = (moved[-1] - moved[0]) / np.linalg.norm(moved[-1] - moved[0])
    off = (moved - moved[0]) @ np.array([-along[1], along[0]])
    assert np.abs(off).max() < 0.06
    assert way_of(moved) == pytest.approx(way_of(travel), rel=0.05)


def test_in_place_keeps_the_sway() -> None:
    travel = make_travel()
    moved = stay(travel, FPS).apply(travel)
    reach = np.abs(moved - moved[0]).max()
    assert 0.01 < reach < 0.06


@given(st.floats(0.01, 100.0))
@settings(max_examples=10, deadline=None)
def test_size_does_not_matter(size: float) -> None:
    travel = make_travel(bend=0.2)
    one = follow(travel, make_circle(), FPS, 1.0)
    other = follow(travel * size, to_ground_path(make_circle().points * size, closed=True), FPS, size)
    np.testing.assert_allclose(other.shift / size, one.shift, atol=1e-6)
    np.testing.assert_allclose(other.turn, one.turn, atol=1e-6)


def test_nowhere_to_go() -> None:
    with pytest.raises(PathError, match="stays where it is"):
        follow(np.zeros((40, 2)), make_circle(), FPS, 1.0)
    with pytest.raises(PathError, match="no length"):
        to_ground_path(np.zeros((5, 2)))
    still = stay(np.zeros((1, 2)), FPS)
    assert np.isfinite(still.shift).all()
