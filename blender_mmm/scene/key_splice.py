"""New keys into a range of a curve, so that the curve outside the range stays what it was.

Keys outside are never changed. Where the frame beside the range has a key (or the curve holds a constant value
there), nothing else is needed. Elsewhere the range cuts a segment between two keys, and no Bézier segment can
keep its course after that with the same end keys: then the cut-off part gets a key on every whole frame
(a guard) with the value the curve had there. Whole frames stay bit-identical in every case; between them,
in such a cut segment alone, Bézier pieces follow the old course.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from .frame_range import FrameRange
from .key_table import GENERATED, KEY, KeyTable, enum_value, frames_of, join, make_keys

Sampler = Callable[[np.ndarray], np.ndarray]  # whole scene frames [N] -> the values the curve had there [N] float32

_BISECTIONS: Final = 48
_THIRD: Final = np.array([1.0 / 3.0, 0.0], dtype=np.float32)
_NO_KEYS: Final = np.zeros(0, dtype=KEY)


@dataclass(frozen=True)
class NewKeys:
    """What comes into a range of one curve."""

    frames: FrameRange
    values: np.ndarray  # [len(frames)]
    keeps_left: bool = True  # the curve up to the frame before the range must stay
    keeps_right: bool = True  # the curve from the frame after the range on must stay
    drops_later: bool = False  # keys after the range go, the last value holds
    holds_last: bool = False  # no interpolation from the last new key to the next one: they count turns differently
    keeps_hand_keys: bool = False


@dataclass(frozen=True)
class CurveKeys:
    """A curve before the edit."""

    table: KeyTable
    sample: Sampler  # without modifiers
    span: tuple[int, int]  # first and last whole frame of the whole action
    extends_linearly: bool = False


def hand_keys(table: KeyTable, frames: FrameRange) -> np.ndarray:
    """Which keys [N] bool in the range were not written by a machine."""
    times = frames_of(table)
    inside = (times >= frames.start) & (times < frames.stop)
    hand: np.ndarray = inside & (table["type"] != enum_value("type", GENERATED))
    return hand


def made_keys(new: NewKeys) -> KeyTable:
    """A key on every frame of the range."""
    return make_keys(np.arange(new.frames.start, new.frames.stop), new.values, "LINEAR", "AUTO_CLAMPED")


def splice(curve: CurveKeys, new: NewKeys, made: KeyTable) -> KeyTable:
    """The keys of the curve after the edit. made: keys in the range, as of made_keys or fewer."""
    table, frames = curve.table, new.frames
    times = frames_of(table)
    before = table[times < frames.start]
    after = table[:0] if new.drops_later else table[times >= frames.stop]
    if new.holds_last:
        made["interpolation"][-1] = enum_value("interpolation", "CONSTANT")
    if new.keeps_hand_keys:
        kept = table[hand_keys(table, frames)]
        made = join(made[~np.isin(frames_of(made), frames_of(kept))], kept)
    parts = [before, made, after]
    if new.keeps_left:
        parts.append(_left_guards(curve, before, frames.start - 1))
        if len(before) == 1:
            parts.append(_slope_guards(curve, range(curve.span[0], int(np.ceil(frames_of(before)[0])))))
    if new.keeps_right:
        parts.append(_right_guards(curve, after, frames.stop))
        if len(after) == 1:
            parts.append(_slope_guards(curve, range(int(np.floor(frames_of(after)[0])) + 1, curve.span[1] + 1)))
    return join(*parts)


def _left_guards(curve: CurveKeys, before: KeyTable, last: int) -> KeyTable:
    """Keys up to frame `last` that keep the course of the curve before it."""
    if len(before) and frames_of(before)[-1] >= last:
        return _NO_KEYS
    follower = curve.table[len(before) : len(before) + 1]
    if len(before):
        if before["interpolation"][-1] == enum_value("interpolation", "CONSTANT") and len(follower):
            return _NO_KEYS
        if _is_flat(before, follower, curve.extends_linearly):
            return _plain_guards(curve, np.array([last]))
        first = int(np.floor(frames_of(before)[-1])) + 1
    else:
        first = min(curve.span[0], last) if curve.extends_linearly and len(follower) else last
    return _dense_guards(curve, before, follower, np.arange(first, last + 1))


def _right_guards(curve: CurveKeys, after: KeyTable, first: int) -> KeyTable:
    """Keys from frame `first` on that keep the course of the curve after it."""
    if len(after) and frames_of(after)[0] == first:
        return _NO_KEYS
    leader = curve.table[frames_of(curve.table) < first][-1:]
    if len(leader) and len(after) and leader["interpolation"][-1] == enum_value("interpolation", "CONSTANT"):
        guard = _plain_guards(curve, np.array([first]))
        guard["interpolation"] = leader["interpolation"]
        return guard
    if len(after):
        flat = _is_flat(leader, after, False) if len(leader) else not curve.extends_linearly
        last = first if flat else int(np.ceil(frames_of(after)[0])) - 1
    else:
        last = max(curve.span[1], first) if curve.extends_linearly and len(leader) else first
    return _dense_guards(curve, leader, after, np.arange(first, last + 1))


def _slope_guards(curve: CurveKeys, frames: range) -> KeyTable:
    """Keys on `frames` beyond an only key whose curve went on by the slope to a neighbour that may be replaced."""
    if not curve.extends_linearly or not len(frames):
        return _NO_KEYS
    return _plain_guards(curve, np.array(frames))


def _is_flat(before: KeyTable, follower: KeyTable, extends_linearly: bool) -> bool:
    """Whether the curve holds one value from the last key of `before` to the first of `follower`, exactly."""
    key, value = before[-1], before["co"][-1, 1]
    straight = key["interpolation"] == enum_value("interpolation", "LINEAR")
    if not straight and key["interpolation"] != enum_value("interpolation", "BEZIER"):
        return False
    if not straight and key["handle_right"][1] != value:
        return False
    if not len(follower):
        return not extends_linearly
    return bool(follower["co"][0, 1] == value and (straight or follower["handle_left"][0, 1] == value))


def _plain_guards(curve: CurveKeys, frames: np.ndarray) -> KeyTable:
    """Guards with level handles."""
    guards = make_keys(frames, curve.sample(frames), "LINEAR", "FREE")
    guards["handle_left"] = guards["co"] - _THIRD
    guards["handle_right"] = guards["co"] + _THIRD
    return guards


def _dense_guards(curve: CurveKeys, before: KeyTable, after: KeyTable, frames: np.ndarray) -> KeyTable:
    """Guards on all `frames`; as pieces of the Bézier segment they cut, where it is one."""
    guards = _plain_guards(curve, frames)
    if not (len(before) and len(after) and before["interpolation"][-1] == enum_value("interpolation", "BEZIER")):
        return guards
    corners = _segment_corners(before[-1], after[0])
    places = _find_places(corners[:, 0], frames)
    slopes = _slopes(corners, places)
    steps = np.diff(np.concatenate([[0.0], places, [1.0]]))[:, None] / 3.0
    guards["handle_left"] = guards["co"] - slopes * steps[:-1]
    guards["handle_right"] = guards["co"] + slopes * steps[1:]
    guards["interpolation"] = enum_value("interpolation", "BEZIER")
    if frames[-1] + 1 < frames_of(after)[0]:  # what follows is new, not the rest of the segment
        guards["interpolation"][-1] = enum_value("interpolation", "LINEAR")
    return guards


def _segment_corners(before: np.void, after: np.void) -> np.ndarray:
    """Control points [4, 2] of a segment as Blender evaluates it: no handle reaches past the other key."""
    start, end = before["co"].astype(np.float64), after["co"].astype(np.float64)
    out, back = before["handle_right"] - start, after["handle_left"] - end
    length = end[0] - start[0]
    for handle in (out, back):
        if abs(handle[0]) > length:
            handle *= length / abs(handle[0])
    return np.stack([start, start + out, end + back, end])


def _find_places(times: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Parameters [N] in 0..1 at which a segment with the control times [4] passes `frames` [N]."""
    low, high = np.zeros(len(frames)), np.ones(len(frames))
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2.0
        rest = 1.0 - middle
        time = (
            rest**3 * times[0]
            + 3.0 * rest**2 * middle * times[1]
            + 3.0 * rest * middle**2 * times[2]
            + middle**3 * times[3]
        )
        low, high = np.where(time < frames, middle, low), np.where(time < frames, high, middle)
    return (low + high) / 2.0


def _slopes(corners: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Derivatives [N, 2] of a Bézier segment at its parameters `places` [N]."""
    steps = 3.0 * np.diff(corners, axis=0)
    t = places[:, None]
    slopes: np.ndarray = (1 - t) ** 2 * steps[0] + 2 * t * (1 - t) * steps[1] + t**2 * steps[2]
    return slopes
