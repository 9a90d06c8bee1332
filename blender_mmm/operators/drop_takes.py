"""Drop: take takes off the list, and their Actions out of the file."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy
from bpy.props import IntProperty

from ..session import drop_take, find_take
from .collecting import find_armature


class MMM_OT_drop_take(bpy.types.Operator):
    """Take this take off the list; its Action goes, too, unless it is used elsewhere"""

    bl_idname = "mmm.drop_take"
    bl_label = "Drop Take"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO", "INTERNAL"}

    index: IntProperty(name="Take", min=0, options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Drop it."""
        armature = find_armature(context)
        if armature is None or self.index >= len(armature.mmm.takes):
            return {"CANCELLED"}
        drop_take(armature, self.index)
        return {"FINISHED"}


class MMM_OT_drop_other_takes(bpy.types.Operator):
    """Drop every take that neither plays nor is kept"""

    bl_idname = "mmm.drop_other_takes"
    bl_label = "Drop Other Takes"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO", "INTERNAL"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible when there are some."""
        armature = find_armature(context)
        if armature is not None and _find_others(armature):
            return True
        cls.poll_message_set("Every take plays or is kept")
        return False

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Drop them, the last first."""
        armature = find_armature(context)
        for index in reversed(_find_others(armature)):
            drop_take(armature, index)
        return {"FINISHED"}


def _find_others(armature: bpy.types.Object) -> list[int]:
    playing = find_take(armature)
    return [index for index, take in enumerate(armature.mmm.takes) if not take.keep and take != playing]
