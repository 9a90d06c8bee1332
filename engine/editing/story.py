"""Segments told one after the other, the transitions made anew on both neighbours' tokens.

Segments are decoded one at a time, so that none can change another in the last digit: a story asked for again
with one seed changed keeps every frame that does not depend on that seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from ..features.mirrored_text import leads_left, mirror_text, right_first
from ..motion.clip import MotionClip
from ..motion.pieces import cut, joined, mirrored
from ..motion.placing import place, placement_onto
from ..motion.seams import settle
from ..motion.skeleton import FRAMES_PER_TOKEN
from ..planning.fill_ranges import left_piece
from ..planning.plan import Strip
from ..planning.story import GIVEN, bounded, plan_segment, plan_transition, segment_tokens
from ..planning.windows import fill_windows
from ..protocol.events import Take
from ..protocol.requests import DEFAULT_BLEND, Segment, StoryRequest, take_seed
from .conditioning import NO_TEXT
from .fill import read_piece
from .strips import Filled, fill_strips
from .workbench import Workbench, generator_of

#: Frames that a neighbour gives to a transition.
_GIVEN_FRAMES: Final = GIVEN * FRAMES_PER_TOKEN


@dataclass(frozen=True)
class _Part:
    """A segment or a transition."""

    filled: Filled
    in_mirror: bool  # whether its tokens are those of its mirror image

    def clip(self, bench: Workbench) -> MotionClip:
        """Its motion."""
        made = bench.to_clip(self.filled.tokens)
        return mirrored(made) if self.in_mirror else made

    def tokens(self, bench: Workbench, in_mirror: bool) -> np.ndarray:
        """Tokens [T, C] of its motion, or of the mirror image of that."""
        if in_mirror == self.in_mirror:
            return self.filled.tokens
        return bench.read_tokens(mirrored(bench.to_clip(self.filled.tokens)))


@dataclass(frozen=True)
class _Told:
    """A take in tokens."""

    context: int  # tokens of the opening ahead of the first segment's own
    segments: tuple[_Part, ...]
    transitions: tuple[_Part, ...]  # with the neighbours' tokens around what was made anew


def tell_story(bench: Workbench, request: StoryRequest) -> tuple[Take, ...]:
    """The request's takes; Take.marks are the first frames of the segments."""
    context = _opening_tokens(bench, request)
    counts = [_token_count(bench, segment) for segment in request.segments]
    first_windows = fill_windows(len(context), counts[0], 0)
    bench.expect(2 * len(counts) - 2 + len(first_windows))
    segments = [_segment_takes(bench, request, number, counts[number], context) for number in range(len(counts))]
    transitions = [_transition_takes(bench, request, number, segments) for number in range(len(counts) - 1)]
    takes = []
    for number in range(request.takes):
        told = _Told(len(context), tuple(s[number] for s in segments), tuple(t[number] for t in transitions))
        takes.append(_take(bench, request, told, take_seed(request.seed, number)))
    return tuple(takes)


def _opening_tokens(bench: Workbench, request: StoryRequest) -> np.ndarray:
    """What the first segment goes on from, as that segment is told."""
    if request.opening is None:
        return np.zeros((0, bench.layout.columns), dtype=np.int64)
    opening = mirrored(request.opening) if leads_left(request.segments[0].text) else request.opening
    return read_piece(bench, opening, left_piece(len(opening)))


def _token_count(bench: Workbench, segment: Segment) -> int:
    if segment.seconds is not None:
        return segment_tokens(segment.seconds)
    return bounded(bench.predicted_tokens([right_first(segment.text)])[0])


def _segment_takes(
    bench: Workbench, request: StoryRequest, number: int, tokens: int, opening: np.ndarray
) -> list[_Part]:
    segment = request.segments[number]
    context = opening if number == 0 else opening[:0]
    strip = plan_segment(right_first(segment.text), tokens, context)
    windows = fill_windows(len(context), tokens, 0)
    generators = [generator_of(take_seed(segment.seed, take)) for take in range(request.takes)]
    whole = fill_strips(bench, [strip] * request.takes, windows, generators)
    return [_Part(one, leads_left(segment.text)) for one in whole]


