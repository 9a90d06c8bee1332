"""What several operators collect: the armature that is meant, the options, the ranges, the story."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

import bpy

from .. import edits
from ..apply import TargetError, check_target
from ..engine_door import requests
from ..properties import MMM_Options, MMM_SceneSettings, read_scene_fps
from ..session import ObjectReference, StoryTarget

#: Small enough to read out and write down; the range of the property itself is larger.
LARGEST_ROLL: Final = 9999


@dataclass(frozen=True)
class Choice:
    """Frames to work on and what is said about each of them."""

    ranges: tuple[edits.FrameRange, ...]
    texts: tuple[str, ...]  # one a range

    @property
    def hull(self) -> edits.FrameRange:
        """All frames from the first to the last range."""
        return edits.FrameRange(self.ranges[0].start, self.ranges[-1].stop)


def find_armature(context: bpy.types.Context) -> bpy.types.Object | None:
    """The armature the user means: the active one, or that of the active mesh; None if there is none selected."""
    active = context.active_object
    if active is None or not (active.select_get() or active.mode != "OBJECT"):
        return None
    return active if active.type == "ARMATURE" else active.find_armature()


def get_armature(context: bpy.types.Context) -> bpy.types.Object:
    """The armature whose motion is to be edited; raises TargetError if none is meant."""
    armature = find_armature(context)
    if armature is None:
        raise TargetError("Select the armature whose motion is to be changed.")
    return armature


def find_target(context: bpy.types.Context) -> ObjectReference | None:
    """Who is to move; None for a new character. Raises TargetError when the armature cannot take a motion."""
    armature = find_armature(context)
    if armature is None:
        return None
    check_target(armature)
    return ObjectReference.to(armature)


def find_playing(armature: bpy.types.Object | None) -> str | None:
    """The name of the Action the armature plays."""
    data = armature.animation_data if armature else None
    return str(data.action.name) if data and data.action else None


def collect_choice(context: bpy.types.Context, armature: bpy.types.Object) -> Choice:
    """The frames that are chosen, with their texts; raises EditError with what is missing.

    Whether an edit can be made there is for the edit to say: a loop may take the whole action, filling may not.
    """
    scene, settings = context.scene, context.scene.mmm.edits
    if settings.source == "MARKED":
        return _collect_marked(scene)
    if settings.source == "ACTION":
        edits.check_action(armature)
        first, last = armature.animation_data.action.frame_range
        ranges: tuple[edits.FrameRange, ...] = (edits.FrameRange(round(first), round(last) + 1),)
    elif settings.source == "PREVIEW" and scene.use_preview_range:
        ranges = (edits.FrameRange(scene.frame_preview_start, scene.frame_preview_end + 1),)
    else:
        ranges = edits.find_ranges(armature, scene, settings.source)
    return Choice(ranges, tuple(settings.fill_text for _ in ranges))


def _collect_marked(scene: bpy.types.Scene) -> Choice:
    spans = sorted((entry.first, entry.last + 1, entry.text) for entry in scene.mmm.edits.marked)
    if not spans:
        raise edits.EditError("No range is marked. Add one to the list with the plus button.")
    ranges = tuple(edits.FrameRange(first, stop) for first, stop, _ in spans)
    return Choice(ranges, tuple(text for _, _, text in spans))


def collect_edit_options(options: MMM_Options) -> edits.EditOptions:
    """How an edit is written."""
    return edits.EditOptions(
        keep_hand_keys=options.keep_hand_keys,
        reduce_error=find_reduce_error(options),
    )


def find_reduce_error(options: MMM_Options) -> float | None:
    """How far reduced curves may be off; None for a key on every frame."""
    return options.key_error if options.key_mode == "REDUCED" else None


def roll_seed(settings: MMM_SceneSettings) -> None:
    """Another seed for the next job, unless the seed is locked."""
    if not settings.options.seed_locked:
        settings.seed = another_seed(settings.seed)


def another_seed(seed: int) -> int:
    """A seed other than `seed`."""
    return next(roll for roll in random.sample(range(LARGEST_ROLL + 1), 2) if roll != seed)


def collect_story(scene: bpy.types.Scene, opening: object = None) -> requests.StoryRequest:
    """The story of the list, checked; raises RequestError with a sentence."""
    settings = scene.mmm
    lines = settings.story.lines
    if not lines:
        raise requests.RequestError("The story is empty. Add a line of text for each thing that happens.")
    segments = tuple(
        requests.Segment(line.text, None if line.use_auto_length else line.seconds, line.seed) for line in lines
    )
    seeds = tuple(line.transition_seed for line in lines)[:-1]
    return requests.StoryRequest(segments, opening, settings.seed, settings.options.takes, seeds).checked()


def collect_story_target(
    context: bpy.types.Context, request: requests.StoryRequest, markers: bool, strips: bool
) -> StoryTarget:
    """Where a story goes: after the current frame of the armature, or onto a new character."""
    scene = context.scene
    options = edits.StoryOptions(
        start_frame=scene.frame_current,
        scene_fps=read_scene_fps(scene),
        opening=request.opening,
        segments=tuple(segment.text for segment in request.segments),
        markers=markers,
        strips=strips,
        in_place=scene.mmm.options.root_mode == "IN_PLACE",
        reduce_error=find_reduce_error(scene.mmm.options),
        foot_lock=scene.mmm.feet.strength,
    )
    plays = find_playing(find_armature(context)) if request.opening else None
    return StoryTarget(find_target(context), options, plays=plays)


def read_opening(context: bpy.types.Context) -> object:
    """The last second before the current frame if the motion is to go on from there, else None."""
    if not context.scene.mmm.from_current_pose:
        return None
    armature = find_armature(context)
    if armature is None:
        raise TargetError("There is no pose to go on from. Select an armature, or switch From Current Pose off.")
    check_target(armature)
    return edits.opening_of(armature, context.scene)
