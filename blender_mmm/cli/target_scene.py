"""The scene a new motion goes to, and the motion in it as the writers of files take it."""

from __future__ import annotations

from typing import Final

import bpy

from ..apply import TargetError, check_target
from ..engine_door import events
from ..files.outcome import Outcome
from ..files.rigs import open_rig
from ..session import Applied, find_object
from .errors import CommandError
from .generate_command import DEFAULT_FPS

_FIRST_FRAME: Final = 1


def open_target(rig: str | None, fps: float | None) -> bpy.types.Object | None:
    """The armature to animate in the scene that is now open, at the wanted rate; None: one is to be made."""
    armature = open_rig(rig) if rig else None
    set_time(fps)
    if armature is not None:
        try:
            check_target(armature)
        except TargetError as error:
            raise CommandError(str(error)) from error
    return armature


def set_time(fps: float | None) -> None:
    """The open scene at the wanted rate; one that comes from no Blender file also at its first frame."""
    from_file = bool(bpy.data.filepath)
    if fps is not None or not from_file:
        _set_fps(bpy.context.scene, fps or DEFAULT_FPS)
    if not from_file:
        bpy.context.scene.frame_set(_FIRST_FRAME)


def _set_fps(scene: bpy.types.Scene, fps: float) -> None:
    """Blender keeps a whole number and a divisor."""
    scene.render.fps = max(1, round(fps))
    scene.render.fps_base = scene.render.fps / fps


def show_range(outcome: Outcome) -> None:
    """Our own scene shows the motion and nothing else; one from a file keeps its range."""
    if not bpy.data.filepath:
        scene = bpy.context.scene
        scene.frame_start, scene.frame_end = outcome.first_frame, outcome.last_frame


def to_outcome(applied: Applied, take: events.Take, text: str) -> Outcome:
    """What the writers of files need."""
    obj = find_object(applied.object)
    assert obj is not None, "nothing else runs that could have removed it"
    report = applied.report
    return Outcome(obj.name, report.first_frame, report.last_frame, take.clip, text, take.seed)
