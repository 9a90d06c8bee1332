"""The Rigify human meta-rig (and its basic form without face and fingers)."""

from __future__ import annotations

from typing import Final

from ...engine_door import skeleton

Joint = skeleton.Joint

NAME: Final = "Rigify human meta-rig"
MAPPING: Final = {
    "spine": Joint.PELVIS,
    "spine.001": Joint.SPINE1,
    "spine.002": Joint.SPINE2,
    "spine.003": Joint.SPINE3,
    "spine.004": Joint.NECK,
    "spine.006": Joint.HEAD,
    "thigh.L": Joint.LEFT_HIP,
    "thigh.R": Joint.RIGHT_HIP,
    "shin.L": Joint.LEFT_KNEE,
    "shin.R": Joint.RIGHT_KNEE,
    "foot.L": Joint.LEFT_ANKLE,
    "foot.R": Joint.RIGHT_ANKLE,
    "toe.L": Joint.LEFT_FOOT,
    "toe.R": Joint.RIGHT_FOOT,
    "shoulder.L": Joint.LEFT_COLLAR,
    "shoulder.R": Joint.RIGHT_COLLAR,
    "upper_arm.L": Joint.LEFT_SHOULDER,
    "upper_arm.R": Joint.RIGHT_SHOULDER,
    "forearm.L": Joint.LEFT_ELBOW,
    "forearm.R": Joint.RIGHT_ELBOW,
    "hand.L": Joint.LEFT_WRIST,
    "hand.R": Joint.RIGHT_WRIST,
}
