"""Gaps are filled, everything else keeps its bits, and what stood in a gap has no say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decoding.iterative import DecodingCancelled
from engine.motion.clip import MotionClip
from engine.motion.pieces import replaced
from engine.motion.skeleton import FRAMES_PER_TOKEN
from engine.pipeline import MotionPipeline
from engine.protocol.events import Take
from engine.protocol.requests import FillRequest, Gap, RequestError
from tests.editing.tiny import same_bits, tiny_pipeline, waving_clip


@pytest.fixture(scope="module")
def pipeline() -> MotionPipeline:
    return tiny_pipeline(split=True, levels=2, guidance=2.0)


#: For the property test, which cannot take fixtures.
PIPELINE = tiny_pipeline()


def fill(pipeline: MotionPipeline, clip: MotionClip, *gaps: tuple[int, int], seed: int = 1, text: str = "") -> Take:
    return pipeline.run(FillRequest(clip, tuple(Gap(*gap, text) for gap in gaps), seed))[0]


def outside(frames: int, *gaps: tuple[int, int]) -> np.ndarray:
    keep = np.ones(frames, dtype=bool)
    for start, stop in gaps:
        keep[start:stop] = False
    return keep


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_what_is_known_keeps_its_bits_and_what_was_in_the_gaps_changes_nothing(data: st.DataObject) -> None:
    frames = data.draw(st.integers(2, 50))
    edges = sorted(data.draw(st.sets(st.integers(0, frames), min_size=2, max_size=4)))
    gaps = [(start, stop) for start, stop in zip(edges[::2], edges[1::2], strict=False)]
    keep = outside(frames, *gaps)
    if not keep.any():
        return
    clip = waving_clip(frames, data.draw(st.integers(0, 9)))
    spoilt = clip
    for start, stop in gaps:
        spoilt = replaced(spoilt, start, waving_clip(stop - start, 99, tilt=2.0))
    one, two = fill(PIPELINE, clip, *gaps), fill(PIPELINE, spoilt, *gaps)
    assert same_bits(one.clip, two.clip) and one.confidence.tobytes() == two.confidence.tobytes()
    assert same_bits(one.clip, clip, keep)
    assert len(one.confidence) == -(-frames // FRAMES_PER_TOKEN)
    touched = np.add.reduceat(~keep, np.arange(0, frames, FRAMES_PER_TOKEN)) > 0
    assert (one.confidence[~touched] == 1).all() and (one.confidence[touched] < 1).all()


@pytest.mark.parametrize("gap", [(20, 21), (20, 22), (20, 23), (0, 10), (40, 60), (1, 59)])
def test_every_kind_of_gap_is_filled_with_something_new(pipeline: MotionPipeline, gap: tuple[int, int]) -> None:
    clip = waving_clip(60)
    made = fill(pipeline, clip, gap).clip
    assert len(made) == 60 and same_bits(made, clip, outside(60, gap))
    assert not np.allclose(made.rotations[slice(*gap)], clip.rotations[slice(*gap)])


def test_the_way_leads_from_one_side_to_the_other(pipeline: MotionPipeline) -> None:
    clip = waving_clip(80)
    made = fill(pipeline, clip, (20, 60)).clip
    steps = np.linalg.norm(np.diff(made.root[:, [0, 2]], axis=0), axis=1)
    missing = np.linalg.norm(clip.root[60] - clip.root[19])
    assert steps[[19, 59]].max() < max(3 * np.median(steps), missing)
    np.testing.assert_allclose(np.linalg.norm(made.rotations, axis=-1), 1.0, atol=1e-9)


def test_from_pose_to_pose(pipeline: MotionPipeline) -> None:
    clip = waving_clip(22)
    made = fill(pipeline, clip, (1, 21)).clip
    assert same_bits(made, clip, np.array([0, 21]))


def test_a_gap_far_longer_than_the_window_is_filled_in_pieces() -> None:
    pipeline = tiny_pipeline()
    clip, seen = waving_clip(1040), []
    request = FillRequest(clip, (Gap(20, 1020),), 1)
    made = pipeline.run(request, lambda fraction, message: seen.append((fraction, message)))[0]
    assert same_bits(made.clip, clip, outside(1040, (20, 1020)))
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions) and fractions[-1] <= 1
    assert any("of 6" in message or "of 7" in message for _, message in seen)


def test_the_same_seed_fills_the_same_way_and_each_take_has_its_own(pipeline: MotionPipeline) -> None:
    clip = waving_clip(60)
    request = FillRequest(clip, (Gap(20, 40, "waves"),), 5, takes=3)
    one, two = pipeline.run(request), pipeline.run(request)
    assert [take.seed for take in one] == [5, 6, 7]
    assert all(same_bits(a.clip, b.clip) for a, b in zip(one, two, strict=True))
    assert not np.allclose(one[0].clip.root, one[1].clip.root)
    alone = fill(pipeline, clip, (20, 40), seed=6, text="waves")
    np.testing.assert_allclose(one[1].clip.rotations, alone.clip.rotations, atol=1e-4)


def test_each_gap_hears_its_own_text() -> None:
    pipeline = tiny_pipeline(guidance=20.0)

    def made(first: str, second: str) -> MotionClip:
        gaps = (Gap(20, 36, first), Gap(36, 52, second))
        return pipeline.run(FillRequest(waving_clip(80), gaps, 3))[0].clip

    assert not np.allclose(made("zz zz zz", "pp pp").rotations, made("zz zz zz", "kk kk kk kk").rotations)
    assert not np.allclose(made("zz zz zz", "pp pp").rotations, made("oo oo oo", "pp pp").rotations)


def _after(calls: int) -> Callable[[], bool]:
    asked = iter(range(1000))
    return lambda: next(asked) >= calls


def test_a_job_stops_when_it_is_cancelled(pipeline: MotionPipeline) -> None:
    steps: list[str] = []
    with pytest.raises(DecodingCancelled):
        request = FillRequest(waving_clip(300), (Gap(20, 280),), 1)
        pipeline.run(request, lambda _, message: steps.append(message), _after(6))
    assert len(steps) < 8


def test_what_cannot_be_filled_is_refused_before_any_work(pipeline: MotionPipeline) -> None:
    with pytest.raises(RequestError, match="outside"):
        pipeline.run(FillRequest(waving_clip(10), (Gap(5, 11),), 1), lambda *_: pytest.fail("work began"))
