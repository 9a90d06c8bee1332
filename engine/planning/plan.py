"""TokenPlan: every job in the form the one decode loop understands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..motion.skeleton import MAX_TOKENS
from ..motion.token_layout import TokenLayout

__all__ = ["TextSpan", "TokenLayout", "TokenPlan"]


@dataclass(frozen=True)
class TextSpan:
    """A text and the half-open token range [start, stop) it speaks for."""

    text: str
    start: int
    stop: int


@dataclass(frozen=True)
class TokenPlan:
    """Tokens [T, C] in time and columns (see TokenLayout), which of them are known, and who speaks for them.

    `known` True = keep. Tokens that are not known are chosen by decoding; their value here is ignored.
    """

    tokens: np.ndarray  # int64 [T, C]
    known: np.ndarray  # bool [T, C]
    spans: tuple[TextSpan, ...]

    def __post_init__(self) -> None:
        _check(self.tokens, self.known)
        if not 1 <= len(self.tokens) <= MAX_TOKENS:
            raise ValueError(f"A plan holds 1 to {MAX_TOKENS} tokens, not {len(self.tokens)}.")

    def __len__(self) -> int:
        return len(self.tokens)


@dataclass(frozen=True)
class Strip:
    """A sequence of any length in the form of a plan: decoded window by window."""

    tokens: np.ndarray  # int64 [T, C]
    known: np.ndarray  # bool [T, C]
    spans: tuple[TextSpan, ...]  # next to each other, over the whole sequence

    def __post_init__(self) -> None:
        _check(self.tokens, self.known)

    def __len__(self) -> int:
        return len(self.tokens)

    def window(self, start: int, stop: int) -> TokenPlan:
        """The plan of tokens [start, stop); spans with nothing open in them have no say."""
        is_open = ~self.known[start:stop].all(axis=1)
        clipped = (
            TextSpan(span.text, max(span.start, start) - start, min(span.stop, stop) - start) for span in self.spans
        )
        heard = tuple(span for span in clipped if span.start < span.stop and is_open[span.start : span.stop].any())
        return TokenPlan(self.tokens[start:stop], self.known[start:stop], heard)

    def filled(self, start: int, tokens: np.ndarray) -> Strip:
        """The same strip with decoded `tokens` [n, C] known from `start` on."""
        whole, known = self.tokens.copy(), self.known.copy()
        whole[start : start + len(tokens)] = tokens
        known[start : start + len(tokens)] = True
        return Strip(whole, known, self.spans)


def strip_between(left: np.ndarray, open_tokens: int, right: np.ndarray, spans: tuple[TextSpan, ...]) -> Strip:
    """`open_tokens` unknown tokens between known ones, left [L, C] and right [R, C]."""
    hole = np.zeros((open_tokens, left.shape[1]), dtype=np.int64)
    known = np.ones((len(left) + open_tokens + len(right), left.shape[1]), dtype=bool)
    known[len(left) : len(left) + open_tokens] = False
    return Strip(np.concatenate([left, hole, right]), known, spans)


def _check(tokens: np.ndarray, known: np.ndarray) -> None:
    if tokens.ndim != 2 or tokens.shape != known.shape:
        raise ValueError(f"Tokens {tokens.shape} and known {known.shape} must agree as [time, column].")
