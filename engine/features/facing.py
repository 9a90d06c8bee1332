"""Where a body faces, when what was decoded cannot make up its mind.

Of a fast spin, codes that follow one another may disagree about where the body faces by up to half a turn, and the
pelvis would flip over within one frame. Such a turn is spread over as many frames as a body needs for it, the way
round in which it was going, and the whole body is taken along.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..motion import rotations as rot
from ..motion.even_turns import spread_turns, steps_of

#: The fastest pirouettes among the recordings turn by 33 degrees a frame (1.8 turns a second).
FASTEST: Final = np.radians(36.0)
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
    too_fast = np.linalg.norm(steps_of(pelvis), axis=-1) > FASTEST
    if not too_fast.any():
        return pelvis, joints
    calm = spread_turns(pelvis, FASTEST, _meant)
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
