"""Quaternions to Euler angles and axis-angles that never flip from one frame to the next.

Angles are in radians, in the columns x, y, z whatever the order; order 'XYZ' turns about x first,
as Blender counts.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..engine_door import rotations
from .rig import RigRest

_AXES: Final = np.eye(3)
_GIMBAL_COSINE: Final = 1e-6
_NO_TURN: Final = 1e-9

_LARGEST_STEP: Final = float(np.radians(89.5))
#: Radians; how far a rotation may be off so that no angle steps by more than that.
_EASING_COST: Final = float(np.radians(0.15))

EULER_ORDERS: Final = ("XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX")


def from_euler(angles: np.ndarray, order: str) -> np.ndarray:
    """Quaternions [..., 4] of Euler angles [..., 3]."""
    quaternion = np.broadcast_to(rotations.IDENTITY, (*angles.shape[:-1], 4))
    for axis in _indices(order):
        quaternion = rotations.multiply(rotations.about_axis(_AXES[axis], angles[..., axis]), quaternion)
    return quaternion


def to_euler(quaternions: np.ndarray, order: str, start: np.ndarray | None = None) -> np.ndarray:
    """Euler angles [T, 3] of quaternions [T, 4], each frame the one nearest to the frame before.

    start: angles [3] that the first frame should be near to; zero by default.
    """
    i, j, k = _indices(order)
    sign = 1.0 if (j - i) % 3 == 1 else -1.0
    m = rotations.to_matrix(quaternions)
    middle = np.arcsin(np.clip(-m[:, k, i], -1.0, 1.0))
    stuck = np.hypot(m[:, k, j], m[:, k, k]) < _GIMBAL_COSINE
    plain = np.empty((len(m), 3))
    plain[:, i] = np.arctan2(m[:, k, j], m[:, k, k])
    plain[:, j] = middle
    plain[:, k] = np.arctan2(m[:, j, i], m[:, i, i])
    plain *= sign
    origin = np.zeros(3) if start is None else np.asarray(start, dtype=np.float64)
    # With the middle angle at a right angle only a sum of the outer two is known: the first one stays.
    side = np.sign(middle)
    total = sign * np.arctan2(side * m[:, i, j], m[:, j, j])
    first = _filled(plain[:, i], ~stuck, origin[i])
    plain[:, i] = first
    plain[:, k] = np.where(stuck, side * (first - total), plain[:, k])
    other = plain + np.pi
    other[:, j] = np.pi - plain[:, j]
    path = _nearest_path(np.stack([plain, other], axis=1), origin)
    return _eased(path, (i, k), side, np.cos(middle))


def to_axis_angle(quaternions: np.ndarray) -> np.ndarray:
    """Angle and axis [T, 4] (Blender's order: angle, x, y, z) of quaternions [T, 4], without flips."""
    q = rotations.continuous(quaternions)
    size = np.linalg.norm(q[:, 1:], axis=-1)
    turns = size > _NO_TURN
    axis = q[:, 1:] / np.maximum(size, _NO_TURN)[:, None]
    axis = np.stack([_filled(axis[:, n], turns, _AXES[1][n]) for n in range(3)], axis=1)
    same = np.where((axis[1:] * axis[:-1]).sum(-1) < 0.0, -1.0, 1.0)
    sign = np.cumprod(np.concatenate([[1.0], same]))
    angle = np.unwrap(2.0 * np.arctan2(size, q[:, 0]) * sign)
    return np.concatenate([angle[:, None], axis * sign[:, None]], axis=1)


def clamp_locked(turns: np.ndarray, rest: RigRest, bone: int, held: np.ndarray) -> np.ndarray:
    """Local rotations [T, 4] with the bone's locked axes as in its `held` rotation [4] or [T, 4]."""
    locked = rest.locked_rotation[bone]
    if not locked.any():
        return turns
    mode = rest.rotation_modes[bone]
    order = mode if mode in EULER_ORDERS else EULER_ORDERS[0]
    now = to_euler(np.atleast_2d(held), order)
    angles = to_euler(turns, order, now[0])
    return from_euler(np.where(locked, now, angles), order)


def _indices(order: str) -> tuple[int, int, int]:
    first, second, third = ("XYZ".index(letter) for letter in order)
    return first, second, third


def _filled(values: np.ndarray, known: np.ndarray, default: float) -> np.ndarray:
    """values [T] with the unknown ones replaced by the last known before, or by `default`."""
    last = np.maximum.accumulate(np.where(known, np.arange(len(values)), -1))
    return np.where(last >= 0, values[last], default)


def _nearest_path(choices: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """Angles [T, 3]: of two ways [T, 2, 3] to write each rotation the one nearest to the frame before."""
    steps = np.abs(_wrapped(choices[1:, None, :] - choices[:-1, :, None])).sum(-1)  # [T - 1, before, after]
    nearer = steps.argmin(axis=-1).tolist()
    picked = [int(np.abs(_wrapped(choices[0] - origin)).sum(-1).argmin())]
    for pair in nearer:
        picked.append(pair[picked[-1]])
    path = choices[np.arange(len(choices)), picked]
    return np.unwrap(np.concatenate([origin[None], path]), axis=0)[1:]


def _eased(path: np.ndarray, outer: tuple[int, int], side: np.ndarray, off_pole: np.ndarray) -> np.ndarray:
    """Angles [T, 3] with steps of the outer two just over a right angle made just smaller.

    Near the pole the outer angles may turn together at hardly any cost, and of the two ways to write a rotation
    one needs at most about a right angle; the little above it is shared by the frames before and after, so that
    both rotations are off by the same. Frames further away cannot take a part of it: the step would stay.
    side [T]: which pole is near; off_pole [T]: cosine of the middle angle.
    """
    i, k = outer
    steps = np.diff(path[:, [i, k]], axis=0)
    excess = np.abs(steps).max(axis=1, initial=0.0) - _LARGEST_STEP
    before, after = np.maximum(off_pole[:-1], _GIMBAL_COSINE), np.maximum(off_pole[1:], _GIMBAL_COSINE)
    cost = excess * before * after / (before + after)
    for frame in np.flatnonzero((excess > 0.0) & (cost < _EASING_COST)):
        larger = steps[frame, 0] if abs(steps[frame, 0]) >= abs(steps[frame, 1]) else steps[frame, 1] * side[frame]
        whole, share = np.sign(larger) * excess[frame], after[frame] / (before[frame] + after[frame])
        for place, amount in ((frame, whole * share), (frame + 1, -whole * (1.0 - share))):
            path[place, i] += amount
            path[place, k] += side[place] * amount
    return path


def _wrapped(angles: np.ndarray) -> np.ndarray:
    """The same directions between -pi and pi."""
    near: np.ndarray = angles - 2.0 * np.pi * np.round(angles / (2.0 * np.pi))
    return near
