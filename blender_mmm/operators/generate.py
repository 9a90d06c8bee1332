"""Generate Motion: ask the engine for the panel's text on the active armature or a new character."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from ..engine_door import requests
from ..properties import collect_request, read_scene_fps, remember_text
from ..session import JobTarget, get_session
from .collecting import (
    collect_story_target,
    find_reduce_error,
    find_target,
    read_opening,
    roll_seed,
)
from .submitting import is_possible, reported


class MMM_OT_generate(bpy.types.Operator):
    """Turn the text into keyframes on the active armature, from the current frame on. With no armature active a new \
character is made"""

    bl_idname = "mmm.generate"
    bl_label = "Generate Motion"
    bl_options: ClassVar[set[str]] = {"REGISTER"}  # the undo step is made when the motion arrives

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible when the request and its target are; says what is missing."""
        return is_possible(cls, lambda: collect_request(context.scene))

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Collect, submit, report."""
        settings = context.scene.mmm
        submit = _go_on if settings.from_current_pose else _start_anew
        outcome = reported(self, lambda: submit(context))
        if outcome == {"FINISHED"}:
            remember_text(settings, settings.text)
        return outcome


def _start_anew(context: bpy.types.Context) -> None:
    target = collect_target(context)
    roll_seed(context.scene.mmm)
    get_session().submit(collect_request(context.scene), target)


def _go_on(context: bpy.types.Context) -> None:
    """The text as a story of one segment, which begins where the armature is."""
    opening = read_opening(context)
    roll_seed(context.scene.mmm)
    asked = collect_request(context.scene)
    segment = requests.Segment(asked.text, asked.seconds, asked.seed)
    request = requests.StoryRequest((segment,), opening, asked.seed, asked.takes).checked()
    get_session().submit(request, collect_story_target(context, request, markers=False, strips=False))


def collect_target(context: bpy.types.Context) -> JobTarget:
    """Where the motion is to go; raises TargetError when the armature cannot take it."""
    settings = context.scene.mmm
    return JobTarget(
        find_target(context),
        context.scene.frame_current,
        read_scene_fps(context.scene),
        None if settings.use_auto_length else settings.frames,
        settings.options.root_mode == "IN_PLACE",
        find_reduce_error(settings.options),
        settings.feet.strength,
    )
