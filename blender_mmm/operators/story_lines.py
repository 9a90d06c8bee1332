"""The list of a story's segments: add, remove, move, paste."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import bpy
from bpy.props import EnumProperty, StringProperty

from ..engine_door import requests
from ..jobs.story_text import segment_seed, to_story_lines

UNDOABLE: Final = {"REGISTER", "UNDO", "INTERNAL"}
DIRECTIONS: Final = (("UP", "Up", "Towards the start"), ("DOWN", "Down", "Towards the end"))


class MMM_OT_add_story_line(bpy.types.Operator):
    """Add a segment after the chosen one"""

    bl_idname = "mmm.add_story_line"
    bl_label = "Add Segment"
    bl_options: ClassVar[set[str]] = UNDOABLE

    text: StringProperty(name="Text", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Add it and choose it."""
        story = context.scene.mmm.story
        if len(story.lines) >= requests.MAX_SEGMENTS:
            self.report({"ERROR"}, f"A story has at most {requests.MAX_SEGMENTS} segments.")
            return {"CANCELLED"}
        place = min(story.index + 1, len(story.lines))
        add_line(context.scene, self.text)
        story.lines.move(len(story.lines) - 1, place)
        story.index = place
        return {"FINISHED"}


class MMM_OT_remove_story_line(bpy.types.Operator):
    """Take the chosen segment off the list"""

    bl_idname = "mmm.remove_story_line"
    bl_label = "Remove Segment"
    bl_options: ClassVar[set[str]] = UNDOABLE

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible when there is one."""
        return bool(context.scene.mmm.story.lines)

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Remove it and choose its neighbour."""
        story = context.scene.mmm.story
        story.lines.remove(story.index)
        story.index = max(0, min(story.index, len(story.lines) - 1))
        return {"FINISHED"}


class MMM_OT_move_story_line(bpy.types.Operator):
    """Let the chosen segment happen earlier or later"""

    bl_idname = "mmm.move_story_line"
    bl_label = "Move Segment"
    bl_options: ClassVar[set[str]] = UNDOABLE

    direction: EnumProperty(name="Direction", items=DIRECTIONS)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible when there are two."""
        return len(context.scene.mmm.story.lines) > 1

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Swap it with its neighbour."""
        story = context.scene.mmm.story
        place = story.index + (-1 if self.direction == "UP" else 1)
        if 0 <= place < len(story.lines):
            story.lines.move(story.index, place)
            story.index = place
        return {"FINISHED"}


class MMM_OT_paste_story(bpy.types.Operator):
    """Put the lines of text on the clipboard behind the list, one segment a line. A length may follow each after a |, \
as in: a person sits down | 4"""

    bl_idname = "mmm.paste_story"
    bl_label = "Paste Lines"
    bl_options: ClassVar[set[str]] = UNDOABLE

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Add a segment for each line that says something."""
        story = context.scene.mmm.story
        try:
            lines = to_story_lines(read_clipboard(context))
        except requests.RequestError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if not lines:
            self.report({"ERROR"}, "There is no text on the clipboard. Copy some lines first.")
            return {"CANCELLED"}
        for line in lines[: requests.MAX_SEGMENTS - len(story.lines)]:
            add_line(context.scene, line.text, line.seconds)
        story.index = len(story.lines) - 1
        return {"FINISHED"}


def read_clipboard(context: bpy.types.Context) -> str:
    """The text on the clipboard."""
    return str(context.window_manager.clipboard)


def add_line(scene: bpy.types.Scene, text: str, seconds: float | None = None) -> None:
    """A segment at the end, with seeds of its own."""
    settings = scene.mmm
    lines = settings.story.lines
    seed = segment_seed(settings.seed, len(lines))
    line = lines.add()
    line.text, line.seed, line.transition_seed = text, seed, seed
    if seconds is not None:
        line.use_auto_length, line.seconds = False, seconds
