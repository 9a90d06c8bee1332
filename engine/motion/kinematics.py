"""Joint rotations to joint positions, and the mirror image of a motion."""

from __future__ import annotations

import numpy as np

from .rotations import multiply, rotate
from .skeleton import JOINT_COUNT, PARENTS, REST_OFFSETS, TWIN


def world_rotations(rotations: np.ndarray) -> np.ndarray:
    """Parent-relative quaternions [T, 22, 4] -> rotations since the rest pose, in the world."""
    world = np.array(rotations, dtype=np.float64)
    for joint in range(1, JOINT_COUNT):
        world[:, joint] = multiply(world[:, PARENTS[joint]], world[:, joint])
    return world


def forward_kinematics(root: np.ndarray, rotations: np.ndarray) -> np.ndarray:
    """Joint positions [T, 22, 3] (m) of root [T, 3] (m) and parent-relative rotations [T, 22, 4]."""
    world = world_rotations(rotations)
    positions = np.empty((len(world), JOINT_COUNT, 3))
    positions[:, 0] = root
    for joint in range(1, JOINT_COUNT):
        parent = PARENTS[joint]
        positions[:, joint] = positions[:, parent] + rotate(world[:, parent], REST_OFFSETS[joint])
    return positions


def mirror(root: np.ndarray, rotations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Reflect a motion in the plane x = 0: root [T, 3] (m), rotations [T, 22, 4].

    Left and right joints trade places; joint positions of the result are the reflected positions
    of the twins, exactly.
    """
    reflected = np.asarray(root) * np.array([-1.0, 1.0, 1.0], dtype=np.asarray(root).dtype)
    turned = rotations[:, list(TWIN)] * np.array([1.0, 1.0, -1.0, -1.0], dtype=rotations.dtype)
    return reflected, turned
