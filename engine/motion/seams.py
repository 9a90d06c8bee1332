"""The exact step of every edit: new motion meets what is known in place, heading, pose and velocity.

A network's in-fill neither starts nor lands exactly where its neighbours are. First its path over the floor is
turned and stretched to arrive, mostly while no foot stands; then, beside each seam, the known motion is carried on
and goes over into the in-fill; last, feet that stand are put back to where they stand.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from .clip import MotionClip
from .footing import hold_feet
from .hinges import hinge_bends, keep_hinges
from .pieces import cut, following, joined
from .placing import place, placement_onto, turn_between
from .rotations import about_y, from_vector, inverse, multiply, normalize, rotate, to_vector, unwrapped

#: Share of the path's correction that a frame takes while a foot stands, against 1 while none does.
_STANDING_SHARE: Final = 0.02
#: How far the path's correction moves the body at most in a frame (metres; rad), where the gap is long enough.
_FASTEST: Final = 0.04
_FASTEST_TURN: Final = 0.1
#: Half width (frames) of the window that keeps the correction's speed smooth.
_SMOOTH: Final = 2
#: How far the pelvis is turned at most towards known motion that is carried on, beyond what the seam needs (rad).
_FACING_OFF: Final = np.pi / 6
#: Time constant (frames) in which known motion that is carried on beyond a seam comes to rest.
_COMING_TO_REST: Final = 2.0


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
    frames early and ends len(right) frames late. Returns what lies in between. reach: frames at each side over
    which the known motion, carried on, goes over into the in-fill.
    """
    if left is None and right is None:
        return raw
    before, after = (0 if side is None else len(side) for side in (left, right))
    met = _met(raw, left, right, reach)
    whole = joined([piece for piece in (left, met, right) if piece is not None])
    standing = cut(hold_feet(whole, raw, before, after), before, len(raw) - after)
    return standing if left is None else following(standing, left.rotations[-1])


def _met(raw: MotionClip, left: MotionClip | None, right: MotionClip | None, reach: int) -> MotionClip:
    """The in-fill with its path bent and its poses blended, its feet where that leads them."""
    before, after = (0 if side is None else len(side) for side in (left, right))
    first, last = max(before - 1, 0), len(raw) - max(after, 1)
    raw = cut(_arrived(raw, first, last, left, right), first, last + 1)
    frames = len(raw)
    fade = fade_offsets(frames, np.array(1.0), None, reach=reach)
    root, turns = np.array(raw.root), np.zeros((*raw.rotations.shape[:-1], 3))
    for known, is_right in ((left, False), (right, True)):
        carried = _carried(known, frames, is_right)
        if carried is not None:
            weight, away = (fade[::-1], slice(None, None, -1)) if is_right else (fade, slice(None))
            missing = to_vector(multiply(carried.rotations, inverse(raw.rotations)))
            root += weight[:, None] * (carried.root - raw.root)
            turns += weight[:, None, None] * _let_spin(unwrapped(missing[away]))[away]
    rotations = normalize(multiply(from_vector(turns), raw.rotations))
    # A knee that is being stretched at the seam would be carried on past straight.
    beside = np.concatenate([side.rotations for side in (left, right) if side is not None])
    least = np.minimum(hinge_bends(raw.rotations), np.minimum(hinge_bends(beside).min(axis=0), 0.0))
    rotations = keep_hinges(rotations, least, most=np.inf)
    inner = slice(0 if left is None else 1, frames if right is None else frames - 1)
    return MotionClip(root[inner], rotations[inner], raw.contacts[inner], raw.fps)


def _let_spin(missing: np.ndarray) -> np.ndarray:
    """What is missing [T, joints, 3] from the seam on, of the pelvis not more of it than a body faces off in a blend.

    Who is about to stop spinning faces all ways within the reach of a blend, and would turn back to be carried on.
    """
    out, grown = np.array(missing), missing[:, 0] - missing[:1, 0]
    size = np.linalg.norm(grown, axis=-1, keepdims=True)
    out[:, 0] = np.where(size > _FACING_OFF, missing[0, 0] + grown * (_FACING_OFF / np.maximum(size, 1e-9)), out[:, 0])
    return out


