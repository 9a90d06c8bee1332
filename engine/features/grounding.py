"""The root goes where standing feet let it.

Codes that a network drew for a moment and its neighbours do not quite fit each other, and what shows is a root that
glides while a foot stands. The rows say which feet stand; what such a foot would slide beyond the little that real
feet do is taken out of the root's glide. Poses stay as they are: no leg is bent for it.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..motion import rotations as rot
from ..motion.skeleton import CONTACT_JOINTS
from .representation import CONTACTS, GLIDE, joints_from_rows, root_from_rows

#: What a standing foot may travel, m per frame: real ones travel 2.5 mm on average, few more than this.
_ALLOWED: Final = 0.006
#: Contact below which a foot has no say in where the root goes.
_LEAST_CONTACT: Final = 0.5
#: Weights over neighbouring frames that keep the root calm: a Gaussian of one frame.
_CALM: Final = np.array([0.0545, 0.2442, 0.4026, 0.2442, 0.0545])


def grounded(rows: np.ndarray) -> np.ndarray:
    """Rows [T, 263] (metres, radians) whose root no longer drags standing feet along."""
    if len(rows) < 2:
        return rows
    heading, _ = root_from_rows(rows)
    back = rot.rotate(rot.inverse(heading[1:]), _calm(_drag(rows)))
    out = np.array(rows)
    out[:-1, GLIDE] -= back[:, [0, 2]]
    return out


def _drag(rows: np.ndarray) -> np.ndarray:
    """How far standing feet are dragged over the floor in each step beyond what is allowed [T - 1, 3], m."""
    feet = joints_from_rows(rows)[:, list(CONTACT_JOINTS)]
    steps = np.diff(feet, axis=0)
    steps[..., 1] = 0.0
    contact = np.clip((np.asarray(rows[:, CONTACTS], dtype=np.float64) - _LEAST_CONTACT) / (1 - _LEAST_CONTACT), 0, 1)
    standing = np.minimum(contact[1:], contact[:-1])
    mean = (standing[..., None] * steps).sum(1) / np.maximum(standing.sum(1), 1e-3)[:, None]
    length = np.linalg.norm(mean, axis=-1, keepdims=True)
    beyond = np.clip(1.0 - _ALLOWED / np.maximum(length, 1e-9), 0.0, 1.0)
    drag: np.ndarray = mean * beyond * standing.max(1)[:, None]
    return drag


def _calm(steps: np.ndarray) -> np.ndarray:
    padded = np.pad(steps, ((len(_CALM) // 2,) * 2, (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(_CALM), axis=0)
    calm: np.ndarray = windows @ _CALM
    return calm
