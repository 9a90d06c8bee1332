"""Map Bones: take the bone selected in the viewport for a joint, or let it be found again."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy
from bpy.props import EnumProperty, StringProperty

from ..engine_door import skeleton
from ..mapping import (
    MappingError,
    choose_bone,
    find_mapping,
    forget_choice,
    label_of,
    load_preset,
    preset_names,
    save_preset,
)
from .collecting import find_armature

#: Blender keeps no reference to what a callback returns; without ours the texts turn to rubbish.
_preset_items: list[tuple[str, str, str]] = []


def _joint_of(name: str) -> skeleton.Joint | None:
    return skeleton.Joint[name.upper()] if name in skeleton.JOINT_NAMES else None


class MMM_OT_pick_bone(bpy.types.Operator):
    """Take the bone that is active in the viewport (in Pose or Edit Mode) for this part of the body"""

    bl_idname = "mmm.pick_bone"
    bl_label = "Use Active Bone"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO", "INTERNAL"}

    joint: StringProperty(name="Joint", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible when a bone is active."""
        armature = find_armature(context)
        if armature is not None and _active_bone(armature):
            return True
        cls.poll_message_set("Click a bone of the armature in Pose Mode first")
        return False

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Choose it."""
        armature, joint = find_armature(context), _joint_of(self.joint)
        bone = _active_bone(armature) if armature else None
        if armature is None or joint is None or bone is None:
            return {"CANCELLED"}
        try:
            choose_bone(armature, joint, bone)
        except MappingError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, f"{label_of(joint, with_side=True)}: {bone}")
        return {"FINISHED"}


class MMM_OT_find_bones(bpy.types.Operator):
    """Forget what was chosen by hand and let the bone be found again"""

    bl_idname = "mmm.find_bones"
    bl_label = "Find Again"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO", "INTERNAL"}

    joint: StringProperty(name="Joint", description="Empty: all of them", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Forget it."""
        armature = find_armature(context)
        if armature is None:
            return {"CANCELLED"}
        forget_choice(armature, _joint_of(self.joint))
        return {"FINISHED"}


class MMM_OT_save_bone_preset(bpy.types.Operator):
    """Keep these bones under a name. Rigs with the same bone names are recognised by it from then on"""

    bl_idname = "mmm.save_bone_preset"
    bl_label = "Save Bone Preset"
    bl_options: ClassVar[set[str]] = {"REGISTER", "INTERNAL"}

    name: StringProperty(name="Name", description="What rigs of this kind are called")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible when the armature is fully mapped."""
        armature = find_armature(context)
        if armature is not None and not find_mapping(armature).problem:
            return True
        cls.poll_message_set("Choose the missing bones first")
        return False

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[Any]:
        """Ask for the name."""
        armature = find_armature(context)
        if armature is not None and not self.name:
            self.name = armature.name
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Write it."""
        armature = find_armature(context)
        if armature is None:
            return {"CANCELLED"}
        try:
            save_preset(armature, self.name)
        except MappingError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, f"Bone preset “{self.name.strip()}” is kept")
        return {"FINISHED"}


def _list_presets(operator: bpy.types.Operator, context: bpy.types.Context | None) -> list[tuple[str, str, str]]:
    _preset_items[:] = [(name, name, "") for name in preset_names()]
    return _preset_items


class MMM_OT_load_bone_preset(bpy.types.Operator):
    """Choose the bones of a kept preset on this armature"""

    bl_idname = "mmm.load_bone_preset"
    bl_label = "Load Bone Preset"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO", "INTERNAL"}
    bl_property = "preset"

    preset: EnumProperty(name="Preset", items=_list_presets)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible when there is an armature and a preset."""
        if find_armature(context) is None:
            return False
        if preset_names():
            return True
        cls.poll_message_set("No bone preset has been saved yet")
        return False

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Choose them."""
        armature = find_armature(context)
        if armature is None:
            return {"CANCELLED"}
        try:
            count = load_preset(armature, self.preset)
        except MappingError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, f"{count} bones of “{self.preset}” are chosen")
        return {"FINISHED"}


def _active_bone(armature: bpy.types.Object) -> str | None:
    bones = armature.data.edit_bones if armature.mode == "EDIT" else armature.data.bones
    return bones.active.name if bones.active else None
