"""The sidebar panel: text, length, seed, Generate, and what is going on."""

from __future__ import annotations

import bpy

from ..jobs.job import Job, JobState
from ..properties import MMM_SceneSettings, read_scene_fps
from ..session import Level, Notice, find_session
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
    row = layout.row().split(factor=0.35)
    row.label(text="On")
    row.label(text=state.text, icon=state.icon, translate=False)
    if state.problem:
        draw_wrapped(layout, context, state.problem, alert=True)


def _draw_numbers(layout: bpy.types.UILayout, settings: MMM_SceneSettings) -> None:
    fps = read_scene_fps(settings.id_data)
    row = layout.row().split(factor=0.35)
    row.label(text="Length")
    row.prop(settings, "use_auto_length", text="Automatic", toggle=True)
    if not settings.use_auto_length:
        row = layout.row().split(factor=0.35)
        row.label(text=f"at {fps:g} fps")
        both = row.row(align=True)
        both.prop(settings, "frames", text="")
        both.prop(settings, "seconds", text="")
    row = layout.row().split(factor=0.35)
    row.label(text="Seed")
    both = row.row(align=True)
    both.prop(settings, "seed", text="")
    both.operator("mmm.randomize_seed", text="", icon="FILE_REFRESH")


def _draw_job(layout: bpy.types.UILayout, job: Job) -> None:
    row = layout.row(align=True)
    if job.state is JobState.RUNNING:
        text = job.message or f"{job.fraction:.0%}"
        row.progress(factor=job.fraction, text=text, type="BAR")
    else:
        row.label(text=job.message or f"Waiting: {job.request.text}", icon="TIME", translate=False)
    row.operator("mmm.cancel", text="", icon="X").job = job.id


def _draw_notice(layout: bpy.types.UILayout, context: bpy.types.Context, notice: Notice) -> None:
    is_error = notice.level is Level.ERROR
    row = layout.box().row()
    column = row.column()
    draw_wrapped(column, context, notice.message, "ERROR" if is_error else "CHECKMARK", alert=is_error)
    if notice.advice:
        draw_wrapped(column, context, notice.advice, "BLANK1")
    row.operator("mmm.dismiss_notice", text="", icon="X", emboss=False)
