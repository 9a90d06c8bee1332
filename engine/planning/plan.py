"""TokenPlan: every job in the form the one decode loop understands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..motion.skeleton import MAX_TOKENS


@dataclass(frozen=True)
class TokenLayout:
    """What the columns of a token array mean: part by part, in each part coarse level first."""

    parts: tuple[str, ...]  # ("whole",) or ("lower", "upper")
    levels: int

    @property
    def columns(self) -> int:
        """Token columns of one moment."""
        return len(self.parts) * self.levels

    def of_part(self, name: str) -> slice:
        """The columns of a body part, coarse to fine."""
        start = self.parts.index(name) * self.levels
        return slice(start, start + self.levels)

    def of_level(self, level: int) -> slice:
        """The columns of one level, a column for each part."""
        return slice(level, None, self.levels)


@dataclass(frozen=True)
class TextSpan:
    """A text and the half-open token range [start, stop) it speaks for."""

    text: str
    start: int
    stop: int


@dataclass(frozen=True)
class TokenPlan:
    """Tokens [T, C] in time and columns (see TokenLayout), which of them are known, and who speaks for them.

    `known` True = keep. Tokens that are not known are chosen by decoding; their value here is
    ignored.
    """

    tokens: np.ndarray  # int64 [T, C]
    known: np.ndarray  # bool [T, C]
    spans: tuple[TextSpan, ...]

    def __post_init__(self) -> None:
        if self.tokens.ndim != 2 or self.tokens.shape != self.known.shape:
            raise ValueError(f"Tokens {self.tokens.shape} and known {self.known.shape} must agree as [time, column].")
        if not 1 <= len(self.tokens) <= MAX_TOKENS:
            raise ValueError(f"A plan holds 1 to {MAX_TOKENS} tokens, not {len(self.tokens)}.")

    def __len__(self) -> int:
        return len(self.tokens)