def _carried(known: MotionClip | None, frames: int, is_right: bool) -> MotionClip | None:
    """`frames` frames that carry on from `known`'s last (right: lead up to its first) frame, coming to rest.

    The frames a network makes beside a seam are its worst, so near the seam this is trusted more than they are.
    """
    if known is None:
        return None
    edge, step = (0, 1) if is_right else (len(known) - 1, -1)
    way = _COMING_TO_REST * (1.0 - np.exp(-np.arange(frames) / _COMING_TO_REST))
    way = way[::-1] if is_right else way
    pose = np.broadcast_to(known.rotations[edge], (frames, *known.rotations.shape[1:]))
    if len(known) == 1:
        root, rotations = np.repeat(known.root[edge : edge + 1], frames, axis=0), pose
    else:
        turn = to_vector(multiply(known.rotations[edge], inverse(known.rotations[edge + step])))
        root = known.root[edge] + way[:, None] * (known.root[edge] - known.root[edge + step])
        rotations = multiply(from_vector(way[:, None, None] * turn), pose)
    return MotionClip(root, rotations, np.repeat(known.contacts[edge : edge + 1], frames, axis=0), known.fps)


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
    turn = turn_between(raw.rotations[last, 0], right.rotations[0, 0])
    raw = turned(raw, _shares(raw, first, last, abs(turn) / _FASTEST_TURN) * turn)
    missing = right.root[0] - raw.root[last]
    missing[1] = 0.0
    share = _shares(raw, first, last, float(np.linalg.norm(missing)) / _FASTEST)
    return MotionClip(raw.root + share[:, None] * missing, raw.rotations, raw.contacts, raw.fps)


def _shares(raw: MotionClip, first: int, last: int, least_frames: float) -> np.ndarray:
    """swing_shares [T] from frame `first` to `last` of a whole motion."""
    share = np.zeros(len(raw))
    share[first : last + 1] = swing_shares(raw.contacts[first : last + 1], least_frames)
    share[last:] = 1.0
    return share


def turned(clip: MotionClip, turns: np.ndarray) -> MotionClip:
    """`clip` with its heading turned by `turns` [T] (rad) and its path bent along; frame 0 stays in place."""
    turn = about_y(turns)
    steps = rotate(turn[:-1], np.diff(clip.root, axis=0))
    root = np.concatenate([clip.root[:1], clip.root[:1] + np.cumsum(steps, axis=0)])
    rotations = np.array(clip.rotations)
    rotations[:, 0] = multiply(turn, rotations[:, 0])
    return MotionClip(root, rotations, clip.contacts, clip.fps)


def swing_shares(contacts: np.ndarray, least_frames: float = 1.0) -> np.ndarray:
    """How much of a correction is done by each frame [T], 0 at the first, 1 at the last.

    Most is done while no foot stands (contacts [T, 4] in 0..1), little at either end, nothing in jerks. least_frames:
    no frame does more than this part of it, if there are as many: far ways are gone evenly, or the body would leap.
    """
    frames = len(contacts)
    if frames == 1:
        return np.ones(1)
    feet = contacts.reshape(frames, 2, 2).max(-1)
    free = 1.0 - feet.max(-1)
    speed = _STANDING_SHARE + (1 - _STANDING_SHARE) * (free[1:] + free[:-1]) / 2
    middle = (np.arange(frames - 1) + 0.5) / (frames - 1)
    calm = np.sin(np.pi * middle)
    speed = _smoothed(speed) * calm
    speed, calm = speed / speed.sum(), calm / calm.sum()
    most = max(1.0 / max(least_frames, 1.0), calm.max())
    if speed.max() > most:
        even = (speed.max() - most) / (speed.max() - calm[speed.argmax()])
        speed += min(even, 1.0) * (calm - speed)
    return np.concatenate([[0.0], np.cumsum(speed) / speed.sum()])


def _smoothed(values: np.ndarray) -> np.ndarray:
    """Weighted mean over neighbours, the ends held."""
    kernel = np.hanning(2 * _SMOOTH + 3)[1:-1]
    padded = np.pad(values, _SMOOTH, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")
