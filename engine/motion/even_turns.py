"""Turns that are too fast for a body, spread over as many frames as they need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from . import rotations as rot

#: What a turn is spread for, as a share of the fastest: a little slower, since it need not be about one axis only.
_AIM: Final = 0.9

#: Steps [T - 1, 3] (rad) as they will have been meant, from calm rotations [T, 4], their steps, and these steps' sizes.
Meant = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def steps_of(turns: np.ndarray) -> np.ndarray:
    """From each frame of rotations [T, 4] to the next one, axis times angle [T - 1, 3], rad."""
    return rot.to_vector(rot.multiply(turns[1:], rot.inverse(turns[:-1])))


def spread_turns(turns: np.ndarray, fastest: float, meant: Meant | None = None) -> np.ndarray:
    """Rotations [T, 4] that turn by about `fastest` (rad) a frame at most; what is slower stays as it is.

    meant: which way round, where that is not the shortest.
    """
    calm = np.array(turns, dtype=np.float64)
    for _ in range(len(calm)):  # each round mends the fastest turn
        steps = steps_of(calm)
        speeds = np.linalg.norm(steps, axis=-1)
        if not len(speeds) or speeds.max() <= fastest:
            break
        _spread(calm, steps if meant is None else meant(calm, steps, speeds), int(speeds.argmax()), _AIM * fastest)
    return calm


def _spread(calm: np.ndarray, steps: np.ndarray, at: int, most: float) -> None:
    """Turn as far as `steps` do around step `at`, over as many frames as that takes; changes `calm`."""
    first, last, fits = at, at + 1, False
    while not fits and (first > 0 or last < len(steps)):
        first, last = max(0, first - 1), min(len(steps), last + 1)
        rates = _rates(steps, first, last, most)
        fits = bool(np.linalg.norm(rates, axis=-1).max() <= most)
    if last - first < 2:
        return  # two frames are all there are
    path = [calm[first]]
    for rate in rates:
        path.append(rot.multiply(rot.from_vector(rate), path[-1]))
    missed = rot.to_vector(rot.multiply(calm[last], rot.inverse(path[-1])))
    shares = np.linspace(0.0, 1.0, len(path))[1:-1, None]
    calm[first + 1 : last] = rot.multiply(rot.from_vector(shares * missed), np.array(path[1:-1]))


def _rates(steps: np.ndarray, first: int, last: int, most: float) -> np.ndarray:
    """Steps [last - first, 3] of the same sum that go over into what is before and after them."""
    edges = [steps[first - 1] if first > 0 else np.zeros(3), steps[last] if last < len(steps) else np.zeros(3)]
    before, after = (edge * min(1.0, most / max(float(np.linalg.norm(edge)), 1e-9)) for edge in edges)
    count = last - first
    share = (np.arange(count)[:, None] + 1) / (count + 1)
    ramp = before + share * (after - before)
    bell = np.sin(np.pi * (np.arange(count)[:, None] + 0.5) / count)
    out: np.ndarray = ramp + bell / bell.sum() * (steps[first:last].sum(axis=0) - ramp.sum(axis=0))
    return out
