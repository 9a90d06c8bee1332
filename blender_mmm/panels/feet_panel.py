"""The Feet panel: clean up feet, follow a path."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy


class MMM_PT_feet(bpy.types.Panel):
    """Feet on the ground and the way over it."""

    bl_idname = "MMM_PT_feet"
    bl_label = "Feet and Path"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "MMM"
    bl_order = 5
    bl_options: ClassVar[set[Any]] = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Feet first, then the way."""
        layout, settings = self.layout, context.scene.mmm.feet
        layout.use_property_split = True
        layout.use_property_decorate = False
        _draw_feet(layout, settings)
        layout.separator()
        _draw_path(layout, settings)


def _draw_feet(layout: bpy.types.UILayout, settings: bpy.types.PropertyGroup) -> None:
    column = layout.column()
    column.prop(settings, "strength", slider=True)
    column.prop(settings, "span")
    row = column.row(heading="Ground")
    row.prop(settings, "use_ground", text="")
    value = row.row()
    value.active = settings.use_ground
    value.prop(settings, "ground", text="")
    column.prop(settings, "blend")
    column.prop(settings, "lowers_body")
    layout.operator("mmm.clean_up_feet", icon="CON_FLOOR")


def _draw_path(layout: bpy.types.UILayout, settings: bpy.types.PropertyGroup) -> None:
    column = layout.column()
    column.prop(settings, "way")
    if settings.way == "CURVE":
        column.prop(settings, "curve")
        column.prop(settings, "speed")
    layout.operator("mmm.follow_path", icon="CURVE_PATH")
