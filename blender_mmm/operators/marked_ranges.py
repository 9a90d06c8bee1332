"""The list of marked ranges: add what is selected, remove."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import bpy

from .. import edits
from ..apply import TargetError
from .collecting import get_armature

UNDOABLE: Final = {"REGISTER", "UNDO", "INTERNAL"}
NEW_LENGTH: Final = 24  # frames of a range for which nothing was selected


class MMM_OT_mark_ranges(bpy.types.Operator):
    """Add the gaps between the selected keys, or the preview range, to the list; without either one second from the \
current frame on"""

    bl_idname = "mmm.mark_ranges"
    bl_label = "Mark Ranges"
    bl_options: ClassVar[set[str]] = UNDOABLE

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Add what is not listed yet."""
        settings = context.scene.mmm.edits
        listed = {(entry.first, entry.last) for entry in settings.marked}
        for first, last in _find_spans(context):
            if (first, last) not in listed:
                entry = settings.marked.add()
                entry.first, entry.last = first, last
        settings.marked_index = len(settings.marked) - 1
        return {"FINISHED"}


class MMM_OT_unmark_range(bpy.types.Operator):
    """Take the chosen range off the list"""

    bl_idname = "mmm.unmark_range"
    bl_label = "Remove Range"
    bl_options: ClassVar[set[str]] = UNDOABLE

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible when there is one."""
        return bool(context.scene.mmm.edits.marked)

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Remove it and choose its neighbour."""
        settings = context.scene.mmm.edits
        settings.marked.remove(settings.marked_index)
        settings.marked_index = max(0, min(settings.marked_index, len(settings.marked) - 1))
        return {"FINISHED"}


def _find_spans(context: bpy.types.Context) -> list[tuple[int, int]]:
    """First and last frame of each range that is selected somewhere."""
    try:
        found = edits.find_ranges(get_armature(context), context.scene, "AUTO")
    except TargetError:
        current = context.scene.frame_current
        return [(current, current + NEW_LENGTH - 1)]
    return [(frames.start, frames.stop - 1) for frames in found]
