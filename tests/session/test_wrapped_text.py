"""Sentences in the panel: nothing is lost that fits, no line is wider than the panel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("bpy")

from blender_mmm.panels.wrapped_text import FEWEST, MOST_LINES, to_lines


@given(st.text(max_size=2000), st.integers(-5, 120))
def test_lines_fit(text: str, characters: int) -> None:
    lines = to_lines(text, characters)
    assert len(lines) <= MOST_LINES
    assert all(len(line) <= max(FEWEST, characters) for line in lines)


def test_short_sentences_are_whole() -> None:
    sentence = "The armature Rig was deleted while its motion was being made."
    assert " ".join(to_lines(sentence, 24)) == sentence
