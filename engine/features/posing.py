"""Rotations for the rest skeleton from predicted joint positions and predicted rotations.

Each kind of prediction is good at something: positions say where hands and feet are, rotations
say how a bone is twisted and where head, hands and feet point. The pelvis, whose rotation the rows
do not hold, follows from the three joints fixed to it. Down each chain a bone keeps its predicted
rotation but is swung, by the smallest turn, to aim at its predicted far end.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..motion import rotations as rot
from ..motion.skeleton import JOINT_COUNT, PARENTS, REST_OFFSETS, Joint

#: Joint -> the child its bone aims at. Joints that are absent keep the predicted rotation alone:
#: collars do not move in the data, the chest carries three bones, leaves have no far end.
_AIMS: Final = {
    Joint.LEFT_HIP: Joint.LEFT_KNEE,
    Joint.RIGHT_HIP: Joint.RIGHT_KNEE,
    Joint.LEFT_KNEE: Joint.LEFT_ANKLE,
    Joint.RIGHT_KNEE: Joint.RIGHT_ANKLE,
    Joint.LEFT_ANKLE: Joint.LEFT_FOOT,
    Joint.RIGHT_ANKLE: Joint.RIGHT_FOOT,
    Joint.SPINE1: Joint.SPINE2,
    Joint.SPINE2: Joint.SPINE3,
    Joint.NECK: Joint.HEAD,
    Joint.LEFT_SHOULDER: Joint.LEFT_ELBOW,
    Joint.RIGHT_SHOULDER: Joint.RIGHT_ELBOW,
    Joint.LEFT_ELBOW: Joint.LEFT_WRIST,
    Joint.RIGHT_ELBOW: Joint.RIGHT_WRIST,
}
_PELVIS_FRAME: Final = (Joint.LEFT_HIP, Joint.RIGHT_HIP, Joint.SPINE1)


def pose_from_targets(root: np.ndarray, joints: np.ndarray, limb_rotations: np.ndarray) -> np.ndarray:
    """Parent-relative quaternions [T, 22, 4] of root [T, 3], targets [T, 22, 3] (m), predictions [T, 21, 4]."""
    frames = len(root)
    local = np.empty((frames, JOINT_COUNT, 4))
    world = np.empty((frames, JOINT_COUNT, 4))
    reached = np.empty((frames, JOINT_COUNT, 3))
    local[:, 0] = world[:, 0] = _pelvis_rotations(joints)
    reached[:, 0] = root
    for joint in range(1, JOINT_COUNT):
        parent = PARENTS[joint]
        reached[:, joint] = reached[:, parent] + rot.rotate(world[:, parent], REST_OFFSETS[joint])
        local[:, joint] = limb_rotations[:, joint - 1]
        aim = _AIMS.get(Joint(joint))
        if aim is not None:
            wanted = rot.rotate(rot.inverse(world[:, parent]), joints[:, aim] - reached[:, joint])
            has = rot.rotate(local[:, joint], REST_OFFSETS[aim])
            local[:, joint] = rot.multiply(rot.between(has, wanted), local[:, joint])
        world[:, joint] = rot.multiply(world[:, parent], local[:, joint])
    return rot.normalize(local)


def _pelvis_rotations(joints: np.ndarray) -> np.ndarray:
    """Best rigid turn [T, 4] of the rest pelvis onto hips and lowest spine joint (Kabsch)."""
    seen = joints[:, list(_PELVIS_FRAME)] - joints[:, :1]
    rest = REST_OFFSETS[list(_PELVIS_FRAME)]
    u, _, vt = np.linalg.svd(np.einsum("tji,jk->tik", seen, rest))
    u[..., -1] *= np.sign(np.linalg.det(u @ vt))[:, None]
    return rot.from_matrix(u @ vt)
