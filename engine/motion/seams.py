"""The exact step of every edit: new motion meets what is known in place, heading, pose and velocity.

A network's in-fill neither starts nor lands exactly where its neighbours are. First its path over the floor is
turned and stretched to arrive, mostly while no foot stands; then what still differs at either end is added
as an offset that fades away from the seam.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from .clip import MotionClip
from .pieces import cut, following
from .placing import place, placement_onto, turn_between
from .rotations import about_y, from_vector, inverse, multiply, normalize, rotate, to_vector

#: Share of the path's correction that a frame takes while both feet stand, against 1 while none does.
_STANDING_SHARE: Final = 0.05
#: Half width (frames) of the window that keeps the correction's speed smooth.
_SMOOTH: Final = 3


def fade_offsets(
    count: int,
    start_offset: np.ndarray | None,
    end_offset: np.ndarray | None,
    start_slope: np.ndarray | None = None,
    end_slope: np.ndarray | None = None,
    reach: int = 8,
) -> np.ndarray:
    """Corrections [count, ...] that equal the offsets exactly at the first and last frame and fade between them.

    Offsets and slopes (change per frame, forward in time, at that boundary) have any one shape [...]; None is
    no correction on that side. A correction lasts `reach` frames at most, and never touches the other boundary;
    its speed and acceleration vanish where it ends.
    """
    given = next(side for side in (start_offset, end_offset) if side is not None)
    total = np.zeros((count, *np.shape(given)))
    frames = np.arange(count, dtype=np.float64)
    if start_offset is not None:
        total += _fade(frames, start_offset, start_slope, min(reach, max(count - 1, 1)))
    if end_offset is not None:
        slope = None if end_slope is None else -np.asarray(end_slope)
        total += _fade(frames[::-1], end_offset, slope, min(reach, max(count - 1, 1)))
    return total


def _fade(frames: np.ndarray, offset: np.ndarray, slope: np.ndarray | None, reach: int) -> np.ndarray:
    """Quintic from `offset` with `slope` at frame 0 to nothing at frame `reach`."""
    shape = (-1,) + (1,) * np.ndim(offset)
    u = np.minimum(frames / reach, 1.0).reshape(shape)
    value = 1 - u**3 * (10 - 15 * u + 6 * u**2)
    out: np.ndarray = value * np.asarray(offset)
    if slope is not None:
        out = out + reach * (u - u**3 * (6 - 8 * u + 3 * u**2)) * np.asarray(slope)
    return out


def settle(raw: MotionClip, left: MotionClip | None, right: MotionClip | None, reach: int) -> MotionClip:
    """The in-fill between two known pieces, made to meet them.

    left, right: the last and first known frames in their place; two of each let the speed be matched, too.
    raw: the in-fill, anywhere in the world, which also has its own idea of those frames: it begins len(left)
    frames early and ends len(right) frames late. Returns what lies in between. reach: length of the fades, frames.
    """
    before, after = (0 if side is None else len(side) for side in (left, right))
    first, last = max(before - 1, 0), len(raw) - max(after, 1)
    if left is None and right is None:
        return raw
    raw = _arrived(raw, first, last, left, right)
    starts = None if left is None else _Mismatch(left, before - 1, raw, first, earlier=-1)
    ends = None if right is None else _Mismatch(right, 0, raw, last, earlier=1)
    raw = cut(raw, first, last + 1)
    root = raw.root + _faded(len(raw), starts, ends, "root", reach)
    turns = from_vector(_faded(len(raw), starts, ends, "rotations", reach))
    rotations = normalize(multiply(turns, raw.rotations))
    inner = slice(0 if left is None else 1, len(raw) if right is None else len(raw) - 1)
    met = MotionClip(root[inner], rotations[inner], raw.contacts[inner], raw.fps)
    return met if left is None else following(met, left.rotations[-1])


class _Mismatch:
    """What must be added to `raw` at `at` so that it equals `known` at `frame` in value and in speed."""

    def __init__(self, known: MotionClip, frame: int, raw: MotionClip, at: int, earlier: int) -> None:
        """earlier: the step (-1 or 1) to the neighbours whose distance is the speed at the boundary."""
        self.root = known.root[frame] - raw.root[at]
        self.rotations = to_vector(multiply(known.rotations[frame], inverse(raw.rotations[at])))
        self.root_slope, self.rotations_slope = np.zeros_like(self.root), np.zeros_like(self.rotations)
        if len(known) > 1:
            wanted, made = _speeds(known, frame, earlier), _speeds(raw, at, earlier)
            self.root_slope, self.rotations_slope = wanted[0] - made[0], wanted[1] - made[1]


def _speeds(clip: MotionClip, frame: int, step: int) -> tuple[np.ndarray, np.ndarray]:
    """Change per frame of root [3] and rotations [22, 3] between `frame` and its neighbour `step` away."""
    one, two = min(frame, frame + step), max(frame, frame + step)
    turned = multiply(clip.rotations[two], inverse(clip.rotations[one]))
    return clip.root[two] - clip.root[one], to_vector(turned)


def _faded(frames: int, starts: _Mismatch | None, ends: _Mismatch | None, name: str, reach: int) -> np.ndarray:
    def of(side: _Mismatch | None, what: str) -> np.ndarray | None:
        return None if side is None else getattr(side, what)

    slope = f"{name}_slope"
    return fade_offsets(frames, of(starts, name), of(ends, name), of(starts, slope), of(ends, slope), reach)


def _arrived(raw: MotionClip, first: int, last: int, left: MotionClip | None, right: MotionClip | None) -> MotionClip:
    """`raw` moved so that at `first` it is in place and heading where `left` ends, and at `last` where `right` begins.

    Between both its path is bent and stretched.
    """
    if left is None:
        assert right is not None
        return place(raw, placement_onto(raw, last, right, 0))
    raw = place(raw, placement_onto(raw, first, left, len(left) - 1))
    if right is None:
        return raw
    share = np.zeros(len(raw))
    share[first : last + 1] = swing_shares(raw.contacts[first : last + 1])
    share[last:] = 1.0
    raw = turned(raw, share * turn_between(raw.rotations[last, 0], right.rotations[0, 0]))
    missing = right.root[0] - raw.root[last]
    missing[1] = 0.0
    return MotionClip(raw.root + share[:, None] * missing, raw.rotations, raw.contacts, raw.fps)


def turned(clip: MotionClip, turns: np.ndarray) -> MotionClip:
    """`clip` with its heading turned by `turns` [T] (rad) and its path bent along; frame 0 stays in place."""
    turn = about_y(turns)
    steps = rotate(turn[:-1], np.diff(clip.root, axis=0))
    root = np.concatenate([clip.root[:1], clip.root[:1] + np.cumsum(steps, axis=0)])
    rotations = np.array(clip.rotations)
    rotations[:, 0] = multiply(turn, rotations[:, 0])
    return MotionClip(root, rotations, clip.contacts, clip.fps)


def swing_shares(contacts: np.ndarray) -> np.ndarray:
    """How much of a correction is done by each frame [T], 0 at the first, 1 at the last.

    Most is done while no foot stands (contacts [T, 4] in 0..1), little at either end, nothing in jerks.
    """
    frames = len(contacts)
    if frames == 1:
        return np.ones(1)
    feet = contacts.reshape(frames, 2, 2).max(-1)
    free = 1.0 - feet.mean(-1)
    speed = _STANDING_SHARE + (1 - _STANDING_SHARE) * ((free[1:] + free[:-1]) / 2) ** 2
    middle = (np.arange(frames - 1) + 0.5) / (frames - 1)
    speed = _smoothed(speed) * np.sin(np.pi * middle)
    return np.concatenate([[0.0], np.cumsum(speed) / speed.sum()])


def _smoothed(values: np.ndarray) -> np.ndarray:
    """Weighted mean over neighbours, the ends held."""
    kernel = np.hanning(2 * _SMOOTH + 3)[1:-1]
    padded = np.pad(values, _SMOOTH, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")
