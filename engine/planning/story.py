"""Segments one after the other: what a transition takes from its neighbours."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..motion.skeleton import FRAMES_PER_TOKEN, MAX_TOKENS, MODEL_FPS
from .plan import Strip, TextSpan, strip_between

#: Tokens that each neighbour gives to a transition (0.4 s): they are made anew, knowing both sides.
GIVEN: Final = 2
#: What a segment has left between two transitions is at least one token.
MIN_TOKENS: Final = 2 * GIVEN + 1


def segment_tokens(seconds: float) -> int:
    """Tokens of a segment that was to last `seconds`: the nearest number it can have."""
    return bounded(round(seconds * MODEL_FPS / FRAMES_PER_TOKEN))


def bounded(tokens: int) -> int:
    """`tokens`, or the nearest number that a segment can have."""
    return min(max(tokens, MIN_TOKENS), MAX_TOKENS)


def plan_segment(text: str, tokens: int, context: np.ndarray) -> Strip:
    """A segment of `tokens` open tokens after known ones, context [L, C]."""
    nothing = context[:0]
    return strip_between(context, tokens, nothing, (TextSpan(text, 0, len(context) + tokens),))


def plan_transition(one: np.ndarray, two: np.ndarray, texts: tuple[str, str]) -> Strip:
    """Segments `one` [T, C] and `two` with the tokens beside their border open, each under its own text."""
    left, right = one[:-GIVEN], two[GIVEN:]
    border, total = len(one), len(one) + len(two)
    spans = (TextSpan(texts[0], 0, border), TextSpan(texts[1], border, total))
    return strip_between(left, 2 * GIVEN, right, spans)
