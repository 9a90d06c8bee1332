"""Euler angles and axis-angles: the same rotation, and no jump from frame to frame."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blender_mmm.engine_door import rotations
from blender_mmm.retarget.euler import EULER_ORDERS, from_euler, to_axis_angle, to_euler

orders = st.sampled_from(EULER_ORDERS)
angles = st.floats(-7.0, 7.0)


def same(a: np.ndarray, b: np.ndarray) -> None:
    assert rotations.angle(rotations.multiply(rotations.inverse(a), b)).max() < 1e-5


@given(order=orders, x=angles, y=angles, z=angles)
def test_round_trip(order: str, x: float, y: float, z: float) -> None:
    q = from_euler(np.array([[x, y, z]]), order)
    same(from_euler(to_euler(q, order), order), q)


@given(order=orders, x=angles, z=angles, side=st.sampled_from([-1.0, 1.0]))
def test_round_trip_in_gimbal_lock(order: str, x: float, z: float, side: float) -> None:
    locked = np.full((1, 3), side * np.pi / 2)
    locked[0, "XYZ".index(order[0])] = x
    locked[0, "XYZ".index(order[2])] = z
    q = from_euler(locked, order)
    same(from_euler(to_euler(q, order), order), q)


@given(order=orders, seed=st.integers(0, 1000))
def test_follows_angles_past_every_limit(order: str, seed: int) -> None:
    """Angles that wind on for turns, with the middle one past a right angle, come back as they were."""
    random = np.random.default_rng(seed)
    time = np.linspace(0.0, 1.0, 200)[:, None]
    path = np.sin(time * random.uniform(1, 3, 3)) * random.uniform(2, 9, 3)
    middle = "XYZ".index(order[1])
    path[:, middle] = np.clip(path[:, middle], -1.3, 1.3)
    found = to_euler(from_euler(path, order), order)
    same(from_euler(found, order), from_euler(path, order))
    assert np.abs(np.diff(found, axis=0)).max() < 0.5


@pytest.mark.parametrize("order", EULER_ORDERS)
def test_straight_through_gimbal_lock(order: str) -> None:
    path = np.zeros((181, 3))
    path[:, "XYZ".index(order[1])] = np.radians(np.arange(181))
    found = to_euler(from_euler(path, order), order)
    assert np.abs(np.diff(found, axis=0)).max() < 0.02


@pytest.mark.parametrize("order", EULER_ORDERS)
def test_counts_as_blender_does(order: str) -> None:
    pytest.importorskip("bpy")  # brings mathutils along
    import mathutils

    random = np.random.default_rng(1)
    for triple in random.uniform(-3, 3, (20, 3)):
        expected = np.array(mathutils.Euler(triple, order).to_quaternion())
        same(from_euler(triple, order), expected)


@given(seed=st.integers(0, 1000))
def test_axis_angle_is_the_same_rotation(seed: int) -> None:
    q = rotations.normalize(np.random.default_rng(seed).normal(size=(10, 4)))
    found = to_axis_angle(q)
    same(rotations.about_axis(found[:, 1:], found[:, 0]), q)
    np.testing.assert_allclose(np.linalg.norm(found[:, 1:], axis=-1), 1.0)


def test_axis_angle_winds_on_without_flips() -> None:
    """Twice around and back through nothing: one axis, an angle that runs evenly."""
    axis = rotations.normalize(np.array([1.0, 2.0, -0.5]))
    angle = np.concatenate([np.linspace(0.1, 12.0, 150), np.linspace(12.0, -3.0, 200)])
    found = to_axis_angle(rotations.about_axis(np.broadcast_to(axis, (350, 3)), angle))
    np.testing.assert_allclose(found[:, 1:], np.broadcast_to(axis, (350, 3)), atol=1e-6)
    np.testing.assert_allclose(found[:, 0], angle, atol=1e-6)


@pytest.mark.parametrize("order", EULER_ORDERS)
@pytest.mark.parametrize("pole", [84.0, -84.0])
def test_no_step_beyond_a_right_angle_beside_the_pole(order: str, pole: float) -> None:
    """Passing the pole at a few degrees turns the outer angles by a right angle at once, and never by more."""
    first, middle, last = ("XYZ".index(letter) for letter in order)
    angles = np.zeros((2, 3))
    angles[:, first] = -23.0, -113.3
    angles[:, middle] = pole, pole + np.sign(pole) * 4.0
    together = np.sign(pole) * (1.0 if order in ("XYZ", "YZX", "ZXY") else -1.0)
    angles[:, last] = 25.0, 25.0 - together * 90.4
    turns = from_euler(np.radians(angles), order)
    written = to_euler(turns, order, np.radians(angles[0]))
    assert np.degrees(np.abs(np.diff(written, axis=0))).max() < 90.0
    again = rotations.multiply(rotations.inverse(turns), from_euler(written, order))
    assert np.degrees(rotations.angle(again)).max() < 0.2
