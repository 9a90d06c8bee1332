"""Follow Path: lead what is animated already along a curve, straight on, or nowhere."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from .. import edits
from ..edits.follow_path import PathOptions, Speed, Way, follow_path
from .collecting import get_armature
from .submitting import is_possible, reported


class MMM_OT_follow_path(bpy.types.Operator):
    """Bend the way of the motion over the ground, and hold the feet on it. The action itself is kept; a copy takes \
the new keys"""

    bl_idname = "mmm.follow_path"
    bl_label = "Follow Path"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible on an armature, with a curve if one is to be followed; says what is missing."""
        return is_possible(cls, lambda: _check(context))

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Collect, bend, report."""

        def bend() -> None:
            _check(context)
            done = follow_path(get_armature(context), context.scene, collect_path(context.scene))
            self.report(
                {"INFO"}, " ".join((f"Way bent in frames {done.first_frame} to {done.last_frame}.", *done.notes))
            )

        return reported(self, bend)


def _check(context: bpy.types.Context) -> None:
    get_armature(context)
    settings = context.scene.mmm.feet
    if settings.way == Way.CURVE.value and settings.curve is None:
        raise edits.EditError("Choose the curve to walk along.")


def collect_path(scene: bpy.types.Scene) -> PathOptions:
    """Where the body is to go; the curve itself is read by the edit."""
    settings = scene.mmm.feet
    way = Way(settings.way)
    return PathOptions(way, settings.curve if way is Way.CURVE else None, Speed(settings.speed), settings.strength)
