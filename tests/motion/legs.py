"""Motions of our skeleton whose feet go where they are told."""

from __future__ import annotations

import numpy as np

from engine.motion.clip import MotionClip
from engine.motion.kinematics import forward_kinematics
from engine.motion.rotations import IDENTITY, inverse, multiply, rotate
from engine.motion.skeleton import JOINT_COUNT, REST_OFFSETS, REST_PELVIS_HEIGHT, Joint
from engine.motion.two_bone_ik import solve_leg

LEGS = (
    (Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE, Joint.LEFT_FOOT),
    (Joint.RIGHT_HIP, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE, Joint.RIGHT_FOOT),
)
#: A body this much lower than at rest stands with knees bent, m.
CROUCH = 0.06


def rest_ankles() -> np.ndarray:
    """Where the ankles are [2, 3] with the pelvis over the origin."""
    pelvis = np.array([0.0, REST_PELVIS_HEIGHT, 0.0])
    return np.stack([pelvis + sum(REST_OFFSETS[joint] for joint in leg[:3]) for leg in LEGS])


def stepping_clip(body: np.ndarray, ankles: np.ndarray) -> MotionClip:
    """A body that faces +z and goes over `body` [T, 3] (m, from a crouch), level feet at `ankles` [T, 2, 3]."""
    root = np.asarray(body) + np.array([0.0, REST_PELVIS_HEIGHT - CROUCH, 0.0])
    rotations = np.broadcast_to(IDENTITY, (len(root), JOINT_COUNT, 4)).copy()
    left = np.broadcast_to([1.0, 0.0, 0.0], root.shape)
    for side, (hip, knee, ankle, _) in enumerate(LEGS):
        place = root + REST_OFFSETS[hip]
        bent = place + REST_OFFSETS[knee]
        turns = solve_leg(place, bent, bent + REST_OFFSETS[ankle], ankles[:, side], left)
        rotations[:, hip], rotations[:, knee] = turns.thigh, multiply(inverse(turns.thigh), turns.shin)
        rotations[:, ankle] = inverse(turns.shin)
    return MotionClip(root, rotations, np.zeros((len(root), 4)))


def walk(frames: int, stride: float = 0.6, start: int = 0) -> MotionClip:
    """A walk along +z: each foot stands for ten frames and swings for six; it begins at frame `start` of the walk."""
    time = np.arange(start, start + frames)
    ankles = np.broadcast_to(rest_ankles(), (frames, 2, 3)).copy()
    for side in (0, 1):
        cycle, phase = np.divmod(time + 8 * side + 2, 16)
        swing = np.clip((phase - 9) / 7, 0.0, 1.0)
        ankles[:, side, 2] += stride * (cycle + swing * swing * (3 - 2 * swing) - side / 2) - stride / 4
        ankles[:, side, 1] += 0.12 * np.sin(np.pi * swing) ** 2
    body = np.zeros((frames, 3))
    body[:, 2] = stride * (time - 1) / 16
    return stepping_clip(body, ankles)


def soles(clip: MotionClip) -> np.ndarray:
    """Ankles and toe joints [T, 2 feet, 2, 3] m."""
    joints = forward_kinematics(clip.root, clip.rotations)
    return np.stack([joints[:, [leg[2], leg[3]]] for leg in LEGS], axis=1)


def knee_bends(clip: MotionClip) -> np.ndarray:
    """Sines [T, 2] of how far the knees are bent; below 0 backwards."""
    joints = forward_kinematics(clip.root, clip.rotations)
    bends = []
    for hip, knee, ankle, _ in LEGS:
        thigh, shin = joints[:, knee] - joints[:, hip], joints[:, ankle] - joints[:, knee]
        across = np.cross(thigh, shin) / np.linalg.norm(thigh, axis=-1, keepdims=True) / np.linalg.norm(shin[0])
        aside = rotate(multiply(clip.rotations[:, 0], clip.rotations[:, hip]), np.array([1.0, 0.0, 0.0]))
        bends.append((across * aside).sum(-1))
    return np.stack(bends, axis=1)
