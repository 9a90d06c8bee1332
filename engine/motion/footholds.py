"""Where the feet of an in-fill are to stand: one place each time, beside known motion the very place known there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from .contacts import (
    close_gaps,
    drop_short,
    find_contacts,
    find_runs,
    is_standing,
    point_speeds,
    shorten_stands,
    split_slides,
)
from .foot_curves import find_anchors

#: Frames beside known motion in which a foot must really be slow to stand, whatever the network meant.
_NEAR: Final = 3
#: A foot that is led so much higher (metres) than the network meant it does not stand.
_LIFTED: Final = 0.1
#: A foot held here moves no faster (m/s) just before.
_SLOW: Final = 0.7
#: Share of its last step that a foot known to come to rest still goes in each further frame.
_COASTS: Final = 0.5
#: How fast (metres a frame) a foot may be shifted on its way from one place to another.
_HASTE: Final = 0.02
#: Two places farther apart than this (metres) take a step between them, if there is time: frames.
_SAME_PLACE: Final = 0.015
_STEP_FRAMES: Final = 5
_TIME_FOR_A_STEP: Final = 12
#: Frames that a foot is not said to stand, or to lift, for less than.
_FLICKER: Final = 2


@dataclass(frozen=True)
class Known:
    """Which frames of a motion are known: some at its start, some at its end."""

    before: int
    after: int
    count: int

    @property
    def stop(self) -> int:
        """First known frame after the gap."""
        return self.count - self.after

    @property
    def frames(self) -> np.ndarray:
        """[T] bool."""
        index = np.arange(self.count)
        return (index < self.before) | (index >= self.stop)

    def away(self) -> np.ndarray:
        """Frames [T] to the nearest known one; 0 where known."""
        index = np.arange(self.count)
        first = index - (self.before - 1) if self.before else np.full(self.count, self.count)
        last = self.stop - index if self.after else np.full(self.count, self.count)
        return np.maximum(np.minimum(first, last), 0)


@dataclass(frozen=True)
class Footholds:
    """Where heel and ball of one foot stand, and when."""

    standing: np.ndarray  # [T, 2] bool
    places: np.ndarray  # [T, 2, 3] m; NaN where they do not stand
    stepping: np.ndarray  # [T] bool: the foot is to lift, which it did not


def find_footholds(
    points: np.ndarray, meant: np.ndarray, known: Known, fps: float, length: float, side: int
) -> Footholds:
    """Footholds of one foot (side 0 left, 1 right).

    points [T, 2, 3]: heel and ball as they are going to move, m. meant [T, 2, 3]: on the way the network made, which
    alone tells what stands, for a path that is bent drags feet along. length: from heel to ball on the flat sole.
    """
    standing = _find_standing(points, meant, known, fps)
    stepping = split_slides(points, standing, fps, 0.5 * side)
    stepping |= _break_long_stand(points, standing, known, side)
    given = np.stack([_given_places(points[:, point], standing[:, point], known) for point in (0, 1)], axis=1)
    free = find_anchors(points[:, 0], points[:, 1], standing, length)
    places = np.where(np.isfinite(given), given, _beside_given(free, points, given, standing, length))
    for point in (0, 1):
        shift = np.where(standing[:, point, None] & ~known.frames[:, None], places[:, point] - points[:, point], 0.0)
        _drop_hasty(standing[:, point], shift, known.frames | np.isfinite(given[:, point, 0]))
    return Footholds(standing, np.where(standing[..., None], places, np.nan), stepping)


def released(holds: Footholds, over: np.ndarray, known: Known) -> Footholds:
    """`holds` with shorter stands where the leg would be stretched too far, `over` [T] bool; known frames stand on."""
    standing = np.array(holds.standing)
    shorten_stands(standing, over)
    standing[known.frames] = holds.standing[known.frames]
    return Footholds(standing, np.where(standing[..., None], holds.places, np.nan), holds.stepping)


def _find_standing(points: np.ndarray, meant: np.ndarray, known: Known, fps: float) -> np.ndarray:
    """Contacts [T, 2]: what the network meant, what is seen of the known frames, and nothing fast beside them.

    Towards known motion that has a foot in the air the foot is led up, wherever the network meant it.
    """
    standing = find_contacts(meant, fps) & (points[..., 1] - meant[..., 1] < _LIFTED)
    speed = point_speeds(points, fps)
    standing &= (known.away() > _NEAR)[:, None] | known.frames[:, None] | (speed < _SLOW)
    for frames in (slice(0, known.before), slice(known.stop, known.count)):
        seen = is_standing(points[frames], fps)
        # One pose alone has no speed: what it stands on is what the network thought of it.
        standing[frames] = seen & standing[frames] if len(seen) == 1 else seen
    for point in (0, 1):
        close_gaps(standing[:, point], _FLICKER)
        drop_short(standing[:, point], _FLICKER)
    return standing


def _break_long_stand(points: np.ndarray, standing: np.ndarray, known: Known, side: int) -> np.ndarray:
    """Frames [T] of a step for a foot that stands throughout but at another place in the end; cleared in `standing`."""
    stepping = np.zeros(known.count, dtype=bool)
    if not (known.before and known.after) or known.stop - known.before < _TIME_FOR_A_STEP:
        return stepping
    if not standing.any(axis=1).all():
        return stepping
    way = np.linalg.norm(points[known.stop] - points[known.before - 1], axis=-1)
    if way.max() > _SAME_PLACE:
        # Left and right one after the other, so that nobody hops.
        first = known.before + (known.stop - known.before) * (1 + side) // 3 - _STEP_FRAMES // 2
        stepping[first : first + _STEP_FRAMES] = True
        standing[stepping] = False
    return stepping


def _given_places(path: np.ndarray, standing: np.ndarray, known: Known) -> np.ndarray:
    """Places [T, 3] of stands that reach into known frames, of one point's path [T, 3]; NaN elsewhere."""
    places = np.full(path.shape, np.nan)
    for start, stop in find_runs(standing):
        frames = np.arange(start, stop)
        ends = []
        if start < known.before:
            ends.append(_coasting(path[: known.before], frames - (known.before - 1)))
        if stop > known.stop:
            ends.append(_coasting(path[known.stop :][::-1], known.stop - frames))
        if len(ends) == 2:
            share = np.clip((frames - known.before + 1) / (known.stop - known.before + 1), 0.0, 1.0)[:, None]
            share = share * share * (3.0 - 2.0 * share)
            places[start:stop] = ends[0] + share * (ends[1] - ends[0])
        elif ends:
            places[start:stop] = ends[0]
    return places


