"""The menu of recent texts."""

from __future__ import annotations

import bpy


class MMM_MT_recent_texts(bpy.types.Menu):
    """Texts that motions were generated from before"""

    bl_idname = "MMM_MT_recent_texts"
    bl_label = "Recent Texts"

    def draw(self, context: bpy.types.Context) -> None:
        """One entry a text."""
        for entry in context.scene.mmm.recent:
            self.layout.operator("mmm.use_text", text=entry.text, translate=False).text = entry.text
