"""Gaps of frames as tokens: what is open, and which known frames stand around it.

The token grid starts at the gap, so that the last known token ends where the gap begins. Each side is read on
its own: the encoder reaches far, and must not see a frame that is to be made new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..motion.resample import token_count
from ..motion.skeleton import FRAMES_PER_TOKEN, MAX_FRAMES
from .plan import TextSpan


@dataclass(frozen=True)
class Piece:
    """Frames [start, stop) of a clip; the first and last pose held so that whole tokens come out."""

    start: int
    stop: int
    held_before: int = 0
    held_after: int = 0

    @property
    def tokens(self) -> int:
        """Tokens that the piece fills."""
        return (self.held_before + self.stop - self.start + self.held_after) // FRAMES_PER_TOKEN


@dataclass(frozen=True)
class Gap:
    """Frames [start, stop) to be made new, and the texts of the stretches it consists of."""

    start: int
    stop: int
    texts: tuple[TextSpan, ...]  # in frames of the clip, next to each other


@dataclass(frozen=True)
class GapLayout:
    """A gap in tokens: `tokens` open ones between the pieces on either side (None: nothing is there)."""

    gap: Gap
    left: Piece | None
    tokens: int
    right: Piece | None

    @property
    def spans(self) -> tuple[TextSpan, ...]:
        """Who speaks for which tokens of the sequence left, open, right."""
        before = 0 if self.left is None else self.left.tokens
        after = 0 if self.right is None else self.right.tokens
        spans = []
        for text in self.gap.texts:
            start = before + (text.start - self.gap.start) // FRAMES_PER_TOKEN
            stop = before + (text.stop - self.gap.start) // FRAMES_PER_TOKEN
            spans.append(
                TextSpan(
                    text.text,
                    0 if text.start == self.gap.start else start,
                    before + self.tokens + after if text.stop == self.gap.stop else stop,
                )
            )
        return tuple(spans)


def merge_gaps(gaps: Sequence[TextSpan]) -> tuple[Gap, ...]:
    """Gaps in order of time (ranges in frames, with their texts); those that touch become one."""
    merged: list[Gap] = []
    for gap in gaps:
        if merged and merged[-1].stop == gap.start:
            merged[-1] = Gap(merged[-1].start, gap.stop, (*merged[-1].texts, gap))
        else:
            merged.append(Gap(gap.start, gap.stop, (gap,)))
    return tuple(merged)


def lay_gap(gap: Gap, end: int) -> GapLayout:
    """`gap` in tokens, with known frames from 0 to the gap and from the gap to `end` (a gap's start, or the end)."""
    tokens = token_count(gap.stop - gap.start)
    resumes = gap.start + tokens * FRAMES_PER_TOKEN
    left = left_piece(gap.start) if gap.start > 0 else None
    right = right_piece(min(resumes, end - 1), end) if gap.stop < end else None
    return GapLayout(gap, left, tokens, right)


def left_piece(stop: int, start: int = 0) -> Piece:
    """Known frames that end at `stop` and reach back towards `start`: whole tokens, one window at most."""
    frames = min(stop - start, MAX_FRAMES)
    if frames < FRAMES_PER_TOKEN:
        return Piece(stop - frames, stop, held_before=FRAMES_PER_TOKEN - frames)
    return Piece(stop - frames // FRAMES_PER_TOKEN * FRAMES_PER_TOKEN, stop)


def right_piece(start: int, stop: int) -> Piece:
    """Known frames from `start` on towards `stop`: whole tokens, one window at most."""
    frames = min(stop - start, MAX_FRAMES)
    if frames < FRAMES_PER_TOKEN:
        return Piece(start, start + frames, held_after=FRAMES_PER_TOKEN - frames)
    return Piece(start, start + frames // FRAMES_PER_TOKEN * FRAMES_PER_TOKEN)