def _coasting(known_path: np.ndarray, beyond: np.ndarray) -> np.ndarray:
    """Places [N, 3] `beyond` [N] frames after the end of `known_path`, whose last bit of speed runs out."""
    step = known_path[-1] - known_path[-2] if len(known_path) > 1 else np.zeros(3)
    way = _COASTS * (1.0 - _COASTS ** np.maximum(beyond, 0)) / (1.0 - _COASTS)
    places: np.ndarray = known_path[-1] + way[:, None] * step
    return places


def _beside_given(
    free: np.ndarray, points: np.ndarray, given: np.ndarray, standing: np.ndarray, length: float
) -> np.ndarray:
    """Places `free` [T, 2, 3], but a foot's length from its other point where that one's place is given."""
    places = np.array(free)
    for point in (0, 1):
        other = 1 - point
        for start, stop in find_runs(standing[:, point]):
            shared = start + np.flatnonzero(np.isfinite(given[start:stop, other, 0]))
            if len(shared) and not np.isfinite(given[start, point, 0]):
                along = (points[shared, point] - points[shared, other]).mean(axis=0) * np.array([1.0, 0.0, 1.0])
                places[start:stop, point] = given[shared[0], other] + along * (
                    length / max(float(np.linalg.norm(along)), 1e-9)
                )
    return places


def _drop_hasty(standing: np.ndarray, shift: np.ndarray, given: np.ndarray) -> None:
    """Clear frames of `standing` [T] that a foot would have to rush to, in place; never `given` [T] ones.

    shift [T, 3]: how far each place lies from the foot's own way; between places a shift may not change in a jerk.
    """
    for start, stop in find_runs(standing & ~given):
        for order in (range(start, stop), range(stop - 1, start - 1, -1)):
            step = order.step
            fixed = np.flatnonzero(
                (standing | given)[: order.start] if step > 0 else (standing | given)[order.start + 1 :]
            )
            if not len(fixed):
                continue
            neighbour = int(fixed[-1] if step > 0 else order.start + 1 + fixed[0])
            for frame in order:
                gone = float(np.linalg.norm(shift[frame] - shift[neighbour]))
                if gone <= _HASTE * (abs(frame - neighbour) + 1):
                    break
                standing[frame] = False
