"""Between the clip's axes (y up, facing +z) and those a rig was built in: the only place.

A rig may stand in any axes of its armature space: Blender's own rigs stand on z and face -y, imported
ones often stand on y and face +z. The rig's anatomy tells which.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..engine_door import rotations

#: Clip axes -> Blender's: columns are where the clip's x (left), y (up) and z (forward) go.
CLIP_TO_BLENDER: Final = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
CLIP_TO_BLENDER.flags.writeable = False

#: A body that leans less than this is taken to stand straight along an axis of its armature.
SNAP_COSINE: Final = float(np.cos(np.radians(30.0)))


def _snapped(direction: np.ndarray) -> np.ndarray:
    """The armature axis nearest to `direction` [3], or `direction` itself when none is near."""
    unit = rotations.normalize(direction)
    axis = int(np.argmax(np.abs(unit)))
    if abs(unit[axis]) < SNAP_COSINE:
        return unit
    snapped = np.zeros(3)
    snapped[axis] = np.sign(unit[axis])
    return snapped


def to_frame(left: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Rotation matrix [3, 3], clip axes -> armature axes, of a body with these directions [3] at rest."""
    y = _snapped(up)
    x = _snapped(left - y * (left @ y))
    x = rotations.normalize(x - y * (x @ y))
    return np.stack([x, y, np.cross(x, y)], axis=1)
