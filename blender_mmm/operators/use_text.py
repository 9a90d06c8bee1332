"""Use Text: put a recent text back into the text box."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy
from bpy.props import StringProperty


class MMM_OT_use_text(bpy.types.Operator):
    """Put this text into the text box"""

    bl_idname = "mmm.use_text"
    bl_label = "Use Text"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO", "INTERNAL"}

    text: StringProperty(name="Text", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Take over the text."""
        context.scene.mmm.text = self.text
        return {"FINISHED"}
