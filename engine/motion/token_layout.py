"""What the numbers of a token mean: one per body part and level of detail."""

from __future__ import annotations

from dataclasses import dataclass

WHOLE: tuple[str, ...] = ("whole",)


@dataclass(frozen=True)
class TokenLayout:
    """What the columns of a token are: one per body part and level, the parts one after the other.

    Level 0 is the coarse code of a part, later levels refine it.
    """

    parts: tuple[str, ...] = WHOLE
    levels: int = 1

    @property
    def columns(self) -> int:
        """Columns of a token."""
        return len(self.parts) * self.levels

    def of_part(self, part: str) -> slice:
        """The columns of `part`; raises ValueError for one that these tokens do not have."""
        first = self.parts.index(part) * self.levels
        return slice(first, first + self.levels)

    def of_level(self, level: int) -> slice:
        """The columns of one level, a column for each part."""
        return slice(level, None, self.levels)
