"""Text to motion: nothing is known."""

from __future__ import annotations

import numpy as np

from .plan import TextSpan, TokenPlan


def plan_generate(text: str, tokens: int) -> TokenPlan:
    """A plan of `tokens` open tokens under one text."""
    shape = (tokens, 1)
    return TokenPlan(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool), (TextSpan(text, 0, tokens),))
