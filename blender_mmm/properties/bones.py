"""The bone for each joint as a field to search in: shows what was found, and keeps what is chosen."""

from __future__ import annotations

from collections.abc import Callable

import bpy
from bpy.props import BoolProperty, StringProperty

from ..engine_door import skeleton
from ..mapping import MappingError, choose_bone, find_mapping, label_of


def _getter(joint: skeleton.Joint) -> Callable[[bpy.types.PropertyGroup], str]:
    def get(settings: bpy.types.PropertyGroup) -> str:
        obj = settings.id_data
        if obj.type != "ARMATURE":
            return ""
        rows = find_mapping(obj).rows
        return (rows[joint].bone or "") if rows else ""

    return get


def _setter(joint: skeleton.Joint) -> Callable[[bpy.types.PropertyGroup, str], None]:
    def set_bone(settings: bpy.types.PropertyGroup, bone: str) -> None:
        """An emptied field means: no bone for this joint."""
        if settings.id_data.type != "ARMATURE":
            return
        try:
            choose_bone(settings.id_data, joint, bone or None)
        except MappingError as error:  # a setter has nobody to tell but the console
            print(f"MMM: {error}")

    return set_bone


class MMM_BoneFields(bpy.types.PropertyGroup):
    """One field a joint, named as the joint."""

    shows_reasons: BoolProperty(name="Show Reasons", description="Say under each bone why it was chosen", default=True)


for _joint, _name in zip(skeleton.Joint, skeleton.JOINT_NAMES, strict=True):
    MMM_BoneFields.__annotations__[_name] = StringProperty(
        name=label_of(_joint, with_side=True),
        description="The bone that moves as this part of the body. Empty it to leave the part out",
        get=_getter(_joint),
        set=_setter(_joint),
    )
