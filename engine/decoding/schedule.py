"""How many open tokens stay masked as decoding goes on: functions of time in 0..1.

Source: MMM section 3.3 (cosine); the linear one is the paper's comparison.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

#: Share of the open tokens still masked at time t in 0..1: 1 at the start, 0 at the end.
Schedule: TypeAlias = Callable[[float], float]


def cosine(t: float) -> float:
    """Few tokens first, while little is known; many at the end."""
    return math.cos(math.pi / 2 * t)


def linear(t: float) -> float:
    """The same number of tokens in every step."""
    return 1.0 - t


def masked_counts(open_tokens: int, steps: int, schedule: Schedule = cosine) -> list[int]:
    """Tokens still masked before each step, n_M = L * schedule(t / T); falls strictly, ends above 0.

    Fewer steps than asked come back when there are fewer tokens than steps.
    """
    counts: list[int] = []
    for step in range(min(steps, open_tokens)):
        count = max(1, math.floor(schedule(step / steps) * open_tokens))
        counts.append(min(count, counts[-1] - 1) if counts else open_tokens)
    return [count for count in counts if count > 0]
