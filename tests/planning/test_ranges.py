"""No open frame is ever shown to the encoder, and every open frame gets a token."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.motion.skeleton import FRAMES_PER_TOKEN, MAX_TOKENS
from engine.planning.body_part import lay_part, plan_part
from engine.planning.fill_ranges import Piece, lay_gap, merge_gaps
from engine.planning.loop import lay_loop
from engine.planning.plan import TextSpan, TokenLayout
from engine.planning.story import MIN_TOKENS, plan_transition, segment_tokens

_frames = st.integers(2, 500)


def whole_tokens(piece: Piece | None) -> bool:
    if piece is None:
        return True
    length = piece.held_before + piece.stop - piece.start + piece.held_after
    return length % FRAMES_PER_TOKEN == 0 and piece.start < piece.stop and 1 <= piece.tokens <= MAX_TOKENS


@settings(max_examples=200, deadline=None)
@given(_frames, st.data())
def test_a_gap_is_laid_out_between_pieces_that_lie_outside_it(end: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, end - 1))
    stop = data.draw(st.integers(start + 1, end))
    layout = lay_gap(merge_gaps([TextSpan("", start, stop)])[0], end)
    assert (layout.left is None) == (start == 0) and (layout.right is None) == (stop == end)
    assert layout.tokens * FRAMES_PER_TOKEN >= stop - start > (layout.tokens - 1) * FRAMES_PER_TOKEN
    assert whole_tokens(layout.left) and whole_tokens(layout.right)
    if layout.left:
        assert layout.left.start >= 0 and layout.left.stop == start and not layout.left.held_after
    if layout.right:
        assert stop <= layout.right.start and layout.right.stop <= end and not layout.right.held_before


def test_gaps_that_touch_are_filled_as_one_each_part_under_its_own_text() -> None:
    gaps = [TextSpan("walks", 10, 20), TextSpan("jumps", 20, 31), TextSpan("", 40, 44)]
    first, second = merge_gaps(gaps)
    assert (first.start, first.stop, second.start) == (10, 31, 40)
    layout = lay_gap(first, 40)
    assert layout.left is not None and layout.left.tokens == 2
    assert [(span.text, span.start, span.stop) for span in layout.spans] == [("walks", 0, 4), ("jumps", 4, 9)]


@settings(max_examples=200, deadline=None)
@given(_frames, st.data())
def test_a_part_is_read_beside_its_range_and_the_rest_throughout(frames: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, frames - 1))
    stop = data.draw(st.integers(start + 1, frames))
    laid = lay_part(start, stop, frames)
    assert whole_tokens(laid.left) and whole_tokens(laid.right)
    assert laid.whole.tokens == laid.before + laid.tokens + laid.after
    assert 0 <= laid.whole.start <= start and stop <= laid.whole.stop <= frames and laid.whole.held_after >= 0
    # The grid of the whole begins at the range, too.
    before = laid.whole.held_before + start - laid.whole.start
    assert before == laid.before * FRAMES_PER_TOKEN


def test_only_the_part_is_open_and_only_inside_the_range() -> None:
    laid, layout = lay_part(8, 16, 24), TokenLayout(("lower", "upper"), levels=2)
    strip = plan_part(laid, layout, "upper", "waves", *(np.full((n, 4), n) for n in (6, 2, 2)))
    assert strip.known[:, :2].all() and strip.known[[0, 1, 4, 5]].all() and not strip.known[2:4, 2:].any()
    assert (strip.tokens[:, :2] == 6).all() and (strip.tokens[[0, 1, 4, 5], 2:] == 2).all()


@pytest.mark.parametrize(("seconds", "tokens"), [(0.1, MIN_TOKENS), (1.0, 5), (2.05, 10), (9.8, MAX_TOKENS)])
def test_a_segment_has_the_nearest_number_of_tokens(seconds: float, tokens: int) -> None:
    assert segment_tokens(seconds) == tokens


def test_a_transition_opens_the_tokens_beside_the_border() -> None:
    strip = plan_transition(np.full((5, 1), 1), np.full((6, 1), 2), ("a", "b"))
    assert strip.tokens[strip.known[:, 0], 0].tolist() == [1] * 3 + [2] * 4
    assert np.flatnonzero(~strip.known[:, 0]).tolist() == [3, 4, 5, 6]
    assert strip.spans == (TextSpan("a", 0, 5), TextSpan("b", 5, 11))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 50), st.integers(12, 400))
def test_a_loop_keeps_its_middle(start: int, length: int) -> None:
    laid = lay_loop(start, start + length)
    assert start < laid.start < laid.stop < start + length and laid.seam % FRAMES_PER_TOKEN == 0
    for piece in (laid.left, laid.right):
        assert whole_tokens(piece) and laid.start <= piece.start and piece.stop <= laid.stop
    assert laid.left.stop == laid.stop and laid.right.start == laid.start
