"""Where the soles are to be held, and how far from there they are shifted at every frame."""

from __future__ import annotations

from typing import Final

import numpy as np

from .contacts import find_runs, smooth

#: A sole that stands lower than this (metres, our skeleton's size) stands on the ground; else on something.
ON_GROUND: Final = 0.12


def find_anchors(heel: np.ndarray, ball: np.ndarray, standing: np.ndarray, length: float) -> np.ndarray:
    """Places [T, 2, 3] where heel and ball are held while standing [T, 2]; NaN elsewhere.

    heel, ball [T, 3]: y = height over the ground. length: from heel to ball on the flat sole; where both stand
    at once their places lie exactly that far apart.
    """
    points = np.stack([heel, ball], axis=1)
    along = points[:, 1] - points[:, 0]
    along[:, 1] = 0.0
    anchors = np.full(points.shape, np.nan)
    runs = sorted((start, stop, side) for side in (0, 1) for start, stop in find_runs(standing[:, side]))
    for start, stop, side in runs:
        anchors[start:stop, side] = _anchor_of(slice(start, stop), side, points, along, anchors, standing, length)
    return anchors


def _anchor_of(
    run: slice,
    side: int,
    points: np.ndarray,
    along: np.ndarray,
    anchors: np.ndarray,
    standing: np.ndarray,
    length: float,
) -> np.ndarray:
    """Where point `side` (0 heel, 1 ball) is held during `run` [3]."""
    other = 1 - side
    flat = np.flatnonzero(standing[run, other]) + run.start
    if not len(flat):
        return _on_floor(points[run, side].mean(axis=0))
    given = flat[np.isfinite(anchors[flat, other, 0])]
    shared = given if len(given) else flat
    away = _unit(along[shared].mean(axis=0)) * length * (1.0 if side else -1.0)
    if len(given):
        return anchors[given[0], other] + away
    return _on_floor(0.5 * (points[flat, side] + points[flat, other] + away).mean(axis=0))


def _on_floor(place: np.ndarray) -> np.ndarray:
    height = 0.0 if place[1] < ON_GROUND else place[1]
    return np.array([place[0], height, place[2]])


def _unit(vector: np.ndarray) -> np.ndarray:
    size = float(np.linalg.norm(vector))
    return vector / size if size > 1e-9 else np.array([0.0, 0.0, 1.0])


def fill_offsets(offsets: np.ndarray, known: np.ndarray, blend: int) -> np.ndarray:
    """Offsets [T, K] that equal the given ones where `known` [T] and are smooth (C1) in between.

    They fade to nothing within `blend` frames of the nearest known one; where two known runs are nearer than
    that to each other the way leads straight from one to the next.
    """
    filled = np.zeros_like(offsets)
    runs = list(find_runs(known))
    if not runs:
        return filled
    filled[known] = offsets[known]
    slopes = [_slopes(offsets, start, stop) for start, stop in runs]
    nothing = np.zeros(offsets.shape[1])
    first, last = runs[0][0], runs[-1][1] - 1
    _lay(filled, first - blend, first, nothing, nothing, offsets[first], slopes[0][0])
    _lay(filled, last, last + blend, offsets[last], slopes[-1][1], nothing, nothing)
    for before, (_, stop) in enumerate(runs[:-1]):
        left, right = stop - 1, runs[before + 1][0]
        leaving, arriving = slopes[before][1], slopes[before + 1][0]
        if right - left <= 2 * blend:
            _lay(filled, left, right, offsets[left], leaving, offsets[right], arriving)
        else:
            _lay(filled, left, left + blend, offsets[left], leaving, nothing, nothing)
            _lay(filled, right - blend, right, nothing, nothing, offsets[right], arriving)
    return filled


def fill_shares(shares: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Shares [T] in 0..1, given where `known` [T]: eased from one known frame to the next, held at the ends."""
    frames = np.flatnonzero(known)
    if not len(frames):
        return np.full(len(shares), 0.5)
    time = np.arange(len(shares))
    after = np.clip(np.searchsorted(frames, time), 0, len(frames) - 1)
    before = np.clip(np.searchsorted(frames, time, side="right") - 1, 0, len(frames) - 1)
    left, right = frames[before], frames[after]
    part = np.where(right > left, (time - left) / np.maximum(right - left, 1), 0.0)
    part = np.clip(part, 0.0, 1.0)
    eased = part * part * (3.0 - 2.0 * part)
    filled: np.ndarray = shares[left] + (shares[right] - shares[left]) * eased
    return filled


def _slopes(offsets: np.ndarray, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
    """Change a frame at both ends of a run."""
    if stop - start < 2:
        return np.zeros(offsets.shape[1]), np.zeros(offsets.shape[1])
    return offsets[start + 1] - offsets[start], offsets[stop - 1] - offsets[stop - 2]


def _lay(
    filled: np.ndarray,
    left: int,
    right: int,
    start: np.ndarray,
    leaving: np.ndarray,
    end: np.ndarray,
    arriving: np.ndarray,
) -> None:
    """Write the cubic between frames `left` and `right` (both excluded, either may lie outside) into `filled`."""
    span = right - left
    frames = np.arange(max(left + 1, 0), min(right, len(filled)))
    t = ((frames - left) / span)[:, None]
    filled[frames] = (
        start * (1 + 2 * t) * (1 - t) ** 2
        + leaving * span * t * (1 - t) ** 2
        + end * t**2 * (3 - 2 * t)
        - arriving * span * t**2 * (1 - t)
    )


def smooth_cover(values: np.ndarray, reach: int) -> np.ndarray:
    """A smooth curve [T] that is nowhere below `values` [T] and looks `reach` frames ahead and back."""
    if reach < 1 or not np.any(values > 0):
        return np.array(values)
    padded = np.pad(values, 2 * reach, mode="edge")
    highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=-1)
    return smooth(highest, reach)[reach:-reach]
