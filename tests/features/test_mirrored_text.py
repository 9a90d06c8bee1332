"""Captions of mirrored motion name the other side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.features.mirrored_text import leads_left, mirror_text


@pytest.mark.parametrize(
    ("caption", "mirrored"),
    [
        ("a man waves his right hand", "a man waves his left hand"),
        ("Left, then RIGHT.", "Right, then LEFT."),
        ("walks clockwise", "walks counterclockwise"),
        ("walks counter-clockwise and anti clockwise", "walks clockwise and clockwise"),
        ("steps rightwards with a left-hand punch", "steps leftwards with a right-hand punch"),
        ("stands upright in bright light", "stands upright in bright light"),
    ],
)
def test_sides_and_turns_are_exchanged(caption: str, mirrored: str) -> None:
    assert mirror_text(caption) == mirrored


@given(st.lists(st.sampled_from(["left", "right", "Left", "RIGHT", "clockwise", "counterclockwise", "arm", "bright"])))
def test_mirroring_twice_changes_nothing(words: list[str]) -> None:
    text = " ".join(words)
    assert mirror_text(mirror_text(text)) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("kicks with the left leg", True),
        ("Left hand up, then the right", True),
        ("steps right, then left", False),
        ("turns counter clockwise", True),
        ("turns anti-clockwise on the right foot", True),
        ("turns clockwise to the left", False),
        ("walks a bright path", False),
        ("", False),
    ],
)
def test_the_side_that_is_named_first_leads(text: str, left: bool) -> None:
    assert leads_left(text) is left


@given(st.lists(st.sampled_from(["left", "right", "Left", "RIGHT", "clockwise", "anticlockwise", "arm", "bright"])))
def test_of_a_text_and_its_mirror_image_one_leads_left_if_any_names_a_side(words: list[str]) -> None:
    text = " ".join(words)
    assert (leads_left(text) != leads_left(mirror_text(text))) is any(word not in ("arm", "bright") for word in words)
