"""Regenerate Body Part: another motion for a part of the body while the rest goes on."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from .. import edits
from ..engine_door import requests
from ..properties import remember_text
from .collecting import collect_choice
from .range_check import check_chosen
from .submitting import is_possible, submit_edit


class MMM_OT_regenerate_part(bpy.types.Operator):
    """Make a part of the body do something else in the chosen frames; legs, hips and the way stay as they are"""

    bl_idname = "mmm.regenerate_part"
    bl_label = "Regenerate Body Part"
    bl_options: ClassVar[set[str]] = {"REGISTER"}  # the undo step is made when the motion arrives

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible on an animated armature with frames chosen and a text."""
        return is_possible(cls, lambda: _check(context))

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Collect, submit, report."""
        outcome = submit_edit(self, context, _prepare)
        if outcome == {"FINISHED"}:
            remember_text(context.scene.mmm, context.scene.mmm.edits.part_text)
        return outcome


def _check(context: bpy.types.Context) -> None:
    check_chosen(context)
    requests.clean_text(context.scene.mmm.edits.part_text)


def _prepare(context: bpy.types.Context, armature: bpy.types.Object) -> edits.PreparedEdit:
    scene, settings = context.scene, context.scene.mmm
    return edits.prepare_part(
        armature,
        scene,
        collect_choice(context, armature).hull,
        settings.edits.part,
        settings.edits.part_text,
        seed=settings.seed,
        takes=settings.options.takes,
        blend_frames=settings.options.blend_frames,
    )
