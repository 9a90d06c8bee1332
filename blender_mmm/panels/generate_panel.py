"""The first panel of the sidebar: text, length, seed, takes, Generate."""

from __future__ import annotations

import bpy

from ..engine_door import requests
from ..properties import MMM_SceneSettings, collect_request
from .recent_texts import MMM_MT_recent_texts
from .target_check import find_target_state
from .wrapped_text import draw_wrapped


class MMM_PT_generate(bpy.types.Panel):
    """Text to motion."""

    bl_idname = "MMM_PT_generate"
    bl_label = "Text to Motion"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "MMM"
    bl_order = 1

    def draw(self, context: bpy.types.Context) -> None:
        """From top to bottom in the order of use."""
        layout = self.layout
        settings = context.scene.mmm
        _draw_text(layout, settings)
        _draw_target(layout, context)
        _draw_numbers(layout, settings)
        row = layout.row()
        row.scale_y = 1.6
        row.operator("mmm.generate", text="Generate", icon="PLAY")
        _draw_hint(layout, context)


def _draw_text(layout: bpy.types.UILayout, settings: MMM_SceneSettings) -> None:
    row = layout.row(align=True)
    row.scale_y = 1.3
    row.prop(settings, "text", text="", placeholder="A person walks forward")
    if settings.recent:
        row.menu(MMM_MT_recent_texts.bl_idname, text="", icon="DOWNARROW_HLT")


def _draw_target(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    state = find_target_state(context)
    row = layout.row(align=True)
    row.label(text=state.text, icon=state.icon, translate=False)
    if state.family:
        detail = row.row()
        detail.alignment = "RIGHT"
        detail.active = False
        detail.label(text=state.family, translate=False)
    if state.problem:
        draw_wrapped(layout, context, state.problem, alert=True)


def _draw_numbers(layout: bpy.types.UILayout, settings: MMM_SceneSettings) -> None:
    _labelled(layout, "Length").prop(settings, "use_auto_length", text="Automatic", toggle=True)
    if not settings.use_auto_length:
        both = _labelled(layout, "Frames")
        both.prop(settings, "frames", text="")
        both.prop(settings, "seconds", text="")
    both = _labelled(layout, "Seed")
    both.prop(settings, "seed", text="")
    locked = settings.options.seed_locked
    both.prop(settings.options, "seed_locked", text="", icon="LOCKED" if locked else "UNLOCKED")
    both.operator("mmm.randomize_seed", text="", icon="FILE_REFRESH")
    _labelled(layout, "Takes").prop(settings.options, "takes", text="")
    _labelled(layout, "Start").prop(settings, "from_current_pose", toggle=True)


def _labelled(layout: bpy.types.UILayout, label: str) -> bpy.types.UILayout:
    """A row for values behind a label, all starting at the same place."""
    row = layout.row().split(factor=0.3)
    row.label(text=label)
    return row.row(align=True)


def _draw_hint(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """Why Generate is greyed out, unless it is plain to see."""
    if not context.scene.mmm.text.strip():
        return
    try:
        collect_request(context.scene)
    except requests.RequestError as error:
        draw_wrapped(layout, context, str(error), "INFO")
