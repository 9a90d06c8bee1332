"""Knees and elbows bend one way only, and not too far."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.motion.hinges import HINGES, MOST_BENT, hinge_bends, keep_hinges, spread_bends
from engine.motion.rotations import IDENTITY, about_axis, multiply
from engine.motion.skeleton import JOINT_COUNT, Joint


def bent(joint: Joint, angle: float) -> np.ndarray:
    poses = np.broadcast_to(IDENTITY, (1, JOINT_COUNT, 4)).copy()
    poses[:, joint] = about_axis(HINGES[joint], np.array([angle]))
    return poses


@pytest.mark.parametrize("joint", HINGES)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_bends_are_read_as_they_were_made(joint: Joint, sign: float) -> None:
    for angle in np.radians([-60.0, 0.0, 90.0, 170.0, 240.0]):
        read = hinge_bends(sign * bent(joint, angle))[0]
        assert read[list(HINGES).index(joint)] == pytest.approx(angle, abs=1e-9)


@pytest.mark.parametrize("joint", HINGES)
def test_what_is_past_straight_is_straightened_and_what_is_not_keeps_its_bits(joint: Joint) -> None:
    column = list(HINGES).index(joint)
    assert hinge_bends(keep_hinges(bent(joint, -0.4)))[0, column] == pytest.approx(0.0, abs=1e-9)
    assert hinge_bends(keep_hinges(bent(joint, 3.5)))[0, column] == pytest.approx(MOST_BENT, abs=1e-9)
    assert hinge_bends(keep_hinges(bent(joint, -0.4), least=-0.3))[0, column] == pytest.approx(-0.3, abs=1e-9)
    fine = bent(joint, 0.7)
    assert keep_hinges(fine).tobytes() == fine.tobytes()


@pytest.mark.parametrize("joint", HINGES)
@pytest.mark.parametrize("beyond", [-1.5, -1.62, -2.4])
def test_a_limb_thrown_straight_does_not_fold_up_for_a_frame(joint: Joint, beyond: float) -> None:
    """A right angle past straight is as well three right angles bent: what it was before decides."""
    column = list(HINGES).index(joint)
    poses = np.concatenate([bent(joint, angle) for angle in (0.6, 0.1, -1.4, beyond, -0.3, 0.2)])
    assert hinge_bends(keep_hinges(poses))[2:5, column] == pytest.approx(0.0, abs=1e-9)
    folded = np.concatenate([bent(joint, angle) for angle in (2.0, 2.6, 3.4, 4.2, 2.5)])
    assert hinge_bends(keep_hinges(folded))[2:4, column] == pytest.approx(MOST_BENT, abs=1e-9)


def test_a_limb_that_bends_no_faster_than_people_do_keeps_its_bits() -> None:
    poses = np.concatenate([bent(Joint.LEFT_KNEE, angle) for angle in (0.1, 1.2, 2.3, 1.3, 0.2)])
    assert spread_bends(poses, 1.2).tobytes() == poses.tobytes()


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(list(HINGES)),
    st.lists(st.tuples(st.floats(0.0, MOST_BENT), st.floats(-2.5, 2.5)), min_size=2, max_size=4),
)
def test_a_limb_that_folds_up_within_a_frame_takes_its_time_and_never_bends_backwards(
    joint: Joint, held: list[tuple[float, float]]
) -> None:
    """A forearm that is twisted round besides, too: the shortest way from pose to pose leads past straight."""
    twist_axis = np.array([0.0, 1.0, 0.0]) if "KNEE" in joint.name else np.array([1.0, 0.0, 0.0])
    poses = []
    for bend, twist in held:
        pose = bent(joint, bend)
        pose[:, joint] = multiply(about_axis(twist_axis, np.array([twist])), pose[:, joint])
        poses += [pose] * 12
    kept = keep_hinges(np.concatenate(poses))
    calm = hinge_bends(spread_bends(kept, 1.2))[:, list(HINGES).index(joint)]
    assert calm.min() > -1e-6 and calm.max() < MOST_BENT + 1e-6
    assert np.abs(np.diff(calm)).max() < 1.2 + 0.1
