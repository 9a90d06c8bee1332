"""Text to motion: nothing is known."""

from __future__ import annotations

import numpy as np

from .plan import TextSpan, TokenPlan


def plan_generate(text: str, tokens: int, columns: int = 1) -> TokenPlan:
    """A plan of `tokens` open moments of `columns` tokens each under one text."""
    shape = (tokens, columns)
    return TokenPlan(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool), (TextSpan(text, 0, tokens),))
