"""Rows of the same motion, played faster or slower."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline

from ..features.representation import CONTACTS, GLIDE, TURN, VELOCITIES


def frames_at_pace(count: int, pace: float) -> int:
    """Frames that `count` frames last when played `pace` times as fast."""
    return int((count - 1) / pace + 1e-9) + 1


def rows_at_pace(rows: np.ndarray, pace: float) -> np.ndarray:
    """Rows [T, 263] of a real motion as [frames_at_pace(T, pace), 263], played `pace` times as fast.

    Cubic in time between rows; what is measured per frame grows with the pace; contacts are those of the nearest row.
    A row's velocity is that of half a frame later, at any pace: near 1 that is a few hundredths of a frame too early or
    too late.
    """
    times = np.arange(frames_at_pace(len(rows), pace)) * pace
    out: np.ndarray = CubicSpline(np.arange(len(rows)), rows)(times)
    for per_frame in (TURN, GLIDE, VELOCITIES):
        out[:, per_frame] *= pace
    out[:, CONTACTS] = rows[np.rint(times).astype(int), CONTACTS]
    return out.astype(rows.dtype)
