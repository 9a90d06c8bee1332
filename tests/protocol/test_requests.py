"""Every request arrives as it was sent; broken ones are refused in words."""

from __future__ import annotations

import io
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.motion.clip import MotionClip
from engine.motion.skeleton import CONTACT_JOINTS, JOINT_COUNT
from engine.protocol import events, messages, requests, wire

FRAMES = 60


def some_clip(frames: int = FRAMES, seed: int = 0, fps: float = 20.0) -> MotionClip:
    random = np.random.default_rng(seed)
    rotations = random.normal(size=(frames, JOINT_COUNT, 4))
    contacts = random.uniform(size=(frames, len(CONTACT_JOINTS))).astype(np.float32)
    return MotionClip(random.normal(size=(frames, 3)), rotations, contacts, fps)


def fill(**changes: Any) -> requests.FillRequest:
    return replace(requests.FillRequest(some_clip(), (requests.Gap(10, 20, "waves"),), 3), **changes)


def story(**changes: Any) -> requests.StoryRequest:
    segments = (requests.Segment("walks", 2.0, 1), requests.Segment("sits", None, 2))
    return replace(requests.StoryRequest(segments, some_clip(5), 3), **changes)


def part(**changes: Any) -> requests.PartRequest:
    return replace(requests.PartRequest(some_clip(), "upper", 10, 30, "waves", 3), **changes)


def loop(**changes: Any) -> requests.LoopRequest:
    return replace(requests.LoopRequest(some_clip(), 10, 50, True), **changes)


def sent(request: requests.Request) -> requests.Request:
    stream = io.BytesIO()
    wire.write_message(stream, *messages.to_message(request))
    stream.seek(0)
    received = wire.read_message(stream)
    assert received is not None
    return messages.from_message(*received)


def same(one: object, two: object) -> bool:
    if isinstance(one, MotionClip) and isinstance(two, MotionClip):
        return all(np.array_equal(getattr(one, f.name), getattr(two, f.name)) for f in fields(one))
    if type(one) is not type(two) or not hasattr(one, "__dataclass_fields__"):
        return one == two
    return all(same(getattr(one, name), getattr(two, name)) for name in one.__dataclass_fields__)


_whole = st.integers(0, 2**31 - 1)
_clips = st.builds(some_clip, st.integers(1, 9), st.integers(0, 99))
_gaps = st.builds(requests.Gap, st.integers(0, 99), st.integers(0, 99), st.text(max_size=9))
_segments = st.builds(requests.Segment, st.text(max_size=9), st.none() | st.floats(0, 9), _whole)
_requests = st.one_of(
    st.builds(requests.GenerateRequest, st.text(), st.none() | st.floats(0, 9), _whole, _whole),
    st.builds(requests.FillRequest, _clips, st.lists(_gaps, max_size=3).map(tuple), _whole, _whole, _whole),
    st.builds(requests.PartRequest, _clips, st.just("upper"), _whole, _whole, st.text(), _whole, _whole, _whole),
    st.builds(
        requests.StoryRequest,
        st.lists(_segments, max_size=3).map(tuple),
        st.none() | _clips,
        _whole,
        _whole,
        st.lists(_whole, max_size=3).map(tuple),
    ),
    st.builds(requests.LoopRequest, _clips, _whole, _whole, st.booleans(), st.text(), _whole, _whole),
    st.builds(requests.CancelRequest, _whole),
)


@settings(max_examples=60, deadline=None)
@given(_requests)
def test_every_request_arrives_as_sent(request_: requests.Request) -> None:
    assert same(sent(request_), request_)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(_clips, _whole, st.lists(_whole, max_size=3)), min_size=1, max_size=3))
