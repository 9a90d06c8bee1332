"""Motion clips as HumanML3D rows and back.

A row holds 263 numbers per frame (20 per second), all but the heading's own speed measured in the
heading frame of the root, so that rows do not know where on the floor or which way a motion goes.
Joint positions, velocities, root and contacts follow the published extraction; which rotations
stand in the rotation columns is named by RotationConvention.
Source: HumanML3D (Guo et al., CVPR 2022), section 3 and its published processing.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import numpy as np

from ..motion import rotations as rot
from ..motion.clip import MotionClip
from ..motion.kinematics import forward_kinematics
from ..motion.skeleton import CONTACT_JOINTS, JOINT_COUNT, Joint
from .posing import pose_from_targets

_LIMBS: Final = JOINT_COUNT - 1  # every joint but the root

TURN: Final = slice(0, 1)  # half-angle turn of the heading per frame, rad
GLIDE: Final = slice(1, 3)  # root velocity x, z in the heading frame, m/frame
HEIGHT: Final = slice(3, 4)  # root height, m
POSITIONS: Final = slice(HEIGHT.stop, HEIGHT.stop + 3 * _LIMBS)  # heading-local, height absolute, m
ROTATIONS: Final = slice(POSITIONS.stop, POSITIONS.stop + 6 * _LIMBS)  # 6-D
VELOCITIES: Final = slice(ROTATIONS.stop, ROTATIONS.stop + 3 * JOINT_COUNT)  # heading frame, m/frame
CONTACTS: Final = slice(VELOCITIES.stop, VELOCITIES.stop + len(CONTACT_JOINTS))
ROW_SIZE: Final = CONTACTS.stop

#: Squared speed (m/frame)^2 under which a foot joint counts as standing.
_CONTACT_SPEED: Final = 0.002
#: Width of the filter that keeps the heading calm, frames.
_HEADING_SIGMA: Final = 20


class RotationConvention(Enum):
    """What the rotation columns of a weights set hold."""

    TRUE = "true"  # parent-relative rotations since the rest pose, as recorded
    PUBLISHED = "published"  # from positions by the data set's own inverse kinematics: no twist


def rows_from_clip(clip: MotionClip) -> np.ndarray:
    """Rows float64 [T - 1, 263] of a clip of T >= 2 frames at 20 fps (TRUE convention).

    The last frame only closes the last velocity.
    """
    if len(clip) < 2:
        raise ValueError("A motion of one frame has no velocities; give at least two frames.")
    joints = forward_kinematics(clip.root, clip.rotations)
    return np.concatenate([_position_columns(joints), _rotation_columns(clip), _rest_columns(joints)], axis=1)


def headings(joints: np.ndarray) -> np.ndarray:
    """Unit quaternions [T, 4] about +y that turn +z to where hips and shoulders face, smoothed in time."""
    from scipy.ndimage import gaussian_filter1d  # here: generating needs no scipy and starts faster without

    across = (
        joints[:, Joint.LEFT_HIP] - joints[:, Joint.RIGHT_HIP]
        + joints[:, Joint.LEFT_SHOULDER] - joints[:, Joint.RIGHT_SHOULDER]
    )  # fmt: skip
    forward = np.cross(rot.normalize(across), [0.0, 1.0, 0.0])
    forward = gaussian_filter1d(forward, _HEADING_SIGMA, axis=0, mode="nearest")
    forward[:, 1] = 0.0
    return rot.between(np.broadcast_to([0.0, 0.0, 1.0], forward.shape), forward)


def joints_from_rows(rows: np.ndarray) -> np.ndarray:
    """Joint positions float64 [T, 22, 3] (m) as the position columns of rows [T, 263] say."""
    heading, root = root_from_rows(rows)
    local = np.asarray(rows[:, POSITIONS], dtype=np.float64).reshape(len(rows), _LIMBS, 3)
    world = rot.rotate(heading[:, None], local)
    world[..., 0] += root[:, None, 0]
    world[..., 2] += root[:, None, 2]
    return np.concatenate([root[:, None], world], axis=1)


def root_from_rows(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Heading quaternions [T, 4] and root positions [T, 3] (m); frame 0 at the origin, facing +z."""
    rows = np.asarray(rows, dtype=np.float64)
    half = _running_sum(rows[:, TURN])[:, 0]
    heading = rot.about_y(-2.0 * half)
    glide = np.zeros((len(rows), 3))
    glide[1:, [0, 2]] = rows[:-1, GLIDE]
    root = np.cumsum(rot.rotate(heading, glide), axis=0)
    root[:, 1] = rows[:, HEIGHT.start]
    return heading, root


def clip_from_rows(rows: np.ndarray) -> MotionClip:
    """The clip [T frames] that rows [T, 263] mean, on the rest skeleton (TRUE convention).

    Positions and rotations of generated rows disagree slightly; positions decide where limbs
    reach, rotations decide twist, head and hands (see posing.py).
    """
    _, root = root_from_rows(rows)
    joints = joints_from_rows(rows)
    six = np.asarray(rows[:, ROTATIONS], dtype=np.float64).reshape(len(rows), _LIMBS, 6)
    rotations = pose_from_targets(root, joints, rot.from_six(six))
    contacts = np.clip(np.asarray(rows[:, CONTACTS], dtype=np.float64), 0.0, 1.0)
    return MotionClip(root, rot.continuous(rotations), contacts)


def contacts_from_joints(joints: np.ndarray) -> np.ndarray:
    """Contact channels float64 [T - 1, 4] (0 or 1) of joint positions [T, 22, 3] (m) at 20 fps."""
    step = np.diff(joints[:, list(CONTACT_JOINTS)], axis=0)
    return ((step**2).sum(-1) < _CONTACT_SPEED).astype(np.float64)


def _position_columns(joints: np.ndarray) -> np.ndarray:
    heading = headings(joints)
    back = rot.inverse(heading)
    # q and -q are one rotation: facing past the back would otherwise turn the wrong way for a frame.
    turn = rot.multiply(back[1:], heading[:-1])
    turn = np.where(turn[:, :1] < 0, -turn, turn)[:, 2:3]
    glide = rot.rotate(back[1:], np.diff(joints[:, 0], axis=0))[:, [0, 2]]
    local = joints[:-1].copy()
    local[..., [0, 2]] -= joints[:-1, :1, [0, 2]]
    local = rot.rotate(back[:-1, None], local)[:, 1:]
    return np.concatenate([np.arcsin(np.clip(turn, -1, 1)), glide, joints[:-1, 0, 1:2], _flat(local)], axis=1)


def _rotation_columns(clip: MotionClip) -> np.ndarray:
    return _flat(rot.to_six(np.asarray(clip.rotations[:-1, 1:], dtype=np.float64)))


def _rest_columns(joints: np.ndarray) -> np.ndarray:
    back = rot.inverse(headings(joints))[:-1, None]
    velocities = rot.rotate(back, np.diff(joints, axis=0))
    return np.concatenate([_flat(velocities), contacts_from_joints(joints)], axis=1)


def _flat(values: np.ndarray) -> np.ndarray:
    return values.reshape(len(values), -1)


def _running_sum(steps: np.ndarray) -> np.ndarray:
    """Sum of all earlier rows: row 0 is zero."""
    total = np.zeros_like(steps)
    total[1:] = np.cumsum(steps[:-1], axis=0)
    return total
