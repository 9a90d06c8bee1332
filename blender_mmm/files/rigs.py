"""The armature a command animates: our own, a named kind, or one in a Blender file."""

from __future__ import annotations

import bpy

from . import blend_file
from .errors import FileError
from .exporting import enable_add_on
from .mixamo_rig import create_mixamo_rig
from .quiet import quiet_output
from .rig_names import MIXAMO, RIGIFY, RigFile, to_rig_file


def open_rig(text: str) -> bpy.types.Object:
    """The armature `text` names, in the open scene; a file replaces what was open."""
    if text == RIGIFY:
        return _create_rigify()
    if text == MIXAMO:
        return create_mixamo_rig(bpy.context)
    rig = to_rig_file(text)
    blend_file.read(rig.path)
    return find_armature(rig)


def close_rigs() -> None:
    """Switch off what building a rig switched on: a class left registered can hang Blender's end."""
    if RIGIFY in bpy.context.preferences.addons:
        with quiet_output():
            bpy.ops.preferences.addon_disable(module=RIGIFY)


def _create_rigify() -> bpy.types.Object:
    with quiet_output():
        enable_add_on(RIGIFY)
        bpy.ops.object.armature_human_metarig_add()
    return bpy.context.object


def find_armature(rig: RigFile) -> bpy.types.Object:
    """The armature of the open scene that `rig` means; raises FileError if there is none or several."""
    armatures = [obj for obj in bpy.context.scene.objects if obj.type == "ARMATURE"]
    if rig.object_name is not None:
        return _named(rig, armatures)
    active = bpy.context.view_layer.objects.active
    if active is not None and active.type != "ARMATURE":
        active = active.find_armature()
    if active in armatures:
        return active
    if len(armatures) == 1:
        return armatures[0]
    if not armatures:
        raise FileError(f"The scene of {rig.path} holds no armature. Name a file with a rig.")
    raise FileError(
        f"{rig.path} holds several armatures: {_listed(armatures)}. Say which, as in {rig.path}:{armatures[0].name}"
    )


def _named(rig: RigFile, armatures: list[bpy.types.Object]) -> bpy.types.Object:
    for obj in armatures:
        if obj.name == rig.object_name:
            return obj
    there = f"Its armatures are: {_listed(armatures)}." if armatures else "Its scene holds no armature."
    other = bpy.context.scene.objects.get(rig.object_name)
    what = f"“{rig.object_name}” is no armature in" if other else f"There is no object “{rig.object_name}” in"
    raise FileError(f"{what} {rig.path}. {there}")


def _listed(armatures: list[bpy.types.Object]) -> str:
    return ", ".join(f"“{obj.name}”" for obj in armatures)
