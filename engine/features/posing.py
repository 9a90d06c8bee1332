"""Rotations for the rest skeleton from predicted joint positions and predicted rotations.

Each kind of prediction is good at something: positions say where feet and hands are, rotations
say how a bone is twisted, which way a knee bends and where head, hands and feet point. The
pelvis, whose rotation the rows do not hold, is turned so that the whole body, posed by its
predicted rotations, lies best on the predicted positions, but never faster than anyone spins
(facing.py). Down each chain a bone keeps its predicted rotation but is swung, by the smallest
turn, to aim at its predicted far end; a leg is bent so that its ankle stands just there. Knees
and elbows bend one way only (hinges.py).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..motion import rotations as rot
from ..motion.even_turns import spread_turns
from ..motion.hinges import HINGES, keep_hinges, spread_bends
from ..motion.kinematics import forward_kinematics
from ..motion.skeleton import JOINT_COUNT, PARENTS, REST_OFFSETS, Joint
from ..motion.two_bone_ik import solve_leg
from .facing import turned_evenly

#: Joint -> the child its bone aims at. Joints that are absent keep the predicted rotation alone:
#: collars do not move in the data, the chest carries three bones, leaves have no far end, and the
#: upper back is so short that aiming would turn a centimetre of noise into ten degrees.
_AIMS: Final = {
    Joint.LEFT_ANKLE: Joint.LEFT_FOOT,
    Joint.RIGHT_ANKLE: Joint.RIGHT_FOOT,
    Joint.SPINE1: Joint.SPINE2,
    Joint.NECK: Joint.HEAD,
    Joint.LEFT_SHOULDER: Joint.LEFT_ELBOW,
    Joint.RIGHT_SHOULDER: Joint.RIGHT_ELBOW,
    Joint.LEFT_ELBOW: Joint.LEFT_WRIST,
    Joint.RIGHT_ELBOW: Joint.RIGHT_WRIST,
}
#: Of these, short bones whose aim changes slowly, over so many frames on both sides: as predicted frame by frame, a
#: centimetre of noise made heads tremble five times as much as real ones do.
_STEADIED: Final = frozenset({Joint.SPINE1, Joint.NECK})
_STEADY_FRAMES: Final = 4
#: Hip -> knee and ankle of the same leg. Arms solved like legs reach where hands are meant to be, but snap straight
#: where that is too far.
_LEGS: Final = {
    Joint.LEFT_HIP: (Joint.LEFT_KNEE, Joint.LEFT_ANKLE),
    Joint.RIGHT_HIP: (Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE),
}
#: How far limbs turn, knees and elbows bend at most from frame to frame (rad): a little farther than in recordings
#: without faults. Some recordings, and what has learnt from them, flip over.
_FASTEST: Final = {
    Joint.LEFT_HIP: np.radians(50.0),
    Joint.RIGHT_HIP: np.radians(50.0),
    Joint.LEFT_SHOULDER: np.radians(70.0),
    Joint.RIGHT_SHOULDER: np.radians(70.0),
    Joint.LEFT_ANKLE: np.radians(60.0),
    Joint.RIGHT_ANKLE: np.radians(60.0),
}
_FASTEST_BEND: Final = np.radians(70.0)


def pose_from_targets(root: np.ndarray, joints: np.ndarray, limb_rotations: np.ndarray) -> np.ndarray:
    """Parent-relative quaternions [T, 22, 4] of root [T, 3], targets [T, 22, 3] (m), predictions [T, 21, 4]."""
    frames = len(root)
    joints = np.array(joints, dtype=np.float64)
    pelvis, joints = turned_evenly(_pelvis_rotations(joints, limb_rotations), joints)
    local = np.concatenate([pelvis[:, None], limb_rotations], axis=1)
    world = np.empty((frames, JOINT_COUNT, 4))
    reached = np.empty((frames, JOINT_COUNT, 3))
    world[:, 0], reached[:, 0] = local[:, 0], root
    for joint in range(1, JOINT_COUNT):
        parent = PARENTS[joint]
        reached[:, joint] = reached[:, parent] + rot.rotate(world[:, parent], REST_OFFSETS[joint])
        if Joint(joint) in _LEGS:
            knee, ankle = _LEGS[Joint(joint)]
            local[:, joint], local[:, knee] = _bent(
                reached[:, joint], world[:, parent], local[:, joint], local[:, knee], joints[:, ankle], (knee, ankle)
            )
        aim = _AIMS.get(Joint(joint))
        if aim is not None:
            wanted = rot.rotate(rot.inverse(world[:, parent]), joints[:, aim] - reached[:, joint])
            has = rot.rotate(local[:, joint], REST_OFFSETS[aim])
            turn = rot.between(has, wanted)
            local[:, joint] = rot.multiply(_steadied(turn) if joint in _STEADIED else turn, local[:, joint])
        world[:, joint] = rot.multiply(world[:, parent], local[:, joint])
    return _without_flips(keep_hinges(rot.normalize(local)))


def _without_flips(local: np.ndarray) -> np.ndarray:
    """Poses [T, 22, 4] whose limbs turn as fast as people's at most."""
    calm = spread_bends(local, _FASTEST_BEND)
    for joint, fastest in _FASTEST.items():
        calm[:, joint] = spread_turns(calm[:, joint], fastest)
    return calm


def _steadied(turns: np.ndarray) -> np.ndarray:
    """Small turns [T, 4] averaged over time."""
    bell = np.hanning(2 * _STEADY_FRAMES + 3)[1:-1]
    padded = np.pad(rot.to_vector(turns), ((_STEADY_FRAMES, _STEADY_FRAMES), (0, 0)), mode="edge")
    columns = [np.convolve(column, bell / bell.sum(), mode="valid") for column in padded.T]
    return rot.from_vector(np.stack(columns, axis=1))


def _bent(
    hip: np.ndarray,
    carrier: np.ndarray,
    thigh: np.ndarray,
    shin: np.ndarray,
    target: np.ndarray,
    leg: tuple[Joint, Joint],
) -> tuple[np.ndarray, np.ndarray]:
    """Rotations [T, 4] of thigh and shin that bring the ankle to `target` [T, 3], the knee bent as it is predicted to.

    hip [T, 3] hangs on `carrier` [T, 4] (world); thigh, shin [T, 4]: predicted, relative to their parents; leg: its
    knee and ankle. Where positions put the knee does not count: of a leg that is nearly straight they do not know
    which way it bends, and knees bent backwards.
    """
    knee, ankle = leg
    upper = rot.multiply(carrier, thigh)
    lower = rot.multiply(upper, shin)
    middle = hip + rot.rotate(upper, REST_OFFSETS[knee])
    end = middle + rot.rotate(lower, REST_OFFSETS[ankle])
    turns = solve_leg(hip, middle, end, target, rot.rotate(upper, HINGES[knee]), stays_straight=True)
    upper, lower = rot.multiply(turns.thigh, upper), rot.multiply(turns.shin, lower)
    return rot.multiply(rot.inverse(carrier), upper), rot.multiply(rot.inverse(upper), lower)


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
