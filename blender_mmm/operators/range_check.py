"""Which frames are chosen, cheap enough for every redraw: all keys are looked through a few times a second only."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import bpy

from .. import edits
from ..apply import TargetError
from .collecting import collect_choice, get_armature

LASTS: Final = 0.3  # seconds


@dataclass(frozen=True)
class ChosenFrames:
    """What the panel says about the frames."""

    ranges: tuple[edits.FrameRange, ...]
    problem: str = ""  # why there are none, or nothing can be edited
    fill_problem: str = ""  # why they cannot be filled; a body part or a loop may still do


_last: tuple[tuple[object, ...], float, ChosenFrames] | None = None


def find_chosen(context: bpy.types.Context) -> ChosenFrames:
    """The chosen ranges, or the sentence that says why there are none; at most LASTS seconds old."""
    global _last
    key, now = _fingerprint(context), time.monotonic()
    if _last is None or _last[0] != key or now - _last[1] > LASTS:
        _last = (key, now, _look(context))
    return _last[2]


def forget() -> None:
    """Have the next look be a real one."""
    global _last
    _last = None


def check_chosen(context: bpy.types.Context, to_fill: bool = False) -> None:
    """Raise EditError when no frames are chosen, or none that can be filled."""
    chosen = find_chosen(context)
    problem = chosen.problem or (chosen.fill_problem if to_fill else "")
    if problem:
        raise edits.EditError(problem)


def _look(context: bpy.types.Context) -> ChosenFrames:
    try:
        armature = get_armature(context)
        edits.check_action(armature)
        ranges = collect_choice(context, armature).ranges
    except TargetError as error:
        return ChosenFrames((), str(error))
    try:
        edits.to_ranges(armature, context.scene, [(frames.start, frames.stop) for frames in ranges])
    except TargetError as error:
        return ChosenFrames(ranges, fill_problem=str(error))
    return ChosenFrames(ranges)


def _fingerprint(context: bpy.types.Context) -> tuple[object, ...]:
    scene, active = context.scene, context.active_object
    settings = scene.mmm.edits
    marked = tuple((entry.first, entry.last) for entry in settings.marked)
    preview = (scene.use_preview_range, scene.frame_preview_start, scene.frame_preview_end)
    return (active.session_uid if active else 0, active.mode if active else "", settings.source, marked, preview)
