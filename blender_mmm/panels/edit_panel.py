"""The Edit panel: which frames, then what to do with them. The same in the sidebars of the animation editors."""

from __future__ import annotations

from typing import Final

import bpy

from ..operators.range_check import ChosenFrames, find_chosen
from .status_panel import draw_status
from .wrapped_text import draw_wrapped

MOST_SHOWN: Final = 6  # ranges


class MMM_UL_ranges(bpy.types.UIList):
    """Marked ranges."""

    bl_idname = "MMM_UL_ranges"

    def draw_item(
        self,
        context: bpy.types.Context,
        layout: bpy.types.UILayout,
        data: object,
        item: bpy.types.PropertyGroup,
        icon: int,
        active_data: object,
        active_property: str,
        index: int = 0,
    ) -> None:
        """First and last frame, text."""
        row = layout.row(align=True).split(factor=0.45, align=True)
        frames = row.row(align=True)
        frames.prop(item, "first", text="")
        frames.prop(item, "last", text="")
        row.prop(item, "text", text="", placeholder="Text")


class _EditPanel:
    """What is the same wherever the panel is."""

    bl_label = "Edit"
    bl_region_type = "UI"
    bl_category = "MMM"
    bl_order = 3

    layout: bpy.types.UILayout

    def draw(self, context: bpy.types.Context) -> None:
        """Frames, then the three verbs."""
        settings = context.scene.mmm
        if context.space_data.type != "VIEW_3D":
            draw_status(self.layout, context)
        _draw_frames(self.layout, context)
        _draw_fill(self.layout, context)
        _draw_part(self.layout, settings)
        _draw_loop(self.layout, settings)


class MMM_PT_edit(_EditPanel, bpy.types.Panel):
    """In the 3D viewport."""

    bl_idname = "MMM_PT_edit"
    bl_space_type = "VIEW_3D"


class MMM_PT_edit_dopesheet(_EditPanel, bpy.types.Panel):
    """In the Dope Sheet and the Timeline, where keys are selected."""

    bl_idname = "MMM_PT_edit_dopesheet"
    bl_space_type = "DOPESHEET_EDITOR"


class MMM_PT_edit_graph(_EditPanel, bpy.types.Panel):
    """In the Graph Editor, where keys are selected, too."""

    bl_idname = "MMM_PT_edit_graph"
    bl_space_type = "GRAPH_EDITOR"


def _draw_frames(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    settings = context.scene.mmm.edits
    row = layout.row().split(factor=0.3)
    row.label(text="Frames")
    row.prop(settings, "source", text="")
    if settings.source == "MARKED":
        row = layout.row()
        row.template_list(MMM_UL_ranges.bl_idname, "", settings, "marked", settings, "marked_index", rows=2)
        column = row.column(align=True)
        column.operator("mmm.mark_ranges", text="", icon="ADD")
        column.operator("mmm.unmark_range", text="", icon="REMOVE")
    chosen = find_chosen(context)
    if chosen.problem:
        draw_wrapped(layout, context, chosen.problem, "INFO")
    elif settings.source != "MARKED":
        draw_wrapped(layout, context, _to_text(chosen), "CHECKMARK")


def _to_text(chosen: ChosenFrames) -> str:
    shown = ", ".join(map(str, chosen.ranges[:MOST_SHOWN]))
    more = len(chosen.ranges) - MOST_SHOWN
    return f"Frames {shown}" + (f" and {more} more" if more > 0 else "")


def _draw_fill(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    header, body = layout.panel("MMM_fill")
    header.label(text="Fill Gaps")
    if body is None:
        return
    settings = context.scene.mmm
    if settings.edits.source != "MARKED":
        _draw_text(body, settings, "fill_text", "Text (optional)")
    _draw_button(body, "mmm.fill", "Fill", "ARROW_LEFTRIGHT")
    problem = find_chosen(context).fill_problem
    if problem:
        draw_wrapped(body, context, problem, "INFO")


def _draw_part(layout: bpy.types.UILayout, settings: bpy.types.PropertyGroup) -> None:
    header, body = layout.panel("MMM_part")
    header.label(text="Body Part")
    if body is None:
        return
    row = body.row().split(factor=0.3)
    row.label(text="Part")
    row.prop(settings.edits, "part", text="")
    _draw_text(body, settings, "part_text", "Waves the right hand")
    _draw_button(body, "mmm.regenerate_part", "Regenerate", "MOD_ARMATURE")


def _draw_loop(layout: bpy.types.UILayout, settings: bpy.types.PropertyGroup) -> None:
    header, body = layout.panel("MMM_loop", default_closed=True)
    header.label(text="Loop")
    if body is None:
        return
    body.prop(settings.edits, "loop_in_place")
    _draw_button(body, "mmm.make_loop", "Make Loop", "FILE_REFRESH")


def _draw_text(layout: bpy.types.UILayout, settings: bpy.types.PropertyGroup, name: str, placeholder: str) -> None:
    layout.row(align=True).prop(settings.edits, name, text="", placeholder=placeholder)


def _draw_button(layout: bpy.types.UILayout, operator: str, text: str, icon: str) -> None:
    row = layout.row()
    row.scale_y = 1.3
    row.operator(operator, text=text, icon=icon)
