"""The one skeleton every motion of this project is expressed on."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np

MODEL_FPS: Final = 20
FRAMES_PER_TOKEN: Final = 4
MAX_TOKENS: Final = 49
MAX_FRAMES: Final = MAX_TOKENS * FRAMES_PER_TOKEN


class Joint(IntEnum):
    """The 22 joints in SMPL order; the value is the index into every joint array."""

    PELVIS = 0
    LEFT_HIP = 1
    RIGHT_HIP = 2
    SPINE1 = 3
    LEFT_KNEE = 4
    RIGHT_KNEE = 5
    SPINE2 = 6
    LEFT_ANKLE = 7
    RIGHT_ANKLE = 8
    SPINE3 = 9
    LEFT_FOOT = 10
    RIGHT_FOOT = 11
    NECK = 12
    LEFT_COLLAR = 13
    RIGHT_COLLAR = 14
    HEAD = 15
    LEFT_SHOULDER = 16
    RIGHT_SHOULDER = 17
    LEFT_ELBOW = 18
    RIGHT_ELBOW = 19
    LEFT_WRIST = 20
    RIGHT_WRIST = 21


JOINT_COUNT: Final = len(Joint)
JOINT_NAMES: Final = tuple(joint.name.lower() for joint in Joint)

#: Parent index of each joint; the pelvis has none (-1). Parents come before their children.
PARENTS: Final = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19)

#: Index of each joint's twin on the other side; joints of the midline are their own.
TWIN: Final = (0, 2, 1, 3, 5, 4, 6, 8, 7, 9, 11, 10, 12, 14, 13, 15, 17, 16, 19, 18, 21, 20)

#: Joints whose speed decides foot contact, in the order of the contact channels.
CONTACT_JOINTS: Final = (Joint.LEFT_ANKLE, Joint.LEFT_FOOT, Joint.RIGHT_ANKLE, Joint.RIGHT_FOOT)

#: Offset of each joint from its parent in the T-pose, metres: [22, 3], y up, facing +z, +x = left.
#: Read-only. In the rest pose every rotation is the identity.
REST_OFFSETS: Final = np.array(
    [
        [0.0, 0.0, 0.0],
        [0.0575, -0.0835, -0.018],
        [-0.0575, -0.0835, -0.018],
        [0.0, 0.12575, -0.03882],
        [0.0, -0.3936, 0.0],
        [0.0, -0.3936, 0.0],
        [0.0, 0.14057, 0.0273],
        [0.0, -0.4324, 0.0],
        [0.0, -0.4324, 0.0],
        [0.0, 0.05732, 0.00297],
        [0.03801, -0.06202, 0.12705],
        [-0.03801, -0.06202, 0.12705],
        [0.0, 0.2167, -0.03431],
        [0.07802, 0.11525, -0.01928],
        [-0.07802, 0.11525, -0.01928],
        [0.0, 0.0896, 0.0508],
        [0.11778, 0.04541, -0.01647],
        [-0.11778, 0.04541, -0.01647],
        [0.2823, 0.0, 0.0],
        [-0.2823, 0.0, 0.0],
        [0.2368, 0.0, 0.0],
        [-0.2368, 0.0, 0.0],
    ]
)
REST_OFFSETS.flags.writeable = False

#: Height of the pelvis joint in the rest pose with the soles on the floor, metres.
REST_PELVIS_HEIGHT: Final = 0.97152

#: Hip to ankle along the rest pose, metres: what other rigs are scaled by.
LEG_LENGTH: Final = float(
    np.linalg.norm(REST_OFFSETS[Joint.LEFT_KNEE]) + np.linalg.norm(REST_OFFSETS[Joint.LEFT_ANKLE])
)
