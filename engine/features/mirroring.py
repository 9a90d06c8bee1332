"""The mirror image of rows: left and right exchanged, without going back to joints."""

from __future__ import annotations

import numpy as np

from ..motion.skeleton import CONTACT_JOINTS, JOINT_COUNT, TWIN
from .representation import CONTACTS, GLIDE, POSITIONS, ROTATIONS, ROW_SIZE, TURN, VELOCITIES


def mirror_rows(rows: np.ndarray) -> np.ndarray:
    """Rows [..., 263] of the motion reflected in the plane x = 0."""
    return (rows[..., _ORDER] * _SIGNS).astype(rows.dtype)


def _plan() -> tuple[np.ndarray, np.ndarray]:
    order, signs = np.arange(ROW_SIZE), np.ones(ROW_SIZE)
    signs[TURN] = -1.0
    signs[GLIDE.start] = -1.0
    limbs = [TWIN[joint] - 1 for joint in range(1, JOINT_COUNT)]
    feet = [CONTACT_JOINTS.index(TWIN[joint]) for joint in CONTACT_JOINTS]
    # In a reflected matrix every entry that links x with another axis changes sign.
    blocks = [
        (POSITIONS, limbs, [-1, 1, 1]),
        (ROTATIONS, limbs, [1, -1, -1, -1, 1, 1]),
        (VELOCITIES, list(TWIN), [-1, 1, 1]),
        (CONTACTS, feet, [1]),
    ]
    for columns, twins, pattern in blocks:
        order[columns] = order[columns].reshape(-1, len(pattern))[twins].ravel()
        signs[columns] = np.tile(pattern, len(twins))
    return order, signs


_ORDER, _SIGNS = _plan()
