"""Knees and elbows bend one way only."""

from __future__ import annotations

from typing import Final

import numpy as np

from .even_turns import spread_turns
from .rotations import about_axis, inverse, multiply
from .skeleton import Joint

#: Axis about which each hinge bends the way it can, in its own frame.
HINGES: Final = {
    Joint.LEFT_KNEE: np.array([1.0, 0.0, 0.0]),
    Joint.RIGHT_KNEE: np.array([1.0, 0.0, 0.0]),
    Joint.LEFT_ELBOW: np.array([0.0, -np.sqrt(0.75), 0.5]),
    Joint.RIGHT_ELBOW: np.array([0.0, np.sqrt(0.75), -0.5]),
}
#: No knee or elbow bends farther (rad); in recordings they come to 153 degrees.
MOST_BENT: Final = np.radians(155.0)


def hinge_bends(rotations: np.ndarray) -> np.ndarray:
    """How far hinges [..., 4] are bent (rad, in the order of HINGES) in poses [..., 22, 4]; below 0 past straight.

    From -pi / 2 to 3 pi / 2: what is farther past straight is bent too far.
    """
    return np.stack([_bend(rotations[..., joint, :], axis) for joint, axis in HINGES.items()], axis=-1)


def keep_hinges(rotations: np.ndarray, least: np.ndarray | float = 0.0, most: float = MOST_BENT) -> np.ndarray:
    """Poses [T, 22, 4] whose hinges bend by `least` ([T, 4] or for all; rad, as HINGES) to `most`."""
    kept = np.array(rotations)
    bounds = np.broadcast_to(least, (len(kept), len(HINGES)))
    for column, (joint, axis) in enumerate(HINGES.items()):
        bend = _bend(kept[:, joint], axis)
        missing = _clipped(bend, bounds[:, column], most) - bend
        bent = multiply(kept[:, joint], about_axis(axis, missing))
        kept[:, joint] = np.where((missing != 0.0)[:, None], bent, kept[:, joint])
    return kept


def spread_bends(rotations: np.ndarray, fastest: float) -> np.ndarray:
    """Poses [T, 22, 4] whose hinges neither bend nor twist by more than about `fastest` (rad) a frame.

    Both by themselves: by the shortest way from one bend to another bend about another axis, an elbow would pass the
    wrong side of straight.
    """
    calm, bends = np.array(rotations), hinge_bends(rotations)
    for column, (joint, axis) in enumerate(HINGES.items()):
        bend = about_axis(axis, bends[:, column])
        twist = multiply(calm[:, joint], inverse(bend))
        slow_bend, slow_twist = spread_turns(bend, fastest), spread_turns(twist, fastest)
        changed = ((slow_bend != bend) | (slow_twist != twist)).any(axis=1, keepdims=True)
        calm[:, joint] = np.where(changed, multiply(slow_twist, slow_bend), calm[:, joint])
    changed = (calm != rotations).any(axis=(1, 2))
    calm[changed] = keep_hinges(calm[changed])
    return calm


def _clipped(bend: np.ndarray, least: np.ndarray, most: float) -> np.ndarray:
    """Bends [T] within their bounds, those outside at the bound that is nearer to them and to the frame before.

    Far past straight and bent too far are the same pose: an arm that is thrown straight, and is predicted to bend a
    right angle backwards for a frame, would fold up in it.
    """
    out = np.clip(bend, least, most)
    for frame in np.flatnonzero((bend < least) | (bend > most)):
        bounds = np.array([least[frame], min(most, MOST_BENT)])
        off = np.abs(bend[frame] - bounds)
        before = out[frame - 1] if frame else bend[frame]
        out[frame] = bounds[(np.minimum(off, 2.0 * np.pi - off) + np.abs(bounds - before)).argmin()]
    return out


def _bend(rotation: np.ndarray, axis: np.ndarray) -> np.ndarray:
    turn = 2.0 * np.arctan2(rotation[..., 1:] @ axis, rotation[..., 0])
    bend: np.ndarray = (turn + 0.5 * np.pi) % (2.0 * np.pi) - 0.5 * np.pi
    return bend
