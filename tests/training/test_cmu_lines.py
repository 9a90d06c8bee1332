"""What the recordists wrote on a take becomes a caption where it holds, and its words are words."""

from __future__ import annotations

import pytest

from engine.features.mirrored_text import mirror_text
from engine.training.cmu import _said_of_take


def said(line: str, take: str = "07_01", frames: int = 100, of: int = 100) -> str | None:
    segment = {"take": take, "frames": str(frames), "take_frames": str(of)}
    captions = _said_of_take(segment, {take: line})
    return captions[0].text if captions else None


def test_a_list_of_actions_is_not_said_of_a_piece() -> None:
    assert said("sit, stand up") == "sit, stand up"
    assert said("sit, stand up", frames=50) is None
    assert said("salsa dance", frames=50) == "salsa dance"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Left_Spin_reach001", "Left Spin reach"),
        ("SuperTightRight         CleanedGRS", "Super Tight Right Cleaned GRS"),
        ("HurtLegWalk", "Hurt Leg Walk"),
        ("walk 90 degrees", "walk 90 degrees"),
    ],
)
def test_names_of_files_are_read_as_words(line: str, words: str) -> None:
    assert said(line) == words


def test_the_mirror_image_of_a_name_is_of_the_other_side() -> None:
    assert mirror_text(said("OffensiveMoveSpinLeft") or "") == "Offensive Move Spin Right"


def test_skaters_are_said_to_skate() -> None:
    assert said("Lean Turn Left", take="134_15") == "skateboarding: Lean Turn Left"
