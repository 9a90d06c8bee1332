"""Generate Story: the list of segments, one after the other, as one motion."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from ..session import get_session
from .collecting import collect_story, collect_story_target, read_opening
from .submitting import is_possible, reported


class MMM_OT_generate_story(bpy.types.Operator):
    """Turn the list into one motion from the current frame on, with a transition between neighbours. With no armature \
active a new character is made"""

    bl_idname = "mmm.generate_story"
    bl_label = "Generate Story"
    bl_options: ClassVar[set[str]] = {"REGISTER"}  # the undo step is made when the motion arrives

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible when every line can be asked for; says which cannot."""
        return is_possible(cls, lambda: collect_story(context.scene))

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Collect, submit, report."""
        return reported(self, lambda: _submit(context))


def _submit(context: bpy.types.Context) -> None:
    settings = context.scene.mmm.story
    request = collect_story(context.scene, read_opening(context))
    get_session().submit(request, collect_story_target(context, request, settings.add_markers, settings.add_strips))
