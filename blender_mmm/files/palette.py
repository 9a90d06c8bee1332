"""The colours of every picture: the left side is blue, the right side orange, everywhere."""

from __future__ import annotations

from typing import Final, TypeAlias

Colour: TypeAlias = tuple[int, int, int]  # sRGB, 0..255

MIDDLE: Final[Colour] = (134, 139, 148)
LEFT: Final[Colour] = (52, 116, 214)
RIGHT: Final[Colour] = (236, 122, 28)
PAPER: Final[Colour] = (255, 255, 255)
FLOOR: Final[Colour] = (232, 234, 238)
FLOOR_LINE: Final[Colour] = (196, 200, 208)
FLOOR_METRE: Final[Colour] = (150, 155, 166)
PATH: Final[Colour] = (196, 44, 92)
INK: Final[Colour] = (28, 30, 36)
FAINT_INK: Final[Colour] = (112, 116, 126)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`a` with `share` (0..1) of `b` in it."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue
