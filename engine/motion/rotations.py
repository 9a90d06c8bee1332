"""Unit quaternions (w, x, y, z), matrices and the 6-D form; every function works on [..., n]."""

from __future__ import annotations

import numpy as np

IDENTITY = np.array([1.0, 0.0, 0.0, 0.0])
IDENTITY.flags.writeable = False

_TINY = 1e-12


def multiply(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Quaternion product [..., 4]: the rotation `b`, then the rotation `a`."""
    aw, ax, ay, az = np.moveaxis(a, -1, 0)
    bw, bx, by, bz = np.moveaxis(b, -1, 0)
    return np.stack(
        [
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ],
        axis=-1,
    )


def inverse(q: np.ndarray) -> np.ndarray:
    """Inverse of unit quaternions [..., 4]."""
    return q * np.array([1.0, -1.0, -1.0, -1.0], dtype=q.dtype)


def rotate(q: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Vectors [..., 3] turned by unit quaternions [..., 4] (broadcast over the leading axes)."""
    u = q[..., 1:]
    t = 2.0 * np.cross(u, v)
    return v + q[..., :1] * t + np.cross(u, t)


def normalize(q: np.ndarray) -> np.ndarray:
    """Vectors or quaternions [..., n] scaled to length one; zero vectors stay zero."""
    return q / np.maximum(np.linalg.norm(q, axis=-1, keepdims=True), _TINY)


def about_axis(axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Quaternions [..., 4] that turn by `angle` [...] (rad) about the unit `axis` [..., 3]."""
    half = np.asarray(angle)[..., None] / 2.0
    return np.concatenate([np.cos(half), np.sin(half) * axis], axis=-1)


def about_y(angle: np.ndarray) -> np.ndarray:
    """Quaternions [..., 4] that turn by `angle` [...] (rad) about +y (up)."""
    return about_axis(np.array([0.0, 1.0, 0.0]), np.asarray(angle, dtype=np.float64))


def between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Smallest rotation [..., 4] that turns the direction `a` [..., 3] onto `b` [..., 3]."""
    a, b = normalize(a), normalize(b)
    # One plus the cosine, to all digits where the directions are nearly opposite.
    w = 0.5 * ((a + b) ** 2).sum(-1, keepdims=True)
    axis = np.cross(a, b)
    # Opposite directions leave the axis open: any axis across `a` serves.
    spare = np.where(np.abs(a[..., :1]) < 0.9, np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0]))
    opposite = w < 1e-18
    q = np.concatenate([np.where(opposite, 0.0, w), np.where(opposite, np.cross(a, spare), axis)], -1)
    return normalize(q)


def to_matrix(q: np.ndarray) -> np.ndarray:
    """Unit quaternions [..., 4] -> rotation matrices [..., 3, 3]."""
    w, x, y, z = np.moveaxis(q, -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def from_matrix(m: np.ndarray) -> np.ndarray:
    """Rotation matrices [..., 3, 3] -> unit quaternions [..., 4] with w >= 0."""
    m00, m11, m22 = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    # Four candidates, each well conditioned where its own leading component is large.
    w = np.stack(
        [1 + m00 + m11 + m22, m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]],
        axis=-1,
    )
    x = np.stack(
        [m[..., 2, 1] - m[..., 1, 2], 1 + m00 - m11 - m22, m[..., 0, 1] + m[..., 1, 0], m[..., 0, 2] + m[..., 2, 0]],
        axis=-1,
    )
    y = np.stack(
        [m[..., 0, 2] - m[..., 2, 0], m[..., 0, 1] + m[..., 1, 0], 1 - m00 + m11 - m22, m[..., 1, 2] + m[..., 2, 1]],
        axis=-1,
    )
    z = np.stack(
        [m[..., 1, 0] - m[..., 0, 1], m[..., 0, 2] + m[..., 2, 0], m[..., 1, 2] + m[..., 2, 1], 1 - m00 - m11 + m22],
        axis=-1,
    )
    candidates = np.stack([w, x, y, z], axis=-2)
    best = np.argmax(np.stack([w[..., 0], x[..., 1], y[..., 2], z[..., 3]], axis=-1), axis=-1)
    q = np.take_along_axis(candidates, best[..., None, None], axis=-2)[..., 0, :]
    q = normalize(q)
    return np.where(q[..., :1] < 0, -q, q)


def to_six(q: np.ndarray) -> np.ndarray:
    """Unit quaternions [..., 4] -> the first two matrix columns, one after the other, [..., 6]."""
    m = to_matrix(q)
    return np.concatenate([m[..., 0], m[..., 1]], axis=-1)


def from_six(six: np.ndarray) -> np.ndarray:
    """6-D rotations [..., 6] -> unit quaternions [..., 4]; the columns need not be orthonormal."""
    x = normalize(six[..., :3])
    z = normalize(np.cross(x, six[..., 3:]))
    return from_matrix(np.stack([x, np.cross(z, x), z], axis=-1))


def angle(q: np.ndarray) -> np.ndarray:
    """Turning angle [...] (rad, 0..pi) of unit quaternions [..., 4]."""
    return 2.0 * np.arctan2(np.linalg.norm(q[..., 1:], axis=-1), np.abs(q[..., 0]))


def to_vector(q: np.ndarray) -> np.ndarray:
    """Unit quaternions [..., 4] -> axis times turning angle [..., 3] (rad, at most pi long)."""
    q = np.where(q[..., :1] < 0, -q, q)
    sine = np.linalg.norm(q[..., 1:], axis=-1, keepdims=True)
    turned = 2.0 * np.arctan2(sine, q[..., :1])
    return q[..., 1:] * np.where(sine < _TINY, 2.0, turned / np.maximum(sine, _TINY))


def unwrapped(vectors: np.ndarray) -> np.ndarray:
    """Axis times turning angle [T, ..., 3] of the same rotations, each the way round that is nearer to the one before.

    Past half a turn the shortest way round is the other one: faded, such a rotation would flip.
    """
    out = np.array(vectors, dtype=np.float64)
    for at in range(1, len(out)):
        size = np.linalg.norm(out[at], axis=-1, keepdims=True)
        turns = np.round(
            ((out[at - 1] * out[at]).sum(-1, keepdims=True) / np.maximum(size, _TINY) - size) / (2 * np.pi)
        )
        out[at] = np.where(turns == 0, out[at], out[at] * (1.0 + 2.0 * np.pi * turns / np.maximum(size, _TINY)))
    return out


def from_vector(v: np.ndarray) -> np.ndarray:
    """Axis times turning angle [..., 3] (rad) -> unit quaternions [..., 4]."""
    half = np.linalg.norm(v, axis=-1, keepdims=True) / 2.0
    return np.concatenate([np.cos(half), np.sinc(half / np.pi) / 2.0 * v], axis=-1)


def heading(q: np.ndarray) -> np.ndarray:
    """Turn about +y [...] (rad) of the swing-twist split of `q` [..., 4] along y."""
    return 2.0 * np.arctan2(q[..., 2], q[..., 0])


def continuous(q: np.ndarray) -> np.ndarray:
    """Quaternions [T, ..., 4] with signs chosen so that neighbours in time never flip."""
    dots = (q[1:] * q[:-1]).sum(-1, keepdims=True)
    signs = np.concatenate([np.ones_like(q[:1, ..., :1]), np.where(dots < 0, -1.0, 1.0)], axis=0)
    return q * np.cumprod(signs, axis=0)


def slerp(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Shortest-path interpolation [..., 4] from `a` (t = 0) to `b` (t = 1); `t` is [...]."""
    t = np.asarray(t)[..., None]
    dot = (a * b).sum(-1, keepdims=True)
    b = np.where(dot < 0, -b, b)
    theta = np.arccos(np.clip(np.abs(dot), 0.0, 1.0))
    sine = np.sin(theta)
    near = sine < 1e-6
    safe = np.where(near, 1.0, sine)
    wa = np.where(near, 1.0 - t, np.sin((1.0 - t) * theta) / safe)
    wb = np.where(near, t, np.sin(t * theta) / safe)
    return normalize(wa * a + wb * b)
