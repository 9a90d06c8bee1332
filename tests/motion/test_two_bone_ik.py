"""Two bones reach a place without snapping, whatever the leg."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.motion import rotations
from engine.motion.two_bone_ik import FULL_REACH, soften_reach, solve_leg

LEFT = np.array([1.0, 0.0, 0.0])
numbers = st.floats(-1.0, 1.0)


def pose(hip: np.ndarray, knee: np.ndarray, ankle: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Knee and ankle after solving."""
    turns = solve_leg(hip, knee, ankle, target, np.broadcast_to(LEFT, hip.shape))
    moved = hip + rotations.rotate(turns.thigh, knee - hip)
    return moved, moved + rotations.rotate(turns.shin, ankle - knee)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.02, 2.5), st.floats(0.2, 0.99), numbers, numbers, st.floats(0.1, 3.0))
def test_reaches(bend: float, share: float, x: float, z: float, size: float) -> None:
    """The ankle comes exactly to places within reach, and lengths stay."""
    hip = np.zeros((1, 3))
    knee = hip + size * np.array([0.0, -0.5, 0.0])
    ankle = knee + size * 0.45 * np.array([0.0, -np.cos(bend), -np.sin(bend)])
    way = rotations.normalize(np.array([[x, -1.2, z]]))
    target = hip + way * share * 0.95 * size
    moved_knee, moved = pose(hip, knee, ankle, target)
    np.testing.assert_allclose(moved, target, atol=1e-6 * size)
    np.testing.assert_allclose(np.linalg.norm(moved_knee - hip), 0.5 * size, rtol=1e-9)


def test_same_place_changes_nothing() -> None:
    hip, knee, ankle = np.zeros((1, 3)), np.array([[0.02, -0.4, 0.1]]), np.array([[0.05, -0.75, -0.05]])
    turns = solve_leg(hip, knee, ankle, ankle, LEFT[None])
    for turn in (turns.thigh, turns.shin):
        assert rotations.angle(turn).max() < 1e-6


def test_degenerate_legs() -> None:
    """Straight, folded, without length, target in the hip: numbers in every case."""
    down = np.array([0.0, -1.0, 0.0])
    hips = np.zeros((6, 3))
    knees = np.stack([down, down, 0 * down, down, 0 * down, down])
    ankles = np.stack([2 * down, 0 * down, down, down, 0 * down, 1.5 * down])
    targets = np.stack([3 * down, down, down, down, down, 0 * down])
    turns = solve_leg(hips, knees, ankles, targets, np.broadcast_to(LEFT, (6, 3)))
    for turn in (turns.thigh, turns.shin):
        np.testing.assert_allclose(np.linalg.norm(turn, axis=-1), 1.0, atol=1e-9)


def test_straightening_is_smooth() -> None:
    """A target that moves away evenly past full reach bends the knee without a jump of its speed."""
    count = 400
    hip, knee = np.zeros((count, 3)), np.broadcast_to([0.0, -0.4, 0.02], (count, 3))
    ankle = np.broadcast_to([0.0, -0.8, -0.02], (count, 3))
    target = np.stack([np.zeros(count), np.linspace(-0.7, -0.9, count), np.zeros(count)], axis=1)
    moved_knee, moved = pose(hip, knee, ankle, target)
    thigh, shin = rotations.normalize(moved_knee), rotations.normalize(moved - moved_knee)
    bend = np.arccos(np.clip((thigh * shin).sum(-1), -1.0, 1.0))
    assert bend[-1] > 0.01
    assert np.abs(np.diff(bend)).max() < 0.02
    assert (np.diff(np.linalg.norm(moved, axis=-1)) > -1e-12).all()


@given(st.floats(0.0, 5.0), st.floats(0.1, 2.0))
def test_soften_reach(distance: float, length: float) -> None:
    soft = float(soften_reach(np.array(distance), np.array(length)))
    assert soft < length
    if distance <= FULL_REACH * length:
        assert soft == distance or abs(soft - distance) < 1e-12
