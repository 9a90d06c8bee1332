"""Stories: every part by its own seed, joined without a step out of place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.motion.clip import MotionClip
from engine.motion.pieces import cut
from engine.motion.placing import place, placement_onto
from engine.pipeline import MotionPipeline
from engine.protocol.requests import Segment, StoryRequest
from tests.editing.tiny import same_bits, tiny_pipeline, waving_clip

GIVEN = 8  # frames that a segment gives to a transition
SEGMENTS = (
    Segment("walks on", 3.0, 1),
    Segment("jumps high up", 2.0, 2),
    Segment("sits", 1.0, 3),
    Segment("runs away", 9.8, 4),
)
MARKS = (0, 60, 100, 120)


@pytest.fixture(scope="module")
def pipeline() -> MotionPipeline:
    return tiny_pipeline(guidance=2.0)


def tell(pipeline: MotionPipeline, **changes: object) -> MotionClip:
    return pipeline.run(replace(StoryRequest(SEGMENTS, None, 9), **changes))[0].clip  # type: ignore[arg-type]


def agree(one: MotionClip, two: MotionClip, start: int, stop: int) -> None:
    """Frames [start, stop) are the same motion, wherever it stands."""
    one, two = cut(one, start, stop), cut(two, start, stop)
    moved = place(two, placement_onto(two, 0, one, 0))
    np.testing.assert_allclose(moved.root, one.root, atol=1e-9)
    np.testing.assert_allclose(np.abs((moved.rotations * one.rotations).sum(-1)), 1.0, atol=1e-9)
    assert one.rotations[:, 1:].tobytes() == two.rotations[:, 1:].tobytes()


def differ(one: MotionClip, two: MotionClip, start: int, stop: int) -> None:
    assert not np.allclose(one.rotations[start:stop, 1:], two.rotations[start:stop, 1:], atol=1e-3)


def test_a_story_is_as_long_as_its_segments_and_says_where_they_begin(pipeline: MotionPipeline) -> None:
    take = pipeline.run(StoryRequest(SEGMENTS, None, 9))[0]
    assert take.marks == MARKS
    assert len(take.clip) == 120 + 196 and len(take.confidence) == 15 + 10 + 5 + 49
    assert (take.confidence < 1).all()


def test_nothing_jumps_at_the_borders(pipeline: MotionPipeline) -> None:
    made = tell(pipeline)
    steps = np.linalg.norm(np.diff(made.root, axis=0), axis=1)
    borders = [frame for mark in MARKS[1:] for frame in (mark - GIVEN - 1, mark + GIVEN - 1)]
    others = np.delete(steps, borders)
    assert steps[borders].max() <= 1.5 * others.max()


def test_one_transition_is_made_anew_and_the_rest_stays(pipeline: MotionPipeline) -> None:
    seeds = StoryRequest(SEGMENTS, None, 9).checked().transition_seeds
    one, two = tell(pipeline), tell(pipeline, transition_seeds=(seeds[0], 12345, seeds[2]))
    assert same_bits(one, two, slice(0, MARKS[2] - GIVEN))
    differ(one, two, MARKS[2] - GIVEN, MARKS[2] + GIVEN)
    agree(one, two, MARKS[2] + GIVEN, len(one))


def test_one_segment_is_made_anew_and_the_rest_stays(pipeline: MotionPipeline) -> None:
    changed = (SEGMENTS[0], replace(SEGMENTS[1], seed=77), *SEGMENTS[2:])
    one, two = tell(pipeline), tell(pipeline, segments=changed)
    assert same_bits(one, two, slice(0, MARKS[1] - GIVEN))
    differ(one, two, MARKS[1] + GIVEN, MARKS[2] - GIVEN)
    agree(one, two, MARKS[2] + GIVEN, len(one))


def test_each_transition_hears_both_texts(pipeline: MotionPipeline) -> None:
    other = (SEGMENTS[0], replace(SEGMENTS[1], text="kk kk kk kk"))
    one, two = tell(pipeline, segments=SEGMENTS[:2]), tell(pipeline, segments=other)
    assert same_bits(one, two, slice(0, MARKS[1] - GIVEN))
    differ(one, two, MARKS[1], len(one))


@pytest.mark.parametrize("frames", [1, 2, 5, 90])
def test_a_story_goes_on_from_a_pose_or_a_clip(pipeline: MotionPipeline, frames: int) -> None:
    opening = waving_clip(frames)
    made = tell(pipeline, opening=opening)
    assert len(made) == 120 + 196
    step = np.linalg.norm(made.root[0, [0, 2]] - opening.root[-1, [0, 2]])
    assert step < 3 * np.linalg.norm(np.diff(made.root[:40], axis=0), axis=1).max()
    moved = tell(pipeline, opening=place(opening, placement_onto(opening, 0, waving_clip(1, 8), 0)))
    agree(made, moved, MARKS[1] + GIVEN, len(made))


def test_lengths_can_be_left_to_the_engine(pipeline: MotionPipeline) -> None:
    segments = tuple(replace(segment, seconds=None) for segment in SEGMENTS)
    take = pipeline.run(StoryRequest(segments, None, 9))[0]
    assert len(take.marks) == 4 and len(take.clip) == 4 * len(take.confidence)
    assert min(np.diff([*take.marks, len(take.clip)])) >= 20


def test_takes_are_stories_of_their_own_and_repeat(pipeline: MotionPipeline) -> None:
    request = StoryRequest(SEGMENTS[:2], None, 9, takes=2)
    one, two = pipeline.run(request), pipeline.run(request)
    assert [take.seed for take in one] == [9, 10]
    assert all(same_bits(a.clip, b.clip) for a, b in zip(one, two, strict=True))
    assert not np.allclose(one[0].clip.rotations, one[1].clip.rotations)
    assert same_bits(tell(pipeline, segments=SEGMENTS[:1]), tell(pipeline, segments=SEGMENTS[:1]))
