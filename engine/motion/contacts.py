"""When heels and balls of the feet stand on the ground."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np


@dataclass(frozen=True)
class ContactBounds:
    """Heights over the ground (m) and speeds (m/s) below which a point stands, on the size of our skeleton."""

    begin_height: float
    keep_height: float
    begin_speed: float
    keep_speed: float


#: What the motion itself tells. Contact labels of a model are no help: taught by speed alone, they say of slow swings
#: that the foot stands, which then has to be torn off the floor.
SEEN: Final = ContactBounds(begin_height=0.05, keep_height=0.07, begin_speed=0.45, keep_speed=0.7)
#: Off the ground (a step, a stool): only what really stands still, for some time.
_RAISED_SPEED: Final = 0.12
_RAISED_SECONDS: Final = 0.4

#: A foot that slides farther than this (metres) while it is said to stand takes steps of that length instead.
_LONGEST_SLIDE: Final = 0.3
_STEP_SECONDS: Final = 0.25

#: Metres over and under the ground in which soles tell where it is, and seconds over which they are asked.
_FLOOR_RANGE: Final = 0.12
_FLOOR_SECONDS: Final = 0.8
#: A heel or ball this much higher than the other (metres) does not stand with it.
_MOST_TILT: Final = 0.045
#: A foot that turns farther than this (rad) from how it stands most of the time turns on its ball.
_MOST_TURN: Final = 0.35

_SHORTEST_SECONDS: Final = 0.1
_SHORTEST_GAP_SECONDS: Final = 0.1


def find_contacts(points: np.ndarray, fps: float) -> np.ndarray:
    """Whether heel and ball of one foot stand [T, 2] bool.

    points [T, 2, 3]: y = height over the ground, sized to our skeleton (metres); height and speed decide.

    For holding feet on the rig's own soles. Not the rule of from_rig.detect_contacts, which by speed alone makes
    the labels the model was taught with: a foot that swings slowly through the air would be held by those.
    """
    speed = point_speeds(points, fps)
    height = points[..., 1]
    standing = _with_hysteresis(height, speed, SEEN)
    raised = speed < _RAISED_SPEED
    tilted = height - height.min(axis=1, keepdims=True) > _MOST_TILT
    standing &= ~tilted
    shortest = max(2, round(_SHORTEST_SECONDS * fps))
    for column in (0, 1):
        close_gaps(standing[:, column], max(1, round(_SHORTEST_GAP_SECONDS * fps)))
        drop_short(standing[:, column], shortest)
        drop_short(raised[:, column], max(shortest, round(_RAISED_SECONDS * fps)))
    return _without_turning(points, standing | raised)


def is_standing(points: np.ndarray, fps: float) -> np.ndarray:
    """Whether heel and ball of one foot stand [T, 2] bool, seen from each frame alone: for motions of few frames.

    points [T, 2, 3] as for find_contacts.
    """
    height = points[..., 1]
    level = height - height.min(axis=1, keepdims=True) <= _MOST_TILT
    standing: np.ndarray = level & (height < SEEN.keep_height) & (point_speeds(points, fps) < SEEN.begin_speed)
    return standing


def find_floor(points: np.ndarray, fps: float) -> np.ndarray:
    """How high the ground seems to lie under the feet [T], slowly changing: recordings and generated motions drift.

    points [T, N, 3]: soles of both feet. Where no sole is slow and near the ground the last one decides.
    """
    slow = (point_speeds(points, fps) < SEEN.begin_speed) & (np.abs(points[..., 1]) < _FLOOR_RANGE)
    lowest = np.where(slow, points[..., 1], np.inf).min(axis=1)
    seen = np.flatnonzero(np.isfinite(lowest))
    if not len(seen):
        return np.zeros(len(points))
    filled = np.interp(np.arange(len(points)), seen, lowest[seen])
    reach = round(_FLOOR_SECONDS * fps)
    padded = np.pad(filled, reach, mode="edge")
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=-1)
    return smooth(middle, reach)


def smooth(values: np.ndarray, reach: int) -> np.ndarray:
    """`values` [T] averaged over `reach` frames on both sides, the nearest counting most."""
    bell = np.hanning(2 * reach + 3)[1:-1]
    smoothed: np.ndarray = np.convolve(np.pad(values, reach, mode="edge"), bell / bell.sum(), mode="valid")
    return smoothed


def _without_turning(points: np.ndarray, standing: np.ndarray) -> np.ndarray:
    """Contacts [T, 2] without the heel while a flat foot turns: it turns on its ball."""
    along = points[:, 1] - points[:, 0]
    yaw = np.unwrap(np.arctan2(along[:, 0], along[:, 2]))
    flat = standing.all(axis=1)
    turned = np.zeros(len(flat), dtype=bool)
    for start, stop in find_runs(flat):
        turned[start:stop] = np.abs(yaw[start:stop] - np.median(yaw[start:stop])) > _MOST_TURN
    return np.stack([standing[:, 0] & ~turned, standing[:, 1]], axis=1)


def split_slides(points: np.ndarray, standing: np.ndarray, fps: float, phase: float) -> np.ndarray:
    """Frames [T] bool in which a foot is to step, so that it never has to be held far from its own way.

    points [T, 2, 3]: heel and ball; standing [T, 2] is cleared there, in place. phase in 0..1: where in a step's
    length the first one comes; two feet with different phases do not hop.
    """
    stepping = np.zeros(len(points), dtype=bool)
    gap = max(2, round(_STEP_SECONDS * fps))
    middle = points.mean(axis=1)[:, [0, 2]]
    for start, stop in find_runs(standing.any(axis=1)):
        way = np.concatenate([[0.0], np.linalg.norm(np.diff(middle[start:stop], axis=0), axis=-1).cumsum()])
        reach = np.linalg.norm(middle[start:stop] - middle[start], axis=-1).max()
        pieces = int(np.ceil(reach / _LONGEST_SLIDE))
        if pieces < 2:
            continue
        shares = (np.arange(pieces) + phase) / pieces
        for frame in start + np.searchsorted(way, shares[(shares > 0) & (shares < 1)] * way[-1]):
            first = frame - gap // 2
            if first - start > 1 and stop - (first + gap) > 1:
                stepping[first : first + gap] = True
    standing[stepping] = False
    return stepping


def point_speeds(points: np.ndarray, fps: float) -> np.ndarray:
    """Speeds [T, ...] of points [T, ..., 3] a second: the slower of the steps before and after."""
    if len(points) < 2:
        return np.zeros(points.shape[:-1])
    steps = np.linalg.norm(np.diff(points, axis=0), axis=-1) * fps
    slower: np.ndarray = np.minimum(np.concatenate([steps[:1], steps]), np.concatenate([steps, steps[-1:]]))
    return slower


def find_runs(flags: np.ndarray) -> Iterator[tuple[int, int]]:
    """Half-open [start, stop) of each run of True in flags [T]."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    for start, stop in edges.reshape(-1, 2):
        yield int(start), int(stop)


