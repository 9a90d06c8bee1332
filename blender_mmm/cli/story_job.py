"""The work of `mmm story`."""

from __future__ import annotations

import bpy

from .. import edits
from ..files.formats import get_writer
from ..files.rigs import close_rigs
from ..session import ObjectReference, StoryTarget
from .edit_job import to_listing
from .running import run_job
from .story_command import StoryOptions
from .target_scene import open_target, show_range, to_outcome


def tell_story(options: StoryOptions) -> None:
    """Make the motion and write every file; raises CommandError, FileError or RequestError with a sentence."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    try:
        for path in options.outputs:
            get_writer(path)  # what is missing is told before the work
        armature = open_target(options.rig, options.fps)
        target = _to_target(options, armature)
        applied, takes = run_job(options.request, target, options.engine)
        text = "; ".join(segment.text for segment in options.request.segments)
        outcome = to_outcome(applied, takes[0], text)
        show_range(outcome)
        for path in options.outputs:
            get_writer(path).write(outcome, path)
            frames = f"frames {outcome.first_frame} to {outcome.last_frame}"
            print(f"{path}: {frames} of “{outcome.object_name}”, {to_listing(applied)}")
    finally:
        close_rigs()


def _to_target(options: StoryOptions, armature: bpy.types.Object | None) -> StoryTarget:
    scene = bpy.context.scene
    story = edits.StoryOptions(
        start_frame=scene.frame_current,
        scene_fps=scene.render.fps / scene.render.fps_base,
        opening=None,
        segments=tuple(segment.text for segment in options.request.segments),
        strips=options.strips,
        in_place=options.in_place,
        foot_lock=options.foot_lock,
    )
    return StoryTarget(ObjectReference.to(armature) if armature else None, story)
