"""New motion meets what is known exactly, without a jump in speed and without sliding feet."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.motion.clip import MotionClip
from engine.motion.pieces import carried_on, cut, held, joined, replaced
from engine.motion.placing import Placement, place, placement_onto
from engine.motion.rotations import angle, from_vector, inverse, multiply, to_vector
from engine.motion.seams import fade_offsets, settle, swing_shares
from engine.motion.skeleton import CONTACT_JOINTS, JOINT_COUNT

_seeds = st.integers(0, 10_000)


def smooth_clip(frames: int, seed: int, tilt: float = 0.3) -> MotionClip:
    """A motion of slow waves that flies about; its labels say that the left foot stands for the first third."""
    random = np.random.default_rng(seed)
    time = np.arange(frames)[:, None, None] / 20
    waves = np.sin(time * random.uniform(0.5, 3, (1, JOINT_COUNT, 3)) + random.uniform(0, 6, (1, JOINT_COUNT, 3)))
    root = np.cumsum(random.normal(size=3) * [0.02, 0, 0.02] + 0.01 * waves[:, 0], axis=0)
    contacts = np.zeros((frames, len(CONTACT_JOINTS)))
    contacts[: frames // 3, :2] = 1
    return MotionClip(root + np.array([0, 3, 0]), from_vector(tilt * waves), contacts)


def largest_jump(clip: MotionClip) -> tuple[float, float]:
    """Largest change of root and of joint velocity from one frame to the next: m, rad."""
    root = np.abs(np.diff(clip.root, n=2, axis=0)).max()
    steps = to_vector(multiply(clip.rotations[1:], inverse(clip.rotations[:-1])))
    return float(root), float(np.abs(np.diff(steps, axis=0)).max())


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 40), st.integers(1, 30), _seeds)
def test_offsets_are_exact_at_both_ends_and_gone_beyond_their_reach(count: int, reach: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    start, end, slope = random.normal(size=(3, 5))
    curve = fade_offsets(count, start, end, slope, -slope, reach)
    assert curve.shape == (count, 5)
    np.testing.assert_allclose(curve[[0, -1]], [start, end], atol=1e-12)
    np.testing.assert_allclose(curve[reach : count - reach], 0.0, atol=1e-12)


def test_offsets_leave_with_the_slope_that_was_asked_for() -> None:
    curve = fade_offsets(400, np.array(1.0), np.array(2.0), np.array(0.03), np.array(-0.01), reach=150)
    assert curve[1] - curve[0] == pytest.approx(0.03, abs=1e-4)
    assert curve[-1] - curve[-2] == pytest.approx(-0.01, abs=1e-4)
    assert np.abs(np.diff(curve)).max() < 0.06


def test_one_side_alone_may_be_corrected() -> None:
    np.testing.assert_array_equal(fade_offsets(9, np.ones(2), None)[-1], 0.0)
    np.testing.assert_array_equal(fade_offsets(9, None, np.ones(2))[0], 0.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 30), st.integers(1, 2), st.integers(1, 2), _seeds)
def test_the_in_fill_meets_both_sides(gap: int, before: int, after: int, seed: int) -> None:
    left, right = smooth_clip(before, seed), smooth_clip(after, seed + 2)
    raw = smooth_clip(gap + before + after, seed + 1)
    right = place(right, Placement(2.0, np.array([1.0, 0.0, -0.5])))
    met = settle(raw, left, right, 8)
    assert len(met) == gap
    whole = joined([left, met, right])
    # Where the fades end, the path has been carried to the other side: no jump is larger than the correction needs.
    assert np.abs(np.diff(whole.root, axis=0)).max() < 0.1 + 8 * 2.0 / (gap + 1)
    assert np.linalg.norm(met.rotations, axis=-1) == pytest.approx(1.0)


def test_seams_do_not_jump_in_speed() -> None:
    left, right = smooth_clip(10, 1), place(smooth_clip(10, 2), Placement(1.0, np.array([0.6, 0.0, 0.4])))
    met = settle(smooth_clip(44, 3), cut(left, 8, 10), cut(right, 0, 2), 10)
    whole = joined([left, met, right])
    root, turns = largest_jump(whole)
    assert root < 0.02 and turns < 0.06
    plain = joined([left, cut(smooth_clip(44, 3), 2, 42), right])
    assert largest_jump(plain)[0] > 0.2


def test_what_fits_already_is_left_alone() -> None:
    whole = smooth_clip(50, 4)
    moved = place(whole, Placement(-1.3, np.array([5.0, 0.0, 2.0])))
    met = settle(cut(moved, 8, 42), cut(whole, 8, 10), cut(whole, 40, 42), 8)
    np.testing.assert_allclose(met.root[8:-8], whole.root[18:32], atol=1e-6)
    assert angle(multiply(met.rotations[8:-8], inverse(whole.rotations[18:32]))).max() < 1e-5
    # Beside the seams a motion that comes to rest is mixed in: no more than slow waves bend in half a second.
    assert np.abs(met.root - whole.root[10:40]).max() < 0.05
    assert angle(multiply(met.rotations, inverse(whole.rotations[10:40]))).max() < 0.15


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_open_end_goes_where_the_new_motion_leads(side: str) -> None:
    whole = smooth_clip(30, 5)
    moved = place(whole, Placement(2.5, np.array([-3.0, 0.0, 1.0])))
    if side == "left":
        met, expected = settle(cut(moved, 8, 30), cut(whole, 8, 10), None, 8), cut(whole, 10, 30)
    else:
        met, expected = settle(cut(moved, 0, 22), None, cut(whole, 20, 22), 8), cut(whole, 0, 20)
    far = slice(8, None) if side == "left" else slice(None, -8)
    np.testing.assert_allclose(met.root[far], expected.root[far], atol=1e-6)


def test_the_path_is_corrected_while_no_foot_stands() -> None:
    contacts = np.ones((40, 4))
    contacts[15:25] = 0
    share = swing_shares(contacts)
    assert (share[0], share[-1]) == (0, pytest.approx(1)) and (np.diff(share) >= 0).all()
    assert share[25] - share[15] > 0.8
    even = swing_shares(np.ones((40, 4)))
    assert even[20] == pytest.approx(0.5, abs=0.05)


@settings(max_examples=20, deadline=None)
@given(_seeds)
def test_a_clip_is_placed_onto_another(seed: int) -> None:
    one, two = smooth_clip(8, seed, tilt=0.6), smooth_clip(5, seed + 1, tilt=0.6)
    moved = place(one, placement_onto(one, 3, two, 4))
    np.testing.assert_allclose(moved.root[3, [0, 2]], two.root[4, [0, 2]], atol=1e-12)
    np.testing.assert_array_equal(moved.root[:, 1], one.root[:, 1])
    turned = place(moved, Placement(0.2, np.zeros(3)))
    off, further = (angle(multiply(two.rotations[4, 0], inverse(c.rotations[3, 0]))) for c in (moved, turned))
    assert off <= further + 1e-9


def test_pieces_keep_what_they_do_not_touch() -> None:
    whole = smooth_clip(12, 6)
    patched = replaced(whole, 4, held(cut(whole, 0, 1), after=2))
    assert patched.root[[*range(4), *range(7, 12)]].tobytes() == whole.root[[*range(4), *range(7, 12)]].tobytes()
    np.testing.assert_array_equal(patched.root[4:7], whole.root[[0, 0, 0]])
    on = carried_on(cut(whole, 0, 9))
    np.testing.assert_allclose(on.root[9] - on.root[8], on.root[8] - on.root[7], atol=1e-12)
    assert len(carried_on(cut(whole, 0, 1))) == 2


def test_a_long_way_is_not_gone_in_a_leap() -> None:
    contacts = np.ones((60, 4))
    contacts[28:33] = 0.0  # one short swing
    leap, walk = np.diff(swing_shares(contacts)), np.diff(swing_shares(contacts, least_frames=30.0))
    assert leap.max() > 0.15 and walk.max() <= 1.0 / 30.0 + 1e-9
    assert walk.sum() == pytest.approx(1.0) and walk.min() > -1e-12
    # As far as the gap allows: no frame can do less than its part.
    assert np.diff(swing_shares(contacts, least_frames=1e6)).max() == pytest.approx(np.pi / 2 / 59, rel=0.01)


@pytest.mark.parametrize("turn", [15.0, 24.0, 30.0])
def test_who_spins_between_two_who_stand_never_flips_over(turn: float) -> None:
    still = MotionClip(np.full((2, 3), 1.0), smooth_clip(2, 0, 0.0).rotations, np.zeros((2, 4)))
    spun = np.zeros((24, JOINT_COUNT, 3))
    spun[:, 0, 1] = np.radians(turn) * np.arange(24)
    raw = MotionClip(np.full((24, 3), 1.0), from_vector(spun), np.zeros((24, 4)))
    met = joined([still, settle(raw, still, still, reach=8), still])
    steps = to_vector(multiply(met.rotations[1:], inverse(met.rotations[:-1])))
    assert np.degrees(np.linalg.norm(steps, axis=-1).max()) < 2.5 * turn
