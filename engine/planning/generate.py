"""Text to motion: nothing is known."""

from __future__ import annotations

from typing import Final

import numpy as np

from .plan import TextSpan, TokenLayout, TokenPlan

_WHOLE_BODY: Final = TokenLayout()


def plan_generate(text: str, tokens: int, layout: TokenLayout = _WHOLE_BODY) -> TokenPlan:
    """A plan of `tokens` open tokens under one text."""
    shape = (tokens, layout.columns)
    return TokenPlan(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool), (TextSpan(text, 0, tokens),))
