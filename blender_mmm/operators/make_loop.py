"""Make Loop: have a range of frames repeat without a seam."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from .. import edits
from .collecting import collect_choice
from .range_check import check_chosen
from .submitting import is_possible, submit_edit


class MMM_OT_make_loop(bpy.types.Operator):
    """Make the chosen frames a cycle: the end goes over into the start, and the curves repeat"""

    bl_idname = "mmm.make_loop"
    bl_label = "Make Loop"
    bl_options: ClassVar[set[str]] = {"REGISTER"}  # the undo step is made when the motion arrives

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible on an animated armature with frames chosen."""
        return is_possible(cls, lambda: check_chosen(context))

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Collect, submit, report."""
        return submit_edit(self, context, _prepare)


def _prepare(context: bpy.types.Context, armature: bpy.types.Object) -> edits.PreparedEdit:
    settings = context.scene.mmm
    return edits.prepare_loop(
        armature,
        context.scene,
        collect_choice(context, armature).hull,
        settings.edits.loop_in_place,
        seed=settings.seed,
        takes=settings.options.takes,
    )
