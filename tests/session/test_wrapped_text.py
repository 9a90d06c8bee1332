"""Sentences in the panel: nothing is lost that fits, no line is wider than the panel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("bpy")

from blender_mmm.panels.wrapped_text import ELLIPSIS, MOST_LINES, to_lines


@given(st.text(max_size=600), st.integers(1, 120))
def test_lines_fit_and_lose_nothing_but_the_end(text: str, characters: int) -> None:
    lines = to_lines(text, lambda line: len(line) <= characters)
    assert len(lines) <= MOST_LINES
    assert all(len(line.removesuffix(ELLIPSIS)) <= characters for line in lines)
    squeezed = "".join(text.split())
    shown = "".join("".join(lines).removesuffix(ELLIPSIS).split())
    assert squeezed.startswith(shown)
    assert shown == squeezed or len(lines) == MOST_LINES


def test_short_sentences_are_whole() -> None:
    sentence = "The armature Rig was deleted while its motion was being made."
    lines = to_lines(sentence, lambda line: len(line) <= 24)
    assert " ".join(lines) == sentence and all(len(line) <= 24 for line in lines)
