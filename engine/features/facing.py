"""Where a body faces, when what was decoded cannot make up its mind.

Of a fast spin, codes that follow one another may disagree about where the body faces by up to half a turn, and the
pelvis would flip over within one frame. Such a turn is spread over as many frames as a body needs for it, the way
round in which it was going, and the whole body is taken along.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..motion import rotations as rot

#: The fastest pirouettes among the recordings turn by 33 degrees a frame (1.8 turns a second).
FASTEST: Final = np.radians(36.0)
#: What a turn is spread for: a little slower, since it need not be about one axis only.
_AIM: Final = 0.9 * FASTEST
#: A turn this near to half of one may as well be meant the other way round.
_AMBIGUOUS: Final = np.radians(120.0)
#: Height of the pelvis' up-axis from which on someone counts as upright.
_UPRIGHT: Final = 0.5
#: Frames before and after such a step whose limbs are not to be believed.
_FOLDED: Final = 2
#: Frames on both sides that say which way round a body is going.
_TREND: Final = 5


def turned_evenly(pelvis: np.ndarray, joints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pelvis rotations [T, 4] that turn by about FASTEST a frame at most, and joints [T, 22, 3] (m) turned with them.

    Frames around which nothing is too fast stay as they are.
    """
    too_fast = np.linalg.norm(_steps(pelvis), axis=-1) > FASTEST
    if not too_fast.any():
        return pelvis, joints
    calm = np.array(pelvis, dtype=np.float64)
    for _ in range(len(calm)):  # each round mends the fastest turn
        steps = _steps(calm)
        speeds = np.linalg.norm(steps, axis=-1)
        if speeds.max() <= FASTEST:
            break
        _spread(calm, _meant(calm, steps, speeds), int(speeds.argmax()))
    root = joints[:, :1]
    body = _bridged(rot.rotate(rot.inverse(pelvis)[:, None], joints - root), too_fast)
    moved = (calm != pelvis).any(axis=1) | _beside(too_fast)
    return calm, np.where(moved[:, None, None], root + rot.rotate(calm[:, None], body), joints)


def _beside(too_fast: np.ndarray) -> np.ndarray:
    """Frames [T] near a step that is too fast: half way between two ways to face, limbs lie folded in between."""
    kernel = np.ones(2 * _FOLDED, dtype=int)
    return np.asarray(np.convolve(too_fast, kernel)[_FOLDED - 1 : -_FOLDED + 1 or None] > 0)


def _bridged(body: np.ndarray, too_fast: np.ndarray) -> np.ndarray:
    """Joints [T, 22, 3] as the pelvis sees them, led from before to after each step that is too fast."""
    known = np.flatnonzero(~_beside(too_fast))
    if len(known) == 0:
        return body
    flat, out = body.reshape(len(body), -1), body.copy().reshape(len(body), -1)
    for column in range(flat.shape[1]):
        out[:, column] = np.interp(np.arange(len(body)), known, flat[known, column])
    return out.reshape(body.shape)


def _steps(turns: np.ndarray) -> np.ndarray:
    """From each frame to the next one, axis times angle [T - 1, 3], rad."""
    return rot.to_vector(rot.multiply(turns[1:], rot.inverse(turns[:-1])))


def _meant(calm: np.ndarray, steps: np.ndarray, speeds: np.ndarray) -> np.ndarray:
    """The same steps, those that are too fast as they will have been meant.

    Of who is upright before and after it, about the vertical; nearly half turns the way round the body was going.
    """
    out = steps.copy()
    upright = rot.rotate(calm, np.array([0.0, 1.0, 0.0]))[:, 1] > _UPRIGHT
    for at in np.flatnonzero(speeds > FASTEST):
        if upright[at] and upright[at + 1]:
            w, _, y, _ = rot.multiply(calm[at + 1], rot.inverse(calm[at]))
            out[at] = [0.0, 2.0 * np.arctan2(np.sign(w) * y, abs(w)), 0.0]
        near = slice(max(0, at - _TREND), at + _TREND + 1)
        trend, size = steps[near][speeds[near] <= FASTEST].sum(axis=0), np.linalg.norm(out[at])
        if size > _AMBIGUOUS and trend @ out[at] < 0:
            out[at] *= 1.0 - 2.0 * np.pi / size
    return out


def _spread(calm: np.ndarray, steps: np.ndarray, at: int) -> None:
    """Turn as far as `steps` do around step `at`, over as many frames as that takes; changes `calm`."""
    first, last, fits = at, at + 1, False
    while not fits and (first > 0 or last < len(steps)):
        first, last = max(0, first - 1), min(len(steps), last + 1)
        rates = _rates(steps, first, last)
        fits = bool(np.linalg.norm(rates, axis=-1).max() <= _AIM)
    if last - first < 2:
        return  # two frames are all there are
    path = [calm[first]]
    for rate in rates:
        path.append(rot.multiply(rot.from_vector(rate), path[-1]))
    missed = rot.to_vector(rot.multiply(calm[last], rot.inverse(path[-1])))
    shares = np.linspace(0.0, 1.0, len(path))[1:-1, None]
    calm[first + 1 : last] = rot.multiply(rot.from_vector(shares * missed), np.array(path[1:-1]))


def _rates(steps: np.ndarray, first: int, last: int) -> np.ndarray:
    """Steps [last - first, 3] of the same sum that go over into what is before and after them."""
    edges = [steps[first - 1] if first > 0 else np.zeros(3), steps[last] if last < len(steps) else np.zeros(3)]
    before, after = (edge * min(1.0, _AIM / max(float(np.linalg.norm(edge)), 1e-9)) for edge in edges)
    count = last - first
    share = (np.arange(count)[:, None] + 1) / (count + 1)
    ramp = before + share * (after - before)
    bell = np.sin(np.pi * (np.arange(count)[:, None] + 0.5) / count)
    out: np.ndarray = ramp + bell / bell.sum() * (steps[first:last].sum(axis=0) - ramp.sum(axis=0))
    return out
