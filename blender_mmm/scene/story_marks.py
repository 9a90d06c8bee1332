"""Where the segments of a story begin: kept with the action, shown on the timeline and as NLA strips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import bpy

from .action_channels import SLOTTED, slot_of

_NAME_LENGTH: Final = 60  # Blender cuts names at 63 bytes


@dataclass(frozen=True)
class Mark:
    """The beginning of a segment."""

    name: str
    frame: int  # scene frame


def write_marks(action: bpy.types.Action, marks: Sequence[Mark]) -> None:
    """Named markers of the action itself."""
    for old in list(action.pose_markers):
        action.pose_markers.remove(old)
    for mark in marks:
        action.pose_markers.new(mark.name[:_NAME_LENGTH]).frame = mark.frame


def show_marks(scene: bpy.types.Scene, before: bpy.types.Action | None, action: bpy.types.Action | None) -> None:
    """Put the markers of `action` on the timeline in the place of those of `before`, the action shown so far."""
    shown = {(mark.name, mark.frame) for mark in before.pose_markers} if before is not None else set()
    for old in list(scene.timeline_markers):
        if (old.name, old.frame) in shown:
            scene.timeline_markers.remove(old)
    for mark in action.pose_markers if action is not None else ():
        scene.timeline_markers.new(mark.name, frame=mark.frame)


def lay_strips(obj: bpy.types.Object, action: bpy.types.Action, marks: Sequence[Mark], last_frame: int) -> None:
    """One NLA strip per segment, on a new muted track: the action itself goes on playing."""
    data = obj.animation_data
    track = data.nla_tracks.new()
    track.name, track.mute = action.name, True
    ends = [*(mark.frame for mark in marks), last_frame]
    for mark, (start, end) in zip(marks, pairwise(ends), strict=True):
        strip = track.strips.new(mark.name[:_NAME_LENGTH], start, action)
        if SLOTTED:
            strip.action_slot = action.slots.get(slot_of(obj))
        strip.action_frame_start, strip.action_frame_end = start, max(end, start + 1)
        strip.frame_start, strip.frame_end = start, max(end, start + 1)
        strip.extrapolation = "NOTHING"
        strip.name = mark.name[:_NAME_LENGTH]
