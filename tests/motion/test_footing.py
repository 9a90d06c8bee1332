"""Feet of an in-fill stand where the known motion beside it stands, and do not slide while they stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.evaluation.motion_metrics import measure
from engine.features.body_parts import LOWER_JOINTS
from engine.motion.clip import MotionClip
from engine.motion.footing import hold_feet
from engine.motion.kinematics import forward_kinematics
from engine.motion.pieces import cut, joined
from engine.motion.placing import Placement, place
from engine.motion.seams import settle
from engine.motion.skeleton import JOINT_COUNT
from tests.motion.legs import knee_bends, rest_ankles, soles, stepping_clip, walk

MM = 0.001


def standing(frames: int, glide: float = 0.0, sway: float = 0.02) -> MotionClip:
    """A body that stands and sways a little; its feet slide forward by `glide` (m) on the whole."""
    time = np.linspace(0.0, 1.0, frames)[:, None]
    forward = np.array([0.0, 0.0, 1.0])
    body = sway * np.sin(4 * np.pi * time) * [1.0, 0.0, 0.5] + glide * time * forward
    return stepping_clip(body, rest_ankles() + glide * time[:, None] * forward)


def moved(clip: MotionClip, forward: float) -> MotionClip:
    return place(clip, Placement(0.0, np.array([0.0, 0.0, forward])))


def joints_of(clip: MotionClip) -> np.ndarray:
    return forward_kinematics(clip.root, clip.rotations)


@pytest.mark.parametrize("sides", [(2, 2), (1, 1), (2, 1)])
def test_feet_that_stand_on_both_sides_of_a_gap_stand_all_through_it(sides: tuple[int, int]) -> None:
    before, after = sides
    known = standing(60)
    raw = standing(40 + before + after, glide=0.12)
    left, right = cut(known, 10 - before, 10), cut(known, 50, 50 + after)
    whole = joined([left, settle(raw, left, right, 8), right])
    assert np.abs(soles(whole) - soles(known)[:1]).max() < MM


def test_feet_that_stand_elsewhere_in_the_end_take_one_step_each_and_one_at_a_time() -> None:
    left, right = standing(2), moved(standing(2), 0.2)
    whole = joined([left, settle(standing(54), left, right, 8), right])
    feet = soles(whole)
    off_first, off_last = (np.abs(feet - feet[[at]]).max(axis=(2, 3)) for at in (0, -1))
    assert off_first[:12].max() < MM and off_last[-12:].max() < MM
    on_the_way = (off_first > 2 * MM) & (off_last > 2 * MM)
    assert on_the_way.any(axis=0).all() and not on_the_way.all(axis=1).any()
    assert on_the_way.sum(axis=0).max() < 14
    assert (feet[:, :, 0, 1] - feet[0, 0, 0, 1]).max(axis=0).min() > 0.03


def test_a_foot_that_stands_at_the_seam_keeps_its_place_until_it_lifts() -> None:
    whole = walk(80)
    stands = soles(whole)[19, :, 1]
    met = settle(walk(44, stride=0.5, start=18), cut(whole, 18, 20), moved(cut(whole, 60, 62), 0.3), 8)
    heights = soles(met)[:, :, 0, 1] - rest_ankles()[0, 1]
    away = np.linalg.norm(soles(met)[:, :, 1] - stands, axis=-1)
    held = [side for side in (0, 1) if heights[0, side] < 0.005]
    assert held
    for side in held:
        lifts = int(np.argmax(heights[:, side] > 0.01))
        assert lifts >= 2 and away[: lifts - 1, side].max() < MM


@pytest.mark.parametrize("further", [-0.4, 0.0, 0.3, 0.6])
def test_a_bent_path_does_not_make_feet_slide(further: float) -> None:
    source = walk(100, stride=0.5)
    left, right = cut(source, 18, 20), moved(cut(source, 80, 82), further)
    whole = joined([left, settle(cut(source, 18, 82), left, right, 8), right])
    joints = joints_of(whole)
    figures = measure([joints])
    assert figures.skate_mm < 4.0 and figures.contact_share > 0.4
    jumps = np.linalg.norm(np.diff(joints, n=2, axis=0), axis=-1).max(axis=1)
    usual = np.linalg.norm(np.diff(joints_of(source), n=2, axis=0), axis=-1).max()
    # No frame changes its speed more than the walk does of itself, give or take the longer way: a leg lets its foot
    # go before it is stretched straight and its knee snaps.
    assert jumps.max() < 1.3 * usual
    assert jumps[[0, 1, 2, -3, -2, -1]].max() < usual


@settings(max_examples=25, deadline=None)
@given(st.floats(-0.8, 0.8), st.floats(-0.5, 0.5), st.integers(8, 60), st.integers(0, 15))
def test_knees_never_bend_backwards(forward: float, aside: float, gap: int, phase: int) -> None:
    left = cut(walk(100, start=phase), 18, 20)
    right = place(cut(walk(100, start=phase), 18 + gap, 20 + gap), Placement(0.0, np.array([aside, 0.0, forward])))
    met = settle(walk(gap + 4, start=phase + 18), left, right, 8)
    assert knee_bends(met).min() > -1e-6
    np.testing.assert_allclose(np.linalg.norm(met.rotations, axis=-1), 1.0, atol=1e-9)


def test_a_foot_that_swings_clears_the_floor() -> None:
    frames, stride = 60, 0.4
    way = stride * np.clip((np.arange(frames) - 20) / 8.0, 0.0, 1.0)
    ankles = np.repeat(rest_ankles()[None], frames, axis=0)
    ankles[:, 0, 2] += way  # the left foot shuffles forward without leaving the floor
    clip = stepping_clip(0.5 * way[:, None] * [0.0, 0.0, 1.0], ankles)
    held = soles(hold_feet(clip, clip, 2, 2))
    before = soles(clip)
    assert held[23:27, 0, :, 1].min() > 0.025
    assert np.abs(held[:, 1] - before[:, 1]).max() < MM
    assert np.abs(held[:18, 0] - before[:18, 0]).max() < MM
    rise = np.diff(held[:, 0, :, 1], axis=0)
    assert np.abs(np.diff(rise, axis=0)).max() < 0.03


@pytest.mark.parametrize("side", ["start", "end"])
def test_a_gap_at_either_end_of_the_clip_meets_the_one_side_there_is(side: str) -> None:
    whole, raw = standing(50), moved(standing(42, glide=0.1), 2.0)
    if side == "start":
        met, known = settle(raw, None, cut(whole, 40, 42), 8), soles(whole)[40]
    else:
        met, known = settle(raw, cut(whole, 8, 10), None, 8), soles(whole)[9]
    assert len(met) == 40
    assert np.abs(soles(met) - known).max() < MM


def test_known_frames_and_everything_but_the_legs_keep_their_bits() -> None:
    whole = joined([cut(walk(20), 18, 20), moved(walk(40, start=20), 0.05), moved(cut(walk(80), 60, 62), 0.1)])
    held = hold_feet(whole, whole, 2, 2)
    known = [0, 1, 42, 43]
    assert held.root[known].tobytes() == whole.root[known].tobytes()
    assert held.rotations[known].tobytes() == whole.rotations[known].tobytes()
    upper = [joint for joint in range(JOINT_COUNT) if joint not in LOWER_JOINTS]
    assert held.rotations[:, upper].tobytes() == whole.rotations[:, upper].tobytes()
    assert held.root[:, [0, 2]].tobytes() == whole.root[:, [0, 2]].tobytes()
    assert not np.allclose(held.rotations, whole.rotations)


@pytest.mark.parametrize("lands", [False, True])
def test_a_foot_that_is_known_to_be_in_the_air_gets_there(lands: bool) -> None:
    """However firmly the network meant it to stand until the seam, it may not stand and be up a frame later."""
    height = 0.5
    ankles = np.repeat(rest_ankles()[None], 60, axis=0)
    ankles[:, 0, 1] += height
    kicks = stepping_clip(np.zeros((60, 3)), ankles)
    left, right = (cut(kicks, 0, 2), cut(standing(2), 0, 2)) if lands else (cut(standing(2), 0, 2), cut(kicks, 0, 2))
    whole = joined([left, settle(standing(34, sway=0.0), left, right, 12), right])
    heights = soles(whole)[:, 0, 1, 1]
    assert abs(heights[-1] - heights[0]) == pytest.approx(height, abs=0.02)
    assert np.abs(np.diff(heights)).max() < 0.15


def test_feet_in_the_air_are_left_alone() -> None:
    flying = MotionClip(walk(60).root + np.array([0.0, 1.0, 0.0]), walk(60).rotations, np.zeros((60, 4)))
    held = hold_feet(flying, flying, 2, 2)
    np.testing.assert_array_equal(held.rotations, flying.rotations)
    np.testing.assert_array_equal(held.root, flying.root)
