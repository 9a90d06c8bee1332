"""A story onto an armature: from its current pose or as a new action, with a marker for each segment."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import bpy
import numpy as np

from .. import apply
from ..engine_door import clip as clips
from ..engine_door import resample, skeleton
from ..scene.action_channels import slot_of
from ..scene.frame_range import FrameRange
from ..scene.story_marks import Mark, lay_strips, show_marks, write_marks
from .errors import EditError
from .records import DEFAULT_BLEND_FRAMES
from .source import open_source
from .standing_pose import is_unanimated, key_standing_pose
from .switching import find_handover
from .writing import edit_ranges, playing, report, write_copy


@dataclass(frozen=True)
class StoryOptions:
    """Where a story goes and what is made beside its keys."""

    start_frame: int  # scene frame of the first pose; with an opening: the frame the opening ends at
    scene_fps: float
    segments: tuple[str, ...]  # texts, in order
    opening: clips.MotionClip | None = None  # as in the request: the story goes on from it
    markers: bool = True
    strips: bool = False
    action_name: str = "Story"
    in_place: bool = False  # only without an opening
    reduce_error: float | None = None
    foot_lock: float = 0.0  # 0..1: how firmly standing feet are held


def apply_story(
    obj: bpy.types.Object, clip: clips.MotionClip, marks: tuple[int, ...], options: StoryOptions
) -> apply.ApplyReport:
    """Write a story; marks: model frames of `clip` at which its segments begin. Raises TargetError.

    With an opening everything up to the start frame stays as it was, and keys of the moved bones after it go.
    """
    scene = apply.scene_of(obj) if obj is not None else bpy.context.scene
    before = obj.animation_data.action if obj.animation_data is not None else None
    if options.opening is None:
        clock = resample.FrameClock(float(options.start_frame), options.scene_fps)
        written = apply.ApplyOptions(
            options.start_frame,
            options.scene_fps,
            None,
            options.action_name,
            in_place=options.in_place,
            reduce_error=options.reduce_error,
            foot_lock=options.foot_lock,
        )
        done = apply.apply_clip(obj, clip, written)
    else:
        # The clip begins one model frame after the opening's last.
        clock = resample.FrameClock(options.start_frame + options.scene_fps / skeleton.MODEL_FPS, options.scene_fps)
        done = _continue(obj, clip, options)
    action = bpy.data.actions[done.action_name]
    places = [round(float(clock.to_scene(mark))) for mark in marks]
    pieces = [Mark(name, frame) for name, frame in zip(options.segments, places, strict=False)]
    write_marks(action, pieces)
    if options.markers:
        show_marks(scene, before, action)
    if options.strips:
        lay_strips(obj, action, pieces, done.last_frame)
    return done


def _continue(obj: bpy.types.Object, clip: clips.MotionClip, options: StoryOptions) -> apply.ApplyReport:
    assert options.opening is not None
    if is_unanimated(obj):
        return _start_from_pose(obj, clip, options)
    data = obj.animation_data
    if data.action is None:
        raise EditError(f"“{obj.name}” has no action to go on from any more. Nothing was changed.")
    whole = _after(options.opening, clip)
    clock = resample.FrameClock(float(options.start_frame), options.scene_fps)
    last = math.floor(float(clock.to_scene(len(whole) - 1)) + 1e-6)
    frames = FrameRange(options.start_frame + 1, last + 1)
    with playing(obj, data.action.name, slot_of(obj)):
        source = open_source(obj)
        source = replace(source, span=(min(source.span[0], options.start_frame), source.span[1]))
        handover = find_handover(source, [frames])
        told = [f"The moved bones keep their keys up to frame {options.start_frame}.", *handover.notes()]
        lock = options.foot_lock
        if lock > 0.0 and (why := apply.why_feet_slide(obj, source.rest, source.bone_map)):
            told.append(why)
            lock = 0.0
        blend = DEFAULT_BLEND_FRAMES
        edits = edit_ranges(handover, whole, clock, [frames], blend, drops_later=True, foot_lock=lock, tell=told.append)
        copy = write_copy(handover, edits, options.action_name, options.reduce_error)
        return report(source, copy, frames, told)


def _start_from_pose(obj: bpy.types.Object, clip: clips.MotionClip, options: StoryOptions) -> apply.ApplyReport:
    """Go on from a pose that no key holds: it gets keys first, in an action that only the copy outlives."""
    pose = key_standing_pose(obj, options.start_frame)
    try:
        done = _continue(obj, clip, options)
        return replace(done, notes=tuple(note for note in done.notes if pose.name not in note))
    finally:
        bpy.data.actions.remove(pose)


def _after(opening: clips.MotionClip, clip: clips.MotionClip) -> clips.MotionClip:
    """The opening's last pose, then `clip`."""
    return clips.MotionClip(
        np.concatenate([opening.root[-1:], clip.root]),
        np.concatenate([opening.rotations[-1:], clip.rotations]),
        np.concatenate([opening.contacts[-1:], clip.contacts]),
        clip.fps,
    )
