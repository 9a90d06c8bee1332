"""Mixamo characters, with or without the namespace their files carry."""

from __future__ import annotations

from typing import Final

from ...engine_door import skeleton

Joint = skeleton.Joint

NAME: Final = "Mixamo"
#: "mixamorig:", "mixamorig1:", "Guard:mixamorig:", "mixamorig_" and "mixamorig" all occur.
PREFIX: Final = r"(?:.*[:|])?(?:mixamorig\d*[:_]?)?"
MAPPING: Final = {
    "Hips": Joint.PELVIS,
    "Spine": Joint.SPINE1,
    "Spine1": Joint.SPINE2,
    "Spine2": Joint.SPINE3,
    "Neck": Joint.NECK,
    "Head": Joint.HEAD,
    "LeftUpLeg": Joint.LEFT_HIP,
    "RightUpLeg": Joint.RIGHT_HIP,
    "LeftLeg": Joint.LEFT_KNEE,
    "RightLeg": Joint.RIGHT_KNEE,
    "LeftFoot": Joint.LEFT_ANKLE,
    "RightFoot": Joint.RIGHT_ANKLE,
    "LeftToeBase": Joint.LEFT_FOOT,
    "RightToeBase": Joint.RIGHT_FOOT,
    "LeftShoulder": Joint.LEFT_COLLAR,
    "RightShoulder": Joint.RIGHT_COLLAR,
    "LeftArm": Joint.LEFT_SHOULDER,
    "RightArm": Joint.RIGHT_SHOULDER,
    "LeftForeArm": Joint.LEFT_ELBOW,
    "RightForeArm": Joint.RIGHT_ELBOW,
    "LeftHand": Joint.LEFT_WRIST,
    "RightHand": Joint.RIGHT_WRIST,
}
