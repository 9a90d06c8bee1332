"""Body parts over legs that do not move a bit, and cycles that close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from engine.editing import loop
from engine.editing.part import on_pelvis
from engine.editing.workbench import Workbench
from engine.features.body_parts import LOWER_JOINTS, UPPER_JOINTS
from engine.models.transformer import MaskedTransformer
from engine.motion.clip import MotionClip
from engine.motion.kinematics import forward_kinematics
from engine.motion.rotations import angle, from_vector, inverse, multiply
from engine.motion.skeleton import Joint
from engine.pipeline import MotionPipeline
from engine.planning.plan import TokenPlan
from engine.protocol.requests import GenerateRequest, LoopRequest, PartRequest, RequestError
from tests.editing.tiny import Letters, same_bits, tiny_pipeline, tiny_weights, waving_clip


@pytest.fixture(scope="module")
def pipeline() -> MotionPipeline:
    return tiny_pipeline(split=True, levels=2)


@pytest.mark.parametrize("frames", [(20, 41), (0, 10), (3, 60), (0, 60), (59, 60)])
def test_legs_and_root_keep_their_bits_and_the_part_changes_in_its_range(
    pipeline: MotionPipeline, frames: tuple[int, int]
) -> None:
    clip, inside = waving_clip(60), slice(*frames)
    take = pipeline.run(PartRequest(clip, "upper", *frames, "waves", 1))[0]
    made = take.clip
    assert made.root.tobytes() == clip.root.tobytes() and made.contacts.tobytes() == clip.contacts.tobytes()
    lower, upper = list(LOWER_JOINTS), list(UPPER_JOINTS)
    assert made.rotations[:, lower].tobytes() == clip.rotations[:, lower].tobytes()
    assert same_bits(made, clip, np.r_[0 : frames[0], frames[1] : 60])
    assert not np.allclose(made.rotations[inside][:, upper], clip.rotations[inside][:, upper])
    assert (take.confidence < 1).any()


@pytest.mark.parametrize(("odds", "legs_known"), [(0.5, True), (0.0, True), (-0.5, False)])
def test_a_text_that_tells_of_other_legs_is_made_with_legs_of_its_own(
    pipeline: MotionPipeline, monkeypatch: pytest.MonkeyPatch, odds: float, legs_known: bool
) -> None:
    clip, asked = waving_clip(60), list[TokenPlan]()
    decode = Workbench.decode

    def watched(bench: Workbench, plans: Sequence[TokenPlan], *rest: Any) -> Any:
        asked.extend(plans)
        return decode(bench, plans, *rest)

    monkeypatch.setattr(Workbench, "decode", watched)
    monkeypatch.setattr(Workbench, "text_odds", lambda *_: odds)
    made = pipeline.run(PartRequest(clip, "upper", 20, 40, "waves", 1))[0].clip
    lower = pipeline.workbench().layout.of_part("lower")
    assert [plan.known[:, lower].all() for plan in asked] == [legs_known]
    assert not any(plan.known.all() for plan in asked)
    joints = list(LOWER_JOINTS)
    assert made.root.tobytes() == clip.root.tobytes()
    assert made.rotations[:, joints].tobytes() == clip.rotations[:, joints].tobytes()


def test_imagined_legs_do_not_count_in_how_sure_a_part_is(
    pipeline: MotionPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    decode, lower = Workbench.decode, pipeline.workbench().layout.of_part("lower")

    def unsure_of_legs(bench: Workbench, plans: Sequence[TokenPlan], *rest: Any) -> Any:
        decoded = decode(bench, plans, *rest)
        for one in decoded:
            one.confidence[:, lower] = 0.0
        return decoded

    monkeypatch.setattr(Workbench, "decode", unsure_of_legs)
    monkeypatch.setattr(Workbench, "text_odds", lambda *_: -0.5)
    take = pipeline.run(PartRequest(waving_clip(60), "upper", 20, 40, "waves", 1))[0]
    assert (take.confidence > 0).all() and (take.confidence[5:10] < 1).all()


def test_a_network_of_its_own_makes_the_upper_body_and_nothing_else() -> None:
    shared = tiny_weights(split=True, levels=2)
    torch.manual_seed(1)
    own = MaskedTransformer(shared.transformer.config, shared.tokenizer.codebooks).eval()
    one, two = (MotionPipeline(replace(shared, upper_transformer=upper), Letters()) for upper in (None, own))
    swapped = MotionPipeline(replace(shared, transformer=own), Letters())
    clip = waving_clip(60)

    def upper(pipeline: MotionPipeline) -> MotionClip:
        return pipeline.run(PartRequest(clip, "upper", 20, 40, "waves", 1))[0].clip

    assert same_bits(upper(two), upper(swapped)) and not same_bits(upper(two), upper(one))
    for job in (LoopRequest(clip, 10, 50, True, "waves", 1), GenerateRequest("waves", 3.0, 1)):
        assert same_bits(one.run(job)[0].clip, two.run(job)[0].clip), job


def test_what_the_part_did_in_the_range_does_not_matter(pipeline: MotionPipeline) -> None:
    clip, other = waving_clip(60, 1), waving_clip(60, 2)
    rotations = np.array(clip.rotations)
    upper = np.ix_(range(20, 40), list(UPPER_JOINTS))
    rotations[upper] = other.rotations[upper]
    spoilt = type(clip)(clip.root, rotations, clip.contacts)
    one, two = (pipeline.run(PartRequest(c, "upper", 20, 40, "waves", 1))[0].clip for c in (clip, spoilt))
    # The heading of a moment is read from hips and shoulders, so legs are read a little differently: codes are not.
    np.testing.assert_allclose(one.rotations[upper], two.rotations[upper], atol=0.2)


def test_the_part_goes_over_into_the_new_motion_as_slowly_as_asked(pipeline: MotionPipeline) -> None:
    clip = waving_clip(80)
    quick, slow = (
        pipeline.run(PartRequest(clip, "upper", 20, 60, "waves", 1, blend=blend))[0].clip for blend in (2, 20)
    )
    np.testing.assert_allclose(np.abs((quick.rotations[40] * slow.rotations[40]).sum(-1)), 1.0, atol=1e-9)
    assert not np.allclose(quick.rotations[24], slow.rotations[24])


@pytest.mark.parametrize(("bow", "followed"), [(5.0, 0.0), (8.0, 0.0), (40.0, 32.0)])
def test_a_new_back_leans_as_it_was_made_where_the_pelvis_does_not_bow_far(bow: float, followed: float) -> None:
    made = waving_clip(80)
    turned = multiply(from_vector(np.array([0.0, 1.0, 0.0])), made.rotations[:, 0])
    axis = np.array([0.6, 0.0, 0.8])

    def back(clip: MotionClip) -> np.ndarray:
        return multiply(clip.rotations[:, 0], clip.rotations[:, Joint.SPINE1])

    bowed = on_pelvis(made, multiply(from_vector(axis * np.radians(bow)), turned))
    expected = multiply(from_vector(axis * np.radians(followed)), back(on_pelvis(made, turned)))
    np.testing.assert_allclose(angle(multiply(back(bowed), inverse(expected))), 0.0, atol=1e-6)


def test_a_new_back_does_not_shake_with_the_pelvis_it_comes_to_stand_on() -> None:
    made = waving_clip(80)
    assert np.abs((on_pelvis(made, made.rotations[:, 0]).rotations * made.rotations).sum(-1)).min() > 1.0 - 1e-12
    sway = np.random.default_rng(0).normal(0.0, 0.03, (80, 3))
    pelvis = multiply(from_vector(sway + np.array([0.0, 0.5, 0.0])), made.rotations[:, 0])
    placed = on_pelvis(made, pelvis)
    np.testing.assert_array_equal(np.abs(placed.rotations[:, 0]), np.abs(pelvis))

    def shaking(clip: MotionClip) -> float:
        back = multiply(clip.rotations[:, 0], clip.rotations[:, Joint.SPINE1])
        return float(angle(multiply(back[1:], inverse(back[:-1]))).mean())

    assert shaking(placed) < 1.15 * shaking(made)
    naive = np.array(made.rotations)
    naive[:, 0] = pelvis
    assert shaking(MotionClip(made.root, naive, made.contacts)) > 2.0 * shaking(placed)
    # It has turned with the pelvis on the whole.
    turned = multiply(
        multiply(placed.rotations[40, 0], placed.rotations[40, Joint.SPINE1]),
        inverse(multiply(made.rotations[40, 0], made.rotations[40, Joint.SPINE1])),
    )
    assert angle(turned) == pytest.approx(0.5, abs=0.05)


def test_parts_need_weights_that_tell_them_apart() -> None:
    with pytest.raises(RequestError, match="one code for the whole body"):
        tiny_pipeline().run(PartRequest(waving_clip(40), "upper", 10, 20, "waves", 1))


@pytest.mark.parametrize("frames", [(0, 12), (5, 36), (10, 70), (0, 300)])
@pytest.mark.parametrize("in_place", [True, False])
def test_the_last_frame_is_the_first_of_the_next_round(
    pipeline: MotionPipeline, frames: tuple[int, int], in_place: bool
) -> None:
    clip = waving_clip(320)
    take = pipeline.run(LoopRequest(clip, *frames, in_place, "", 1))[0]
    made = take.clip
    assert len(made) == frames[1] - frames[0] + 1
    np.testing.assert_allclose(np.abs((made.rotations[0] * made.rotations[-1]).sum(-1)), 1.0, atol=1e-10)
    assert made.root[0, 1] == pytest.approx(made.root[-1, 1], abs=1e-9)
    travel = made.root[-1] - made.root[0]
    if in_place:
        np.testing.assert_allclose(travel, 0.0, atol=1e-9)
    else:
        assert np.linalg.norm(travel) > 1e-3
    assert len(take.confidence) == -(-len(made) // 4) and take.confidence[0] < 1


def test_speed_does_not_jump_where_a_round_ends(pipeline: MotionPipeline) -> None:
    made = pipeline.run(LoopRequest(waving_clip(100), 10, 90, False, "", 1))[0].clip
    first, last = made.root[1] - made.root[0], made.root[-1] - made.root[-2]
    jumps = np.linalg.norm(np.diff(made.root, n=2, axis=0), axis=1)
    assert np.linalg.norm(first - last) <= jumps.max() + 1e-9


def test_a_loop_that_is_kept_in_the_middle_goes_straight_on() -> None:
    """A clip that is a cycle already keeps its frames but for the even turn that closes it."""
    clip = waving_clip(100)
    made = tiny_pipeline().run(LoopRequest(clip, 20, 80, False, "", 1))[0].clip
    turn = multiply(made.rotations[30, 0], inverse(clip.rotations[50, 0]))
    # Rotations inside the body differ from the source by a turn about the vertical alone.
    np.testing.assert_allclose(turn[[1, 3]], 0.0, atol=1e-9)
    np.testing.assert_allclose(made.rotations[30, 1:], clip.rotations[50, 1:], atol=1e-12)


def test_every_seed_closes_in_its_own_way(pipeline: MotionPipeline) -> None:
    request = LoopRequest(waving_clip(80), 10, 70, True, "walks", 4, takes=2)
    one, two = pipeline.run(request), pipeline.run(request)
    assert same_bits(one[0].clip, two[0].clip) and same_bits(one[1].clip, two[1].clip)
    assert not np.allclose(one[0].clip.rotations, one[1].clip.rotations)


def test_the_smoothest_of_several_seams_is_taken(pipeline: MotionPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    request = LoopRequest(waving_clip(80), 10, 70, True, "walks", 4)

    def roughness(clip: MotionClip) -> float:
        joints = forward_kinematics(clip.root, clip.rotations)
        twice = np.concatenate([joints[-20:-1], joints[:20]])
        return float(np.linalg.norm(np.diff(twice, n=2, axis=0), axis=-1).max())

    best = pipeline.run(request)[0].clip
    monkeypatch.setattr(loop, "_ATTEMPTS", 1)
    real = loop.generator_of
    singles = []
    for number in range(4):
        monkeypatch.setattr(loop, "generator_of", lambda seed, _, number=number: real(seed, number))
        singles.append(pipeline.run(request)[0].clip)
    assert len({one.rotations.tobytes() for one in singles}) == 4
    assert any(same_bits(best, one) for one in singles)
    assert roughness(best) <= min(map(roughness, singles)) + 1e-9


def test_a_part_listens_to_its_text_as_loudly_as_the_weights_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workbench, "text_odds", lambda *_: 0.5)
    request = PartRequest(waving_clip(60), "upper", 10, 50, "waves", 1)
    soft, loud = (tiny_pipeline(split=True, levels=2, guidance=guidance) for guidance in (1.0, 5.0))
    own = replace(soft._weights, sampling=replace(soft._weights.sampling, part_guidance=5.0))
    told = MotionPipeline(own, Letters()).run(request)[0].clip
    assert same_bits(told, loud.run(request)[0].clip)
    assert not same_bits(told, soft.run(request)[0].clip)
