"""The Bones panel: which bone moves as which part of the body, why, and a field to change it."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import bpy

from ..engine_door import skeleton
from ..mapping import GROUPS, RigMapping, Row, Source, find_mapping, preset_problems
from ..operators.collecting import find_armature
from .wrapped_text import BOX_MARGIN, ICON_WIDTH, draw_wrapped

ICONS: Final = {
    Source.NAME: "CHECKMARK",
    Source.SHAPE: "ARMATURE_DATA",
    Source.HAND: "GREASEPENCIL",
    Source.NONE: "REMOVE",
    Source.LACKING: "ERROR",
}


class MMM_PT_bones(bpy.types.Panel):
    """The active armature's bones."""

    bl_idname = "MMM_PT_bones"
    bl_label = "Bones"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "MMM"
    bl_order = 6
    bl_options: ClassVar[set[Any]] = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Shown for an armature."""
        return find_armature(context) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """What it was recognised as, then part by part."""
        layout, armature = self.layout, find_armature(context)
        mapping = find_mapping(armature)
        _draw_head(layout, context, mapping)
        if not mapping.rows:
            return
        fields = armature.mmm.bones
        for title, joints in GROUPS:
            column = layout.column(align=True)
            column.label(text=title)
            for joint in joints:
                _draw_row(column, context, armature, mapping.rows[joint])
        row = layout.row()
        row.prop(fields, "shows_reasons")
        again = row.row()
        again.enabled = mapping.is_changed
        again.operator("mmm.find_bones", text="Find All Again", icon="LOOP_BACK")
        row = layout.row(align=True)
        row.operator("mmm.save_bone_preset", text="Save Preset", icon="FILE_TICK")
        row.operator_menu_enum("mmm.load_bone_preset", "preset", text="Load Preset", icon="PRESET")
        for problem in preset_problems():
            draw_wrapped(layout, context, problem, "ERROR", alert=True)


def _draw_head(layout: bpy.types.UILayout, context: bpy.types.Context, mapping: RigMapping) -> None:
    if mapping.family:
        layout.label(text=mapping.family, icon="OUTLINER_OB_ARMATURE", translate=False)
    if mapping.problem:
        draw_wrapped(layout, context, mapping.problem, "ERROR", alert=True)
    elif mapping.note:
        draw_wrapped(layout, context, mapping.note, "INFO")


def _draw_row(layout: bpy.types.UILayout, context: bpy.types.Context, armature: bpy.types.Object, row: Row) -> None:
    name = skeleton.JOINT_NAMES[row.joint]
    split = layout.row(align=True).split(factor=0.42, align=True)
    split.alert = row.source is Source.LACKING
    split.label(text=row.label, icon=ICONS[row.source])
    fields = split.row(align=True)
    fields.prop_search(armature.mmm.bones, name, armature.data, "bones", text="", icon="BONE_DATA")
    fields.operator("mmm.pick_bone", text="", icon="EYEDROPPER").joint = name
    if row.source is Source.HAND:
        fields.operator("mmm.find_bones", text="", icon="LOOP_BACK").joint = name
    if armature.mmm.bones.shows_reasons:
        reason = layout.row()
        reason.active = False
        draw_wrapped(reason, context, row.why, "BLANK1", margin=BOX_MARGIN + ICON_WIDTH)
