"""The Takes panel: every result of the armature, one click apart."""

from __future__ import annotations

from typing import Final

import bpy

from ..operators.collecting import find_armature
from ..session import find_take
from .wrapped_text import PANEL_MARGIN

#: One block of 0.2 s, from unsure to sure: a digit of the take's confidence picks one.
BARS: Final = "▁▁▂▃▄▄▅▆▇█"
BAR_WIDTH: Final = 10  # pixels at scale 1 of one bar


class MMM_UL_takes(bpy.types.UIList):
    """Takes of an armature."""

    bl_idname = "MMM_UL_takes"

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
        """Name, keep, drop."""
        row = layout.row(align=True)
        if item.action is None:
            row.label(text="(its action was deleted)", icon="ERROR")
        else:
            row.prop(item.action, "name", text="", emboss=False, icon="ACTION")
        row.prop(item, "keep", text="", icon="PINNED" if item.keep else "UNPINNED", emboss=False)
        row.operator("mmm.drop_take", text="", icon="X", emboss=False).index = index


class MMM_PT_takes(bpy.types.Panel):
    """Results to choose from."""

    bl_idname = "MMM_PT_takes"
    bl_label = "Takes"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "MMM"
    bl_order = 2

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Shown where there are takes."""
        armature = find_armature(context)
        return armature is not None and len(armature.mmm.takes) > 0

    def draw(self, context: bpy.types.Context) -> None:
        """List, the take that plays, verbs."""
        layout, armature = self.layout, find_armature(context)
        layout.template_list(MMM_UL_takes.bl_idname, "", armature.mmm, "takes", armature.mmm, "take_index", rows=3)
        take = find_take(armature)
        if take is not None:
            _draw_take(layout, context, take)
        row = layout.row(align=True)
        row.operator("mmm.vary", text="Vary", icon="FILE_REFRESH")
        row.operator("mmm.drop_other_takes", text="Drop Others", icon="TRASH")


def _draw_take(layout: bpy.types.UILayout, context: bpy.types.Context, take: bpy.types.PropertyGroup) -> None:
    column = layout.column(align=True)
    column.active = False
    frames = f"Frames {take.first_frame} to {take.last_frame}"
    column.label(text=f"{frames}, seed {take.seed}" if take.confidence else frames, translate=False)
    if take.confidence:
        scale = context.preferences.system.ui_scale or 1.0  # 0 without a window
        width = context.region.width / scale - PANEL_MARGIN
        column.label(text=to_bars(take.confidence, max(1, int(width / BAR_WIDTH))), translate=False)


def to_bars(confidence: str, most: int) -> str:
    """Confidence as a row of at most `most` bars; of a long motion the least sure block of each stretch is shown."""
    digits = [int(digit) for digit in confidence]
    stretch = -(-len(digits) // most)
    return "".join(BARS[min(digits[start : start + stretch])] for start in range(0, len(digits), stretch))
