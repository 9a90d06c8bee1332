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
    # With the middle angle at a right angle only a sum of the outer two is known.
    side = np.sign(middle)
    total = sign * np.arctan2(side * m[:, i, j], m[:, j, j])

    angles = np.empty_like(plain)
    before = np.zeros(3) if start is None else np.asarray(start, dtype=np.float64)
    for frame, candidate in enumerate(plain):
        if stuck[frame]:
            candidate[i] = before[i]
            candidate[k] = side[frame] * (before[i] - total[frame])
        before = angles[frame] = _nearest(candidate, before, (i, j, k))
    return angles


def to_axis_angle(quaternions: np.ndarray) -> np.ndarray:
    """Angle and axis [T, 4] (Blender's order: angle, x, y, z) of quaternions [T, 4], without flips."""
    q = rotations.continuous(quaternions)
    size = np.linalg.norm(q[:, 1:], axis=-1)
    result = np.empty_like(q)
    axis, angle = _AXES[1], 0.0
    for frame in range(len(q)):
        turn = 2.0 * np.arctan2(size[frame], q[frame, 0])
        if size[frame] > _NO_TURN:
            fresh = q[frame, 1:] / size[frame]
            same = fresh @ axis >= 0.0 or frame == 0
            axis, turn = (fresh, turn) if same else (-fresh, -turn)
        angle = turn + 2.0 * np.pi * np.round((angle - turn) / (2.0 * np.pi))
        result[frame] = [angle, *axis]
    return result


def clamp_locked(turns: np.ndarray, rest: RigRest, bone: int, held: np.ndarray) -> np.ndarray:
    """Local rotations [T, 4] with the bone's locked axes as in its `held` rotation [4]."""
    locked = rest.locked_rotation[bone]
    if not locked.any():
        return turns
    mode = rest.rotation_modes[bone]
    order = mode if mode in EULER_ORDERS else EULER_ORDERS[0]
    now = to_euler(held[None], order)[0]
    angles = to_euler(turns, order, now)
    return from_euler(np.where(locked, now, angles), order)


def _indices(order: str) -> tuple[int, int, int]:
    first, second, third = ("XYZ".index(letter) for letter in order)
    return first, second, third


def _nearest(angles: np.ndarray, target: np.ndarray, axes: tuple[int, int, int]) -> np.ndarray:
    """Of all angles [3] for the same rotation those nearest to `target` [3]."""
    middle = axes[1]
    other = angles + np.pi
    other[middle] = np.pi - angles[middle]
    best = [_unwound(angles, target), _unwound(other, target)]
    return min(best, key=lambda choice: float(np.abs(choice - target).sum()))


def _unwound(angles: np.ndarray, target: np.ndarray) -> np.ndarray:
    turns: np.ndarray = angles + 2.0 * np.pi * np.round((target - angles) / (2.0 * np.pi))
    return turns
