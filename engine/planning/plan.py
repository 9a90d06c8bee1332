"""TokenPlan: every job in the form the one decode loop understands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..motion.skeleton import MAX_TOKENS


@dataclass(frozen=True)
class TextSpan:
    """A text and the half-open token range [start, stop) it speaks for."""

    text: str
    start: int
    stop: int


@dataclass(frozen=True)
class TokenPlan:
    """Tokens [T, P] in time and body parts, which of them are known, and who speaks for them.

    `known` True = keep. Tokens that are not known are chosen by decoding; their value here is
    ignored. P is 1 for the whole body.
    """

    tokens: np.ndarray  # int64 [T, P]
    known: np.ndarray  # bool [T, P]
    spans: tuple[TextSpan, ...]

    def __post_init__(self) -> None:
        if self.tokens.ndim != 2 or self.tokens.shape != self.known.shape:
            raise ValueError(f"Tokens {self.tokens.shape} and known {self.known.shape} must agree as [time, part].")
        if not 1 <= len(self.tokens) <= MAX_TOKENS:
            raise ValueError(f"A plan holds 1 to {MAX_TOKENS} tokens, not {len(self.tokens)}.")

    def __len__(self) -> int:
        return len(self.tokens)
