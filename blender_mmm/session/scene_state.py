"""What the scene is up to: whether it can take keys now, and what it holds."""

from __future__ import annotations

from typing import Final

import bpy

#: Operators that own the pose while they run: keys written under them would be overwritten or lost to undo.
_OWNING_OPERATORS: Final = ("TRANSFORM_OT_", "POSE_OT_", "ARMATURE_OT_")


def why_busy(needs_object_mode: bool) -> str:
    """Why the scene cannot take keys right now, or an empty text."""
    mode = bpy.context.mode
    if mode not in ("OBJECT", "POSE"):
        return "Waiting for you to leave the current mode (Tab)"
    if needs_object_mode and mode != "OBJECT":
        return "Waiting for Object Mode to add the character"
    for window in bpy.context.window_manager.windows:
        if any(op.bl_idname.startswith(_OWNING_OPERATORS) for op in window.modal_operators):
            return "Waiting for the running tool to end"
    return ""


def list_blocks() -> set[bpy.types.ID]:
    """Every data-block that making a character can add."""
    data = bpy.data
    kinds = (data.objects, data.armatures, data.meshes, data.materials, data.actions, data.collections)
    return {block for kind in kinds for block in kind}
