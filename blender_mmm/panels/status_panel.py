"""What is going on: motions in the making and the last message; nothing is drawn when there is nothing to say."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from ..jobs.job import Job, JobState
from ..session import Level, Notice, find_session
from .wrapped_text import BOX_MARGIN, ICON_WIDTH, draw_wrapped


class MMM_PT_status(bpy.types.Panel):
    """Progress, and the last message."""

    bl_idname = "MMM_PT_status"
    bl_label = "Status"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "MMM"
    bl_order = 0
    bl_options: ClassVar[set[Any]] = {"HIDE_HEADER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Shown while there is something to say."""
        return has_status()

    def draw(self, context: bpy.types.Context) -> None:
        """Jobs, then the message."""
        draw_status(self.layout, context)


def has_status() -> bool:
    """Whether a job is on or a message has not been dismissed."""
    session = find_session()
    return session is not None and bool(session.jobs or session.notice)


def draw_status(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """Every job with its bar, and the message."""
    session = find_session()
    if session is None:
        return
    for job in session.jobs:
        _draw_job(layout, job)
    if session.notice:
        _draw_notice(layout, context, session.notice)


def _draw_job(layout: bpy.types.UILayout, job: Job) -> None:
    row = layout.row(align=True)
    if job.state is JobState.RUNNING:
        row.progress(factor=job.fraction, text=job.message or f"{job.fraction:.0%}", type="BAR")
    else:
        row.label(text=job.message or f"Next: {job.title}", icon="TIME", translate=False)
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
