"""No body flips over: what turns too fast is turned over more frames, limbs and all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.features.facing import FASTEST, turned_evenly
from engine.motion import rotations as rot
from engine.motion.kinematics import forward_kinematics
from engine.motion.skeleton import JOINT_COUNT


def body(degrees: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A figure in its rest pose that walks ahead and faces so many degrees to its left, frame by frame."""
    pelvis = rot.about_y(np.radians(degrees))
    limbs = np.tile([1.0, 0.0, 0.0, 0.0], (len(pelvis), JOINT_COUNT - 1, 1))
    root = np.stack([np.zeros(len(pelvis)), np.full(len(pelvis), 0.9), 0.05 * np.arange(len(pelvis))], axis=1)
    return pelvis, forward_kinematics(root, np.concatenate([pelvis[:, None], limbs], axis=1))


def steps(pelvis: np.ndarray) -> np.ndarray:
    """Signed turns about the vertical from frame to frame, degrees."""
    return np.degrees(rot.to_vector(rot.multiply(pelvis[1:], rot.inverse(pelvis[:-1])))[:, 1])


def test_who_turns_no_faster_than_a_dancer_keeps_every_bit() -> None:
    pelvis, joints = body(np.cumsum(np.full(40, 33.0)))
    calm, moved = turned_evenly(pelvis, joints)
    assert calm.tobytes() == pelvis.tobytes() and moved.tobytes() == joints.tobytes()


@settings(max_examples=60, deadline=None)
@given(st.floats(-179.0, 179.0).filter(lambda turn: abs(turn) > 40.0), st.integers(15, 25))
def test_a_flip_becomes_a_turn_and_the_rest_stays(turn: float, at: int) -> None:
    pelvis, joints = body(np.where(np.arange(40) < at, 0.0, turn))
    calm, moved = turned_evenly(pelvis, joints)
    assert np.abs(steps(calm)).max() <= np.degrees(FASTEST) + 1e-6
    assert steps(calm).sum() == pytest.approx(turn, abs=1e-6)
    far = np.abs(np.arange(40) - at) > 12
    assert calm[far].tobytes() == pelvis[far].tobytes() and moved[far].tobytes() == joints[far].tobytes()
    limbs = rot.rotate(rot.inverse(calm)[:, None], moved - moved[:, :1])
    np.testing.assert_allclose(limbs, np.broadcast_to(limbs[:1], limbs.shape), atol=1e-9)


def test_a_spin_goes_on_the_way_it_was_going() -> None:
    turns = np.full(40, 12.0)
    turns[20] = 190.0  # which looks like 170 degrees back
    calm, _ = turned_evenly(*body(np.cumsum(turns)))
    assert steps(calm).min() > 0
    assert steps(calm).sum() == pytest.approx(turns[1:].sum())


def test_limbs_that_fold_up_half_way_round_do_not() -> None:
    pelvis, joints = body(np.where(np.arange(40) < 20, 0.0, 170.0))
    joints[19:21, 1:] = joints[19:21, :1] + 0.2 * (joints[19:21, 1:] - joints[19:21, :1])
    _, moved = turned_evenly(pelvis, joints)
    sizes = np.linalg.norm(moved - moved[:, :1], axis=-1)
    np.testing.assert_allclose(sizes, np.broadcast_to(sizes[:1], sizes.shape), atol=1e-9)


@pytest.mark.parametrize("pairs", [1, 2, 20])
def test_a_motion_that_only_flips_is_still_one(pairs: int) -> None:
    pelvis, joints = body(np.array([0.0, 170.0] * pairs))
    calm, moved = turned_evenly(pelvis, joints)
    assert np.isfinite(calm).all() and np.isfinite(moved).all()
