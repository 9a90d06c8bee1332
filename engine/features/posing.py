"""Rotations for the rest skeleton from predicted joint positions and predicted rotations.

Each kind of prediction is good at something: positions say where feet and hands are, rotations
say how a bone is twisted and where head, hands and feet point. The pelvis, whose rotation the rows
do not hold, is turned so that the whole body, posed by its predicted rotations, lies best on the
predicted positions. Down each chain a bone keeps its predicted rotation but is swung, by the
smallest turn, to aim at its predicted far end; a leg is bent so that its ankle stands just there.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..motion import rotations as rot
from ..motion.kinematics import forward_kinematics
from ..motion.skeleton import JOINT_COUNT, PARENTS, REST_OFFSETS, Joint

#: Joint -> the child its bone aims at. Joints that are absent keep the predicted rotation alone:
#: collars do not move in the data, the chest carries three bones, leaves have no far end, and the
#: upper back is so short that aiming would turn a centimetre of noise into ten degrees.
_AIMS: Final = {
    Joint.LEFT_HIP: Joint.LEFT_KNEE,
    Joint.RIGHT_HIP: Joint.RIGHT_KNEE,
    Joint.LEFT_KNEE: Joint.LEFT_ANKLE,
    Joint.RIGHT_KNEE: Joint.RIGHT_ANKLE,
    Joint.LEFT_ANKLE: Joint.LEFT_FOOT,
    Joint.RIGHT_ANKLE: Joint.RIGHT_FOOT,
    Joint.SPINE1: Joint.SPINE2,
    Joint.NECK: Joint.HEAD,
    Joint.LEFT_SHOULDER: Joint.LEFT_ELBOW,
    Joint.RIGHT_SHOULDER: Joint.RIGHT_ELBOW,
    Joint.LEFT_ELBOW: Joint.LEFT_WRIST,
    Joint.RIGHT_ELBOW: Joint.RIGHT_WRIST,
}
#: Hip -> (knee, ankle) of the same leg.
_LEGS: Final = {
    Joint.LEFT_HIP: (Joint.LEFT_KNEE, Joint.LEFT_ANKLE),
    Joint.RIGHT_HIP: (Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE),
}


def pose_from_targets(root: np.ndarray, joints: np.ndarray, limb_rotations: np.ndarray) -> np.ndarray:
    """Parent-relative quaternions [T, 22, 4] of root [T, 3], targets [T, 22, 3] (m), predictions [T, 21, 4]."""
    frames = len(root)
    joints = np.array(joints, dtype=np.float64)
    local = np.concatenate([_pelvis_rotations(joints, limb_rotations)[:, None], limb_rotations], axis=1)
    world = np.empty((frames, JOINT_COUNT, 4))
    reached = np.empty((frames, JOINT_COUNT, 3))
    world[:, 0], reached[:, 0] = local[:, 0], root
    for joint in range(1, JOINT_COUNT):
        parent = PARENTS[joint]
        reached[:, joint] = reached[:, parent] + rot.rotate(world[:, parent], REST_OFFSETS[joint])
        if Joint(joint) in _LEGS:
            knee, ankle = _LEGS[Joint(joint)]
            joints[:, knee] = _bent(reached[:, joint], knee, ankle, joints)
        aim = _AIMS.get(Joint(joint))
        if aim is not None:
            wanted = rot.rotate(rot.inverse(world[:, parent]), joints[:, aim] - reached[:, joint])
            has = rot.rotate(local[:, joint], REST_OFFSETS[aim])
            local[:, joint] = rot.multiply(rot.between(has, wanted), local[:, joint])
        world[:, joint] = rot.multiply(world[:, parent], local[:, joint])
    return rot.normalize(local)


def _bent(hip: np.ndarray, knee: Joint, ankle: Joint, joints: np.ndarray) -> np.ndarray:
    """Where [T, 3] the knee of a leg from `hip` must be for its ankle to be at its target, bent as predicted."""
    thigh, shin = (float(np.linalg.norm(REST_OFFSETS[joint])) for joint in (knee, ankle))
    reach = joints[:, ankle] - hip
    distance = np.linalg.norm(reach, axis=-1, keepdims=True)
    along = rot.normalize(reach)
    distance = np.clip(distance, abs(thigh - shin) + 1e-6, thigh + shin)
    forward = (distance**2 + thigh**2 - shin**2) / (2.0 * distance)
    aside = joints[:, knee] - hip
    aside = rot.normalize(aside - (aside * along).sum(-1, keepdims=True) * along)
    bent: np.ndarray = hip + forward * along + np.sqrt(np.maximum(thigh**2 - forward**2, 0.0)) * aside
    return bent


def _pelvis_rotations(joints: np.ndarray, limb_rotations: np.ndarray) -> np.ndarray:
    """Best rigid turn [T, 4] of the body, posed by its limb rotations, onto the joints (Kabsch)."""
    frames = len(joints)
    upright = np.zeros((frames, 1, 4))
    upright[..., 0] = 1.0
    body = forward_kinematics(np.zeros((frames, 3)), np.concatenate([upright, limb_rotations], axis=1))
    seen = joints - joints[:, :1]
    u, _, vt = np.linalg.svd(np.einsum("tji,tjk->tik", seen, body))
    u[..., -1] *= np.sign(np.linalg.det(u @ vt))[:, None]
    return rot.from_matrix(u @ vt)
