"""The sidebar panel: text, length, seed, Generate, and what is going on."""

from __future__ import annotations

import bpy

from ..engine_door import requests
from ..jobs.job import Job, JobState
from ..properties import MMM_SceneSettings, collect_request
from ..session import Level, Notice, find_session
from .recent_texts import MMM_MT_recent_texts
from .target_check import find_target_state
from .wrapped_text import BOX_MARGIN, ICON_WIDTH, draw_wrapped


class MMM_PT_generate(bpy.types.Panel):
    """Text to motion."""

    bl_idname = "MMM_PT_generate"
    bl_label = "Text to Motion"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "MMM"

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
        session = find_session()
        if session is None:
            return
        for job in session.jobs:
            _draw_job(layout, job)
        if session.notice:
            _draw_notice(layout, context, session.notice)


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
    both.operator("mmm.randomize_seed", text="", icon="FILE_REFRESH")


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


def _draw_job(layout: bpy.types.UILayout, job: Job) -> None:
    row = layout.row(align=True)
    if job.state is JobState.RUNNING:
        row.progress(factor=job.fraction, text=job.message or f"{job.fraction:.0%}", type="BAR")
    else:
        row.label(text=job.message or f"Next: {job.request.text}", icon="TIME", translate=False)
    row.operator("mmm.cancel", text="", icon="X").job = job.id


def _draw_notice(layout: bpy.types.UILayout, context: bpy.types.Context, notice: Notice) -> None:
    is_error = notice.level is Level.ERROR
    row = layout.box().row()
    column = row.column()
    margin = BOX_MARGIN + ICON_WIDTH
    draw_wrapped(column, context, notice.message, "ERROR" if is_error else "CHECKMARK", is_error, margin)
    if notice.advice:
        draw_wrapped(column, context, notice.advice, "BLANK1", margin=margin)
    row.operator("mmm.dismiss_notice", text="", icon="X", emboss=False)