def _transition_takes(bench: Workbench, request: StoryRequest, number: int, segments: list[list[_Part]]) -> list[_Part]:
    texts = (request.segments[number].text, request.segments[number + 1].text)
    in_mirror = leads_left(" ".join(texts))
    heard = _transition_texts(texts, in_mirror)
    strips: list[Strip] = [
        plan_transition(one.tokens(bench, in_mirror), two.tokens(bench, in_mirror), heard)
        for one, two in zip(segments[number], segments[number + 1], strict=True)
    ]
    sides = (len(segments[number][0].filled.tokens) - GIVEN, len(segments[number + 1][0].filled.tokens) - GIVEN)
    windows = fill_windows(sides[0], 2 * GIVEN, sides[1])
    seed = request.transition_seeds[number]
    generators = [generator_of(take_seed(seed, take)) for take in range(request.takes)]
    return [_Part(one, in_mirror) for one in fill_strips(bench, strips, windows, generators)]


def _transition_texts(texts: tuple[str, str], in_mirror: bool) -> tuple[str, str]:
    """What a transition hears of its neighbours' texts: of two that name different sides first, the other is silent.

    No network has learnt a text that names the left first, and the few tokens of a transition follow the motion.
    """
    told = [mirror_text(text) if in_mirror else text for text in texts]
    one, two = (NO_TEXT if leads_left(text) else text for text in told)
    return one, two


def _take(bench: Workbench, request: StoryRequest, told: _Told, seed: int) -> Take:
    clips = [segment.clip(bench) for segment in told.segments]
    clips[0] = _opened(clips[0], told.context, request.opening)
    pieces, current, marks = [], clips[0], [0]
    for (one, two), transition in zip(pairwise(clips), told.transitions, strict=True):
        marks.append(marks[-1] + (len(current) + (0 if len(marks) == 1 else _GIVEN_FRAMES)))
        raw = transition.clip(bench)
        bridge, rest = _bridge(one, raw, len(raw) - len(two) - _GIVEN_FRAMES, two)
        body = cut(current, 0, len(current) - _GIVEN_FRAMES)
        where = placement_onto(bridge, 0, body, len(body) - 1)
        pieces += [body, cut(place(bridge, where), 1, len(bridge))]
        current = place(rest, where)
    return Take(joined([*pieces, current]), _confidence(told), seed, tuple(marks))


def _opened(clip: MotionClip, context: int, opening: MotionClip | None) -> MotionClip:
    """The first segment after its opening, without the frames that stand for it."""
    if opening is None:
        return clip
    known = cut(opening, max(0, len(opening) - 2), len(opening))
    raw = cut(clip, context * FRAMES_PER_TOKEN - len(known), len(clip))
    return settle(raw, known, None, DEFAULT_BLEND)


def _bridge(one: MotionClip, raw: MotionClip, start: int, two: MotionClip) -> tuple[MotionClip, MotionClip]:
    """The last frame of segment `one` and the transition behind it; and what follows it of the next segment.

    start: frame of `raw` at which the transition begins; before it, raw stands for one, behind it for two. All of
    it where raw is, so that not a digit depends on where in the story it comes to stand.
    """
    end, stop = len(one) - _GIVEN_FRAMES, start + 2 * _GIVEN_FRAMES
    tail = cut(one, end - 2, end)
    tail = place(tail, placement_onto(tail, 1, raw, start - 1))
    rest = cut(two, _GIVEN_FRAMES, len(two))
    rest = place(rest, placement_onto(rest, 0, raw, stop))
    met = settle(cut(raw, start - 2, stop + 2), tail, cut(rest, 0, 2), DEFAULT_BLEND)
    return joined([cut(tail, 1, 2), met]), rest


def _confidence(told: _Told) -> np.ndarray:
    whole = np.concatenate([segment.filled.confidence for segment in told.segments])[told.context :]
    border = len(told.segments[0].filled.confidence) - told.context
    for transition, (_, two) in zip(told.transitions, pairwise(told.segments), strict=True):
        sure, ahead = transition.filled.confidence, len(two.filled.confidence)
        whole[border - GIVEN : border + GIVEN] = sure[len(sure) - ahead - GIVEN :][: 2 * GIVEN]
        border += ahead
    return whole
