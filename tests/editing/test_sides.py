"""Left is the mirror image of right: in every job, to the last bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.features.mirrored_text import leads_left
from engine.motion.clip import MotionClip
from engine.motion.pieces import cut, mirrored
from engine.pipeline import MotionPipeline
from engine.protocol.requests import (
    FillRequest,
    Gap,
    GenerateRequest,
    JobRequest,
    LoopRequest,
    PartRequest,
    Segment,
    StoryRequest,
)
from tests.editing.tiny import Letters, same_bits, tiny_pipeline, waving_clip

CLIP = waving_clip(80)
IMAGE = mirrored(CLIP)


@pytest.fixture(scope="module")
def pipeline() -> MotionPipeline:
    return tiny_pipeline(split=True, levels=2, guidance=2.0)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (GenerateRequest("kicks left", 3.0, 1), GenerateRequest("kicks right", 3.0, 1)),
        (GenerateRequest("turns left, then right", None, 1), GenerateRequest("turns right, then left", None, 1)),
        (FillRequest(CLIP, (Gap(20, 50, "steps left"),), 1), FillRequest(IMAGE, (Gap(20, 50, "steps right"),), 1)),
        (PartRequest(CLIP, "upper", 20, 50, "left up", 1), PartRequest(IMAGE, "upper", 20, 50, "right up", 1)),
        (LoopRequest(CLIP, 10, 60, False, "left foot", 1), LoopRequest(IMAGE, 10, 60, False, "right foot", 1)),
        (
            StoryRequest((Segment("left", 3.0, 1), Segment("left up", 3.0, 2)), CLIP, 3),
            StoryRequest((Segment("right", 3.0, 1), Segment("right up", 3.0, 2)), IMAGE, 3),
        ),
    ],
    ids=lambda request: type(request).__name__,
)
def test_a_left_text_gives_the_mirror_image_of_the_right_one(
    pipeline: MotionPipeline, left: JobRequest, right: JobRequest
) -> None:
    one, two = pipeline.run(left)[0], pipeline.run(right)[0]
    assert near(one.clip, mirrored(two.clip))
    assert one.confidence.tobytes() == two.confidence.tobytes()


def near(one: MotionClip, two: MotionClip) -> bool:
    # Rows are mirrored as rows, clips as clips: alike to rounding.
    return len(one) == len(two) and bool(
        np.allclose(one.root, two.root, atol=1e-5)
        and np.allclose(np.abs((one.rotations * two.rotations).sum(-1)), 1.0, atol=1e-6)
    )


def test_what_stays_keeps_its_bits_through_the_mirror(pipeline: MotionPipeline) -> None:
    made = pipeline.run(FillRequest(CLIP, (Gap(20, 30, "left"), Gap(50, 60, "right")), 1))[0].clip
    assert same_bits(made, CLIP, np.r_[0:20, 30:50, 60:80])
    legs = pipeline.run(PartRequest(CLIP, "upper", 20, 50, "left", 1))[0].clip
    assert legs.root.tobytes() == CLIP.root.tobytes()
    assert same_bits(legs, CLIP, np.r_[0:20, 50:80])


def test_no_network_hears_of_the_left_first(monkeypatch: pytest.MonkeyPatch, pipeline: MotionPipeline) -> None:
    heard: list[str] = []
    encode = Letters.encode
    monkeypatch.setattr(Letters, "encode", lambda self, texts: (heard.extend(texts), encode(self, texts))[1])
    gaps = (Gap(20, 30, "steps left"), Gap(50, 60, "steps right"))
    texts = ("kicks left", "walks", "kicks right", "bows left", "bows right")  # both ways of changing sides
    segments = tuple(Segment(text, None, number) for number, text in enumerate(texts))
    for request in (FillRequest(CLIP, gaps, 1), StoryRequest(segments, CLIP, 9), GenerateRequest("left", None, 1)):
        pipeline.run(request)
    assert {"steps right", "kicks right", "right", "walks"} <= set(heard)
    assert not any(leads_left(text) for text in heard)


def test_segments_of_both_sides_stand_in_one_story(pipeline: MotionPipeline) -> None:
    segments = (Segment("kicks left", 3.0, 1), Segment("kicks right", 3.0, 2), Segment("walks", 2.0, 3))
    made = pipeline.run(StoryRequest(segments, None, 9))[0].clip
    alone = pipeline.run(GenerateRequest("kicks right", 3.0, 1))[0].clip
    assert len(made) == 160
    assert near(cut(made, 0, 50), cut(mirrored(alone), 0, 50))
    changed = pipeline.run(StoryRequest((segments[0], segments[1], replace(segments[2], seed=4)), None, 9))[0].clip
    assert same_bits(made, changed, np.r_[0:110])
