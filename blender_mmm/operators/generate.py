"""Generate Motion: ask the engine for the panel's text on the active armature or a new character."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from ..apply import TargetError, check_target
from ..engine_door import requests
from ..properties import collect_request, read_scene_fps, remember_text
from ..session import JobTarget, ObjectReference, get_session


class MMM_OT_generate(bpy.types.Operator):
    """Turn the text into keyframes on the active armature, from the current frame on. With no armature active a new \
character is made"""

    bl_idname = "mmm.generate"
    bl_label = "Generate Motion"
    bl_options: ClassVar[set[str]] = {"REGISTER"}  # the undo step is made when the motion arrives

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible when the request and its target are; says what is missing."""
        try:
            collect_request(context.scene)
        except requests.RequestError as error:
            cls.poll_message_set(str(error))
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Collect, submit, report."""
        scene = context.scene
        try:
            target = collect_target(context)
            get_session().submit_generate(collect_request(scene), target)
        except (requests.RequestError, TargetError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        remember_text(scene.mmm, scene.mmm.text)
        return {"FINISHED"}


def find_armature(context: bpy.types.Context) -> bpy.types.Object | None:
    """The armature the user means: the active one, or that of the active mesh; None if there is none selected."""
    active = context.active_object
    if active is None or not (active.select_get() or active.mode != "OBJECT"):
        return None
    return active if active.type == "ARMATURE" else active.find_armature()


def collect_target(context: bpy.types.Context) -> JobTarget:
    """Where the motion is to go; raises TargetError when the armature cannot take it."""
    armature = find_armature(context)
    if armature is not None:
        check_target(armature)
    settings = context.scene.mmm
    return JobTarget(
        ObjectReference.to(armature) if armature else None,
        context.scene.frame_current,
        read_scene_fps(context.scene),
        None if settings.use_auto_length else settings.frames,
    )
