"""Clean Up Feet: hold the standing feet of what is animated already."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from .. import edits
from ..edits.clean_feet import CleanFeetOptions, clean_feet
from .collecting import get_armature
from .submitting import is_possible, reported


class MMM_OT_clean_up_feet(bpy.types.Operator):
    """Keep standing feet from sliding and from sinking into the ground, on any action. The action itself is kept; \
a copy takes the new keys"""

    bl_idname = "mmm.clean_up_feet"
    bl_label = "Clean Up Feet"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible on an armature; says what is missing."""
        return is_possible(cls, lambda: get_armature(context))

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Collect, clean up, report."""

        def clean() -> None:
            target = find_preview(context) if context.scene.mmm.feet.span == "PREVIEW" else None
            done = clean_feet(get_armature(context), context.scene, target, collect_feet(context.scene))
            self.report(
                {"INFO"}, " ".join((f"Feet held in frames {done.first_frame} to {done.last_frame}.", *done.notes))
            )

        return reported(self, clean)


def collect_feet(scene: bpy.types.Scene) -> CleanFeetOptions:
    """How feet are held."""
    settings = scene.mmm.feet
    return CleanFeetOptions(
        settings.strength, settings.ground if settings.use_ground else None, settings.blend, settings.lowers_body
    )


def find_preview(context: bpy.types.Context) -> edits.FrameRange:
    """The frames of the preview range; raises EditError while it is off."""
    scene = context.scene
    if not scene.use_preview_range:
        raise edits.EditError("The preview range is off. Set it in the Timeline (P), or choose the whole action.")
    return edits.FrameRange(scene.frame_preview_start, scene.frame_preview_end + 1)