def test_every_take_arrives_as_sent(made: list[tuple[MotionClip, int, list[int]]]) -> None:
    takes = tuple(
        events.Take(clip, np.linspace(0, 1, len(clip), dtype=np.float32), seed, tuple(marks))
        for clip, seed, marks in made
    )
    stream = io.BytesIO()
    wire.write_message(stream, *events.to_message(events.Finished(4, takes)))
    stream.seek(0)
    received = wire.read_message(stream)
    assert received is not None
    finished = events.from_message(*received)
    assert isinstance(finished, events.Finished)
    assert finished.job == 4 and len(finished.takes) == len(takes)
    for one, two in zip(finished.takes, takes, strict=True):
        assert same(one.clip, two.clip) and (one.seed, one.marks) == (two.seed, two.marks)
        np.testing.assert_array_equal(one.confidence, two.confidence)
    assert finished.clip is finished.takes[0].clip and finished.confidence is finished.takes[0].confidence


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([fill(), story(), part(), loop()]), st.data())
def test_a_spoilt_message_is_refused_in_a_sentence_or_means_something(request_: Any, data: st.DataObject) -> None:
    header, arrays = messages.to_message(request_)
    header[data.draw(st.sampled_from(sorted(header)))] = data.draw(_json)
    if data.draw(st.booleans()):
        arrays.pop(data.draw(st.sampled_from(sorted(arrays))))
    try:
        request = messages.from_message(header, arrays)
        if not isinstance(request, requests.CancelRequest):
            request.checked()
    except requests.RequestError as error:
        assert str(error).endswith(".")


def with_nan() -> MotionClip:
    made = some_clip()
    object.__setattr__(made, "root", made.root.copy())
    made.root[3, 1] = np.nan
    return made


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (fill(clip=None), "no motion"),
        (fill(clip=some_clip(fps=24.0)), "24 frames a second"),
        (fill(clip=some_clip(requests.MAX_CLIP_FRAMES + 1)), "at most 1800 s"),
        (fill(gaps=()), "no gap"),
        (fill(gaps=(requests.Gap(20, 20),)), "empty"),
        (fill(gaps=(requests.Gap(20, 10),)), "empty"),
        (fill(gaps=(requests.Gap(-1, 10),)), "outside"),
        (fill(gaps=(requests.Gap(10, FRAMES + 1),)), "outside"),
        (fill(gaps=(requests.Gap(0, 30), requests.Gap(29, 40))), "overlap"),
        (fill(gaps=(requests.Gap(0, 30), requests.Gap(30, FRAMES))), "no frame to start from"),
        (fill(gaps=(requests.Gap(1, 5, "x" * 5000),)), "5000 characters"),
        (fill(gaps=(requests.Gap(1.5, 5),)), "whole number"),  # type: ignore[arg-type]
        (fill(seed=-1), "seed"),
        (fill(takes=0), "takes"),
        (fill(takes=10_000), "takes"),
        (fill(blend=0), "Blend"),
        (part(part="tail"), "body part 'tail'"),
        (part(text=""), "no text"),
        (part(start=30), "empty"),
        (story(segments=()), "1 to 100 segments"),
        (story(segments=(requests.Segment("walks", 0.5, 1),)), "Segment 1: .* at least 1 s"),
        (story(segments=(requests.Segment("walks", 99.0, 1),)), "Segment 1: .*longest"),
        (story(segments=(requests.Segment("", 2.0, 1),)), "Segment 1: .*no text"),
        (story(transition_seeds=(1, 2)), "1 transitions, not 2"),
        (loop(stop=15), "too short for a loop"),
        (loop(in_place=1), "true or false"),
    ],
)
def test_what_cannot_be_edited_is_said_in_a_sentence(request_: Any, said: str) -> None:
    with pytest.raises(requests.RequestError, match=said):
        request_.checked()


def test_a_clip_that_holds_no_numbers_is_refused() -> None:
    header, arrays = messages.to_message(fill(clip=with_nan()))
    with pytest.raises(requests.RequestError, match="not numbers"):
        messages.from_message(header, arrays)


def test_gaps_come_out_in_order_and_a_text_of_signs_alone_is_no_text() -> None:
    checked = fill(gaps=(requests.Gap(30, 40, " ... "), requests.Gap(0, 5, " jumps\n"))).checked()
    assert checked.gaps == (requests.Gap(0, 5, "jumps"), requests.Gap(30, 40, ""))


def test_every_transition_gets_a_seed_of_its_own() -> None:
    seeds = story(segments=tuple(requests.Segment("walks", 2.0, n) for n in range(5))).checked().transition_seeds
    assert len(set(seeds)) == 4
    assert story(transition_seeds=(9,)).checked().transition_seeds == (9,)


def test_the_seeds_of_takes_stay_in_range() -> None:
    seeds = [requests.take_seed(requests.MAX_SEED - 1, take) for take in range(4)]
    assert seeds == [requests.MAX_SEED - 1, requests.MAX_SEED, 0, 1]
