"""A body's way over the ground, bent onto another way: along a curve, along a straight line, or nowhere at all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

#: Seconds over which the sway of a walk is taken out to see where it goes (half the width of the window).
_SWAY_SECONDS: Final = 0.6
#: Metres of way, on the size of our skeleton, over which the direction of travel is seen.
_LOOK: Final = 0.25
#: Less way than this (metres, our size) is no travel.
LEAST_WAY: Final = 0.3


class PathError(ValueError):
    """The motion or the curve gives no way to follow; the message says why and what to do."""


class Speed(Enum):
    """How far along the curve a motion gets."""

    KEEP = "KEEP"  # as far as it goes by itself
    FIT = "FIT"  # from one end of the curve to the other


@dataclass(frozen=True)
class GroundPath:
    """A way over the ground, by its length. Seen from above: x to the left of a body that faces along y."""

    points: np.ndarray  # [N, 2]
    closed: bool = False

    @property
    def marks(self) -> np.ndarray:
        """Length of the way up to each point [N] (one more when closed: back at the start)."""
        steps = np.linalg.norm(np.diff(self._ring, axis=0), axis=1)
        marks: np.ndarray = np.concatenate([[0.0], np.cumsum(steps)])
        return marks

    @property
    def length(self) -> float:
        """Of the whole way."""
        return float(self.marks[-1])

    @property
    def _ring(self) -> np.ndarray:
        return np.concatenate([self.points, self.points[:1]]) if self.closed else self.points

    def at(self, way: np.ndarray) -> np.ndarray:
        """Points [T, 2] after `way` [T]; a closed path goes round again, an open one goes on straight."""
        marks, ring = self.marks, self._ring
        inside = np.mod(way, marks[-1]) if self.closed else np.clip(way, 0.0, marks[-1])
        place = np.stack([np.interp(inside, marks, ring[:, axis]) for axis in (0, 1)], axis=1)
        if self.closed:
            return place
        start, end = _unit(ring[1] - ring[0]), _unit(ring[-1] - ring[-2])
        past: np.ndarray = (
            place + np.minimum(way, 0.0)[:, None] * start + np.maximum(way - marks[-1], 0.0)[:, None] * end
        )
        return past

    def heading_at(self, way: np.ndarray, look: float) -> np.ndarray:
        """Direction of travel [T] (rad, continuous) after `way` [T], seen over `look` on both sides."""
        ahead = self.at(way + look) - self.at(way - look)
        angle: np.ndarray = np.unwrap(np.arctan2(ahead[:, 1], ahead[:, 0]))
        return angle


@dataclass(frozen=True)
class GroundMove:
    """A turn about the vertical at each frame, then a shift: place -> turned place + shift."""

    turn: np.ndarray  # [T] rad, from the first axis of the ground to the second
    shift: np.ndarray  # [T, 2]

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Points [T, 2] moved."""
        return _turned(points, self.turn) + self.shift


def to_ground_path(points: np.ndarray, closed: bool = False) -> GroundPath:
    """The path through `points` [N, 2] without repeats; raises PathError when it has no length."""
    kept = [0]
    for index in range(1, len(points)):
        if np.linalg.norm(points[index] - points[kept[-1]]) > 1e-9:
            kept.append(index)
    if len(kept) < 2:
        raise PathError("The curve has no length on the ground. Choose a curve that leads somewhere.")
    return GroundPath(np.asarray(points, dtype=np.float64)[kept], closed)


def follow(travel: np.ndarray, path: GroundPath, fps: float, size: float, speed: Speed = Speed.KEEP) -> GroundMove:
    """What brings a body that travels along `travel` [T, 2] onto `path`, from its start.

    The body keeps its sway and how it is turned against its direction of travel: who walks sideways goes on
    doing so. size: ground units per metre of our skeleton. Raises PathError for a body that goes nowhere.
    """
    own = _own_path(travel, fps, size)
    way = _way_along(travel, own, fps)
    share = path.length / own.length if speed is Speed.FIT else 1.0
    look = _LOOK * size
    heading = own.heading_at(way, look)
    new_heading = path.heading_at(way * share, look)
    return _onto(travel, _smoothed(travel, fps), path.at(way * share), new_heading - heading)


def straighten(travel: np.ndarray, fps: float, size: float) -> GroundMove:
    """What brings a body onto a straight line from where it starts, in the direction it starts in."""
    own = _own_path(travel, fps, size)
    start = own.points[0]
    heading = float(own.heading_at(np.zeros(1), _LOOK * size)[0])
    onward = np.array([np.cos(heading), np.sin(heading)])
    return follow(travel, GroundPath(np.stack([start, start + onward * own.length])), fps, size)


def stay(travel: np.ndarray, fps: float) -> GroundMove:
    """What takes the way out of a body's travel; its sway stays."""
    smooth = _smoothed(travel, fps)
    return GroundMove(np.zeros(len(travel)), smooth[0] - smooth)


def _own_path(travel: np.ndarray, fps: float, size: float) -> GroundPath:
    smooth = _smoothed(travel, fps)
    if np.linalg.norm(np.diff(smooth, axis=0), axis=1).sum() < LEAST_WAY * size:
        raise PathError(
            "The motion stays where it is, so there is no way to bend. Choose a motion that travels, such as a walk."
        )
    return to_ground_path(smooth)


def _way_along(travel: np.ndarray, own: GroundPath, fps: float) -> np.ndarray:
    """How much of its way [T] the body has behind it."""
    steps = np.linalg.norm(np.diff(_smoothed(travel, fps), axis=0), axis=1)
    way: np.ndarray = np.minimum(np.concatenate([[0.0], np.cumsum(steps)]), own.length)
    return way


def _onto(travel: np.ndarray, smooth: np.ndarray, places: np.ndarray, turn: np.ndarray) -> GroundMove:
    moved = places + _turned(travel - smooth, turn)
    return GroundMove(turn, moved - _turned(travel, turn))


def _smoothed(travel: np.ndarray, fps: float) -> np.ndarray:
    """`travel` [T, 2] without sway, its ends where they were."""
    reach = min(round(_SWAY_SECONDS * fps), (len(travel) - 1) // 2)
    if reach < 1:
        return np.array(travel, dtype=np.float64)
    # Mirrored about its end points a path goes on straight, so that its ends stay.
    front = 2.0 * travel[0] - travel[reach:0:-1]
    back = 2.0 * travel[-1] - travel[-2 : -reach - 2 : -1]
    padded = np.concatenate([front, travel, back])
    bell = np.hanning(2 * reach + 3)[1:-1]
    bell /= bell.sum()
    return np.stack([np.convolve(padded[:, axis], bell, mode="valid") for axis in (0, 1)], axis=1)


def _turned(points: np.ndarray, angle: np.ndarray) -> np.ndarray:
    cosine, sine = np.cos(angle), np.sin(angle)
    x, y = points[..., 0], points[..., 1]
    return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1)


def _unit(vector: np.ndarray) -> np.ndarray:
    unit: np.ndarray = vector / max(float(np.linalg.norm(vector)), 1e-12)
    return unit
