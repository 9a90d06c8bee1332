"""Texts of mirrored motion: every word that names a side changes to the other.

A motion and its mirror image are equally likely, each under its own text. So a network needs to hear of one side
only: texts whose first side is the left are told mirrored, and what comes of them is mirrored back.
"""

from __future__ import annotations

import re
from typing import Final

_SIDES: Final = {"left": "right", "right": "left"}
_SIDE: Final = re.compile(r"\b(left|right)", re.IGNORECASE)
#: The long forms first, so that the short one inside them is not taken alone.
_TURN: Final = re.compile(r"\b(counter[ -]?clockwise|anti[ -]?clockwise|clockwise)\b", re.IGNORECASE)
_FIRST: Final = re.compile(rf"{_SIDE.pattern}|{_TURN.pattern}", re.IGNORECASE)


def leads_left(text: str) -> bool:
    """Whether the first side that `text` names is the left, or a turn to it: the side no network hears of first."""
    first = _FIRST.search(text)
    return first is not None and not first[0].lower().startswith(("right", "clock"))


def mirror_text(text: str) -> str:
    """`text` with left and right, clockwise and counterclockwise exchanged."""
    turned = _TURN.sub(lambda m: "counterclockwise" if m[0].lower() == "clockwise" else "clockwise", text)
    return _SIDE.sub(lambda m: _same_case(_SIDES[m[0].lower()], m[0]), turned)


def right_first(text: str) -> str:
    """`text` as networks hear it: mirrored if it names the left first."""
    return mirror_text(text) if leads_left(text) else text


def _same_case(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[0].isupper() else word
