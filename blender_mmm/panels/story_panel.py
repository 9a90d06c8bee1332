"""The Story panel: a list of segments, and what is made of it."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy


class MMM_UL_story(bpy.types.UIList):
    """Segments of a story."""

    bl_idname = "MMM_UL_story"

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
        """Text, length."""
        row = layout.row(align=True)
        row.prop(item, "text", text="", emboss=False, placeholder="What happens")
        length = row.row(align=True)
        length.alignment = "RIGHT"
        length.active = False
        length.label(text="auto" if item.use_auto_length else f"{item.seconds:.1f} s", translate=False)


class MMM_PT_story(bpy.types.Panel):
    """One thing after the other."""

    bl_idname = "MMM_PT_story"
    bl_label = "Story"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "MMM"
    bl_order = 4
    bl_options: ClassVar[set[Any]] = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """List, the chosen segment, Generate."""
        layout, story = self.layout, context.scene.mmm.story
        _draw_list(layout, story)
        if 0 <= story.index < len(story.lines):
            _draw_line(layout, story)
        row = layout.row(align=True)
        row.prop(story, "add_markers", toggle=True)
        row.prop(story, "add_strips", toggle=True)
        row = layout.row()
        row.scale_y = 1.6
        row.operator("mmm.generate_story", text="Generate Story", icon="PLAY")


def _draw_list(layout: bpy.types.UILayout, story: bpy.types.PropertyGroup) -> None:
    row = layout.row()
    row.template_list(MMM_UL_story.bl_idname, "", story, "lines", story, "index", rows=5)
    column = row.column(align=True)
    column.operator("mmm.add_story_line", text="", icon="ADD")
    column.operator("mmm.remove_story_line", text="", icon="REMOVE")
    column.separator()
    column.operator("mmm.move_story_line", text="", icon="TRIA_UP").direction = "UP"
    column.operator("mmm.move_story_line", text="", icon="TRIA_DOWN").direction = "DOWN"
    column.separator()
    column.operator("mmm.paste_story", text="", icon="PASTEDOWN")


def _draw_line(layout: bpy.types.UILayout, story: bpy.types.PropertyGroup) -> None:
    line = story.lines[story.index]
    row = layout.row().split(factor=0.3)
    row.label(text="Length")
    both = row.row(align=True)
    both.prop(line, "use_auto_length", text="Automatic", toggle=True)
    if not line.use_auto_length:
        both.prop(line, "seconds", text="")
    row = layout.row(align=True)
    _draw_reroll(row, "SEGMENT", story.index, "Re-roll Segment")
    if story.index < len(story.lines) - 1:
        _draw_reroll(row, "TRANSITION", story.index, "Transition")


def _draw_reroll(layout: bpy.types.UILayout, piece: str, index: int, text: str) -> None:
    button = layout.operator("mmm.reroll_story", text=text, icon="FILE_REFRESH")
    button.piece, button.index = piece, index
