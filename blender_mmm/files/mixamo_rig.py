"""An armature with Mixamo's bone names in its T-pose, in our own proportions."""

from __future__ import annotations

from typing import Final

import bpy

from ..engine_door import skeleton
from ..retarget.axes import CLIP_TO_BLENDER
from ..retarget.presets import get_preset
from ..scene.body_shape import REST_POSITIONS, bone_end

Joint = skeleton.Joint

RIG_NAME: Final = "Mixamo Rig"
PREFIX: Final = "mixamorig:"
_PRESET: Final = get_preset("Mixamo")
_NAMES: Final = {joint: PREFIX + _PRESET.bone_of(joint) for joint in Joint}


def create_mixamo_rig(context: bpy.types.Context) -> bpy.types.Object:
    """The armature at the origin, soles on the floor, facing -y; made active and selected. Needs Object Mode."""
    data = bpy.data.armatures.new(RIG_NAME)
    rig = bpy.data.objects.new(RIG_NAME, data)
    context.scene.collection.objects.link(rig)
    for other in context.view_layer.objects:
        other.select_set(False)
    context.view_layer.objects.active = rig
    rig.select_set(True)
    bpy.ops.object.mode_set(mode="EDIT")
    try:
        for joint in Joint:
            _add_bone(data.edit_bones, joint)
    finally:
        bpy.ops.object.mode_set(mode="OBJECT")
    return rig


def _add_bone(bones: bpy.types.ArmatureEditBones, joint: Joint) -> None:
    """One bone; parents come before children."""
    bone = bones.new(_NAMES[joint])
    bone.head = CLIP_TO_BLENDER @ REST_POSITIONS[joint]
    bone.tail = CLIP_TO_BLENDER @ bone_end(joint)
    parent = skeleton.PARENTS[joint]
    if parent >= 0:
        bone.parent = bones[_NAMES[Joint(parent)]]
