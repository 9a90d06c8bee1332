"""The Options panel: how results are written."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy


class MMM_PT_options(bpy.types.Panel):
    """Options of every job."""

    bl_idname = "MMM_PT_options"
    bl_label = "Options"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "MMM"
    bl_order = 6
    bl_options: ClassVar[set[Any]] = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """One value a row."""
        layout, options = self.layout, context.scene.mmm.options
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.row().prop(options, "root_mode", expand=True)
        column = layout.column()
        column.row().prop(options, "key_mode", expand=True)
        if options.key_mode == "REDUCED":
            column.prop(options, "key_error")
        column = layout.column(heading="Edits")
        column.prop(options, "keep_hand_keys")
        column.prop(options, "blend_frames")
