"""The pose of an armature that has no animation yet: what a motion goes on from, and the key that keeps it."""

from __future__ import annotations

from typing import Final

import bpy
import numpy as np

from .. import apply
from ..engine_door import clip as clips
from ..engine_door import skeleton
from ..retarget.from_rig import from_rig
from ..scene.rig_reader import RigReadError, read_pose, read_rest
from .errors import EditError

#: How a bone's rotation is keyed, by its rotation mode; Euler orders all alike.
_ROTATION: Final = {"QUATERNION": "rotation_quaternion", "AXIS_ANGLE": "rotation_axis_angle"}


def is_unanimated(obj: bpy.types.Object) -> bool:
    """Whether nothing animates the armature: no action, no strips."""
    data = obj.animation_data
    return data is None or (data.action is None and not any(len(track.strips) for track in data.nla_tracks))


def read_standing_pose(obj: bpy.types.Object) -> clips.MotionClip:
    """The pose as a clip of one model frame; raises TargetError or EditError."""
    apply.check_object(obj)
    rest = read_rest(obj)
    try:
        posed = read_pose(obj, rest).posed[None]
    except RigReadError as error:
        raise EditError(str(error)) from error
    clip = from_rig(posed, rest, apply.find_map(rest), float(skeleton.MODEL_FPS))
    # A figure that nothing moves stands on both feet, whichever of them touch the floor.
    return clips.MotionClip(clip.root, clip.rotations, np.ones_like(clip.contacts), clip.fps)


def key_standing_pose(obj: bpy.types.Object, frame: int) -> bpy.types.Action:
    """A new action that holds the pose of the bones we move, at `frame`, as it is; the armature plays it."""
    rest = read_rest(obj)
    for index in apply.find_map(rest).carrying(rest):
        bone = obj.pose.bones[rest.bones[index]]
        bone.keyframe_insert(_ROTATION.get(bone.rotation_mode, "rotation_euler"), frame=frame)
        bone.keyframe_insert("location", frame=frame)
    return obj.animation_data.action
