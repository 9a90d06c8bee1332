"""Long sequences are covered window by window, and each window sees what came before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.motion.skeleton import MAX_TOKENS
from engine.planning.plan import Strip, TextSpan, TokenLayout, strip_between
from engine.planning.windows import fill_windows

_sides = st.integers(0, 60)


@settings(max_examples=300, deadline=None)
@given(_sides, st.integers(1, 400), _sides)
def test_windows_cover_what_is_open_and_know_something_of_it(left: int, open_tokens: int, right: int) -> None:
    known = np.ones(left + open_tokens + right, dtype=bool)
    known[left : left + open_tokens] = False
    windows = fill_windows(left, open_tokens, right)
    for number, (start, stop) in enumerate(windows):
        assert 0 <= start < stop <= len(known) and stop - start <= MAX_TOKENS
        assert not known[start:stop].all(), "a window with nothing to do"
        if left or right or number:
            assert known[start:stop].any(), "a window that knows nothing"
        known[start:stop] = True
    assert known.all()


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 60), st.integers(1, 400), st.integers(1, 60))
def test_the_window_that_reaches_the_far_side_sees_it(left: int, open_tokens: int, right: int) -> None:
    assert fill_windows(left, open_tokens, right)[-1][1] >= left + open_tokens + min(right, 8) - 1


def test_a_short_gap_has_context_on_both_sides() -> None:
    assert fill_windows(30, 5, 30) == [(8, 57)]
    assert fill_windows(2, 5, 60) == [(0, 49)]
    assert fill_windows(60, 5, 0) == [(16, 65)]


def test_the_work_goes_away_from_what_is_known() -> None:
    starts = [start for start, _ in fill_windows(0, 200, 10)]
    assert starts == sorted(starts, reverse=True) and len(starts) > 3


def test_decoded_tokens_are_known_to_the_next_window() -> None:
    strip = strip_between(np.full((2, 1), 7), 3, np.full((1, 1), 9), (TextSpan("a", 0, 4), TextSpan("b", 4, 6)))
    assert strip.known[:, 0].tolist() == [True, True, False, False, False, True]
    later = strip.filled(1, np.full((2, 1), 5))
    assert later.tokens[:3, 0].tolist() == [7, 5, 5] and later.known[:3].all() and not later.known[3]
    assert [span.text for span in strip.window(0, 4).spans] == ["a"]
    assert strip.window(1, 6).spans == (TextSpan("a", 0, 3), TextSpan("b", 3, 5))
    assert [span.text for span in later.filled(3, np.zeros((1, 1), np.int64)).window(0, 6).spans] == ["b"]


def test_columns_are_found_by_part_and_level() -> None:
    layout = TokenLayout(("lower", "upper"), levels=3)
    assert layout.columns == 6
    assert (layout.of_part("upper"), layout.of_level(1)) == (slice(3, 6), slice(1, None, 3))
    with pytest.raises(ValueError):
        layout.of_part("tail")


def test_tokens_and_what_is_known_of_them_must_agree() -> None:
    with pytest.raises(ValueError):
        Strip(np.zeros((3, 2), np.int64), np.zeros((3, 1), dtype=bool), ())
