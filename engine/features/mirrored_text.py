"""Texts of mirrored motion: every word that names a side changes to the other."""

from __future__ import annotations

import re
from typing import Final

_SIDES: Final = {"left": "right", "right": "left"}
_SIDE: Final = re.compile(r"\b(left|right)", re.IGNORECASE)
#: The long forms first, so that the short one inside them is not taken alone.
_TURN: Final = re.compile(r"\b(counter[ -]?clockwise|anti[ -]?clockwise|clockwise)\b", re.IGNORECASE)


def mirror_text(text: str) -> str:
    """`text` with left and right, clockwise and counterclockwise exchanged."""
    turned = _TURN.sub(lambda m: "counterclockwise" if m[0].lower() == "clockwise" else "clockwise", text)
    return _SIDE.sub(lambda m: _same_case(_SIDES[m[0].lower()], m[0]), turned)


def _same_case(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[0].isupper() else word
