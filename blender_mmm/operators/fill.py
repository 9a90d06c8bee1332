"""Fill Gaps: make the chosen frames anew between what is around them."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from .. import edits
from ..properties import remember_text
from .collecting import collect_choice
from .range_check import check_chosen
from .submitting import is_possible, submit_edit


class MMM_OT_fill(bpy.types.Operator):
    """Fill the gaps between the selected keys, or the chosen frames, with motion that meets both ends exactly. \
Everything else stays as it is"""

    bl_idname = "mmm.fill"
    bl_label = "Fill Gaps"
    bl_options: ClassVar[set[str]] = {"REGISTER"}  # the undo step is made when the motion arrives

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible on an animated armature with frames chosen."""
        return is_possible(cls, lambda: check_chosen(context, to_fill=True))

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Collect, submit, report."""
        outcome = submit_edit(self, context, _prepare)
        settings = context.scene.mmm
        if outcome == {"FINISHED"} and settings.edits.fill_text.strip():
            remember_text(settings, settings.edits.fill_text)
        return outcome


def _prepare(context: bpy.types.Context, armature: bpy.types.Object) -> edits.PreparedEdit:
    scene, settings = context.scene, context.scene.mmm
    choice, options = collect_choice(context, armature), settings.options
    return edits.prepare_fill(
        armature,
        scene,
        choice.ranges,
        choice.texts,
        seed=settings.seed,
        takes=options.takes,
        blend_frames=options.blend_frames,
    )