def drop_short(flags: np.ndarray, shortest: int) -> None:
    """Clear runs of `flags` [T] with fewer frames than `shortest`, in place; those at the ends may be cut off."""
    for start, stop in list(find_runs(flags)):
        if stop - start < shortest and start > 0 and stop < len(flags):
            flags[start:stop] = False


def close_gaps(flags: np.ndarray, longest: int) -> None:
    """Fill gaps between runs of `flags` [T] with up to `longest` frames, in place."""
    for start, stop in list(find_runs(~flags)):
        if stop - start <= longest and start > 0 and stop < len(flags):
            flags[start:stop] = True


def shorten_stands(standing: np.ndarray, over: np.ndarray) -> None:
    """Clear frames of `standing` [T, 2] in which the leg would be stretched too far, `over` [T] bool, in place.

    A stand that ends like that ends earlier, one that begins like that begins later.
    """
    for start, stop in list(find_runs(standing.any(axis=1))):
        stretched = start + np.flatnonzero(over[start:stop])
        if not len(stretched):
            continue
        is_late = 2.0 * stretched.mean() >= start + stop - 1
        standing[slice(stretched[0], stop) if is_late else slice(start, stretched[-1] + 1)] = False


def _with_hysteresis(height: np.ndarray, speed: np.ndarray, bounds: ContactBounds) -> np.ndarray:
    """Runs [T, 2] bool that keep within the wider bounds and touch the narrower ones somewhere."""
    kept = (height < bounds.keep_height) & (speed < bounds.keep_speed)
    begun = (height < bounds.begin_height) & (speed < bounds.begin_speed)
    standing = np.zeros(kept.shape, dtype=bool)
    for column in range(kept.shape[1]):
        for start, stop in find_runs(kept[:, column]):
            standing[start:stop, column] = begun[start:stop, column].any()
    return standing
