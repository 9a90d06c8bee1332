"""Re-roll: one segment of a story, or one transition, comes out in another way; the others stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Final

import bpy
from bpy.props import EnumProperty, IntProperty

from ..apply import TargetError
from ..engine_door import requests
from ..session import Recipe, StoryTarget, again, get_session
from .collecting import another_seed, collect_story
from .submitting import is_possible, reported
from .vary import find_recipe

PIECES: Final = (
    ("SEGMENT", "Segment", "What happens in this line"),
    ("TRANSITION", "Transition", "The way from this line to the next"),
)


class MMM_OT_reroll_story(bpy.types.Operator):
    """Make this piece of the story in another way; the other pieces stay as they are"""

    bl_idname = "mmm.reroll_story"
    bl_label = "Re-roll"
    bl_options: ClassVar[set[str]] = {"REGISTER"}  # the undo step is made when the motion arrives

    piece: EnumProperty(name="Piece", items=PIECES, options={"SKIP_SAVE"})
    index: IntProperty(name="Line", min=0, options={"SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: Any) -> str:
        """The tooltip."""
        what = "the way from this segment to the next" if properties.piece == "TRANSITION" else "this segment"
        return f"Make {what} in another way; the rest of the story stays as it is"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible when the armature plays a story that was made in this session."""
        return is_possible(cls, lambda: _get_story(context))

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Roll, collect, submit, report."""
        return reported(self, lambda: _submit(context, self.piece, self.index))


def _get_story(context: bpy.types.Context) -> Recipe:
    recipe = find_recipe(context)
    if recipe is None or not isinstance(recipe.target, StoryTarget):
        raise TargetError("Generate the story first; then single pieces of it can be rolled again.")
    return recipe


def _submit(context: bpy.types.Context, piece: str, index: int) -> None:
    recipe = _get_story(context)
    lines = context.scene.mmm.story.lines
    name, count = ("transition_seed", len(lines) - 1) if piece == "TRANSITION" else ("seed", len(lines))
    if index >= count:
        raise requests.RequestError(f"There is no {piece.lower()} {index + 1} in the story.")
    assert isinstance(recipe.request, requests.StoryRequest)
    line = lines[index]
    setattr(line, name, another_seed(getattr(line, name)))
    request = replace(collect_story(context.scene, recipe.request.opening), takes=1)
    assert isinstance(recipe.target, StoryTarget)
    target = again(recipe.target)
    names = tuple(segment.text for segment in request.segments)
    get_session().submit(request, replace(target, options=replace(target.options, segments=names)))
