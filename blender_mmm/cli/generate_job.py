"""The work of `mmm generate`: the add-on's session and apply without the add-on's buttons."""

from __future__ import annotations

import bpy

from ..engine_door import requests
from ..files.formats import get_writer
from ..files.outcome import Outcome
from ..files.rigs import close_rigs
from ..session import JobTarget, ObjectReference
from .generate_command import GenerateOptions
from .running import run_job
from .target_scene import open_target, show_range, to_outcome


def generate(options: GenerateOptions) -> None:
    """Make the motion and write every file; raises CommandError, FileError or RequestError with a sentence."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    try:
        for path in options.outputs:
            get_writer(path)  # what is missing is told before the work
        armature = open_target(options.rig, options.fps)
        outcome = _make(options, armature)
        for path in options.outputs:
            get_writer(path).write(outcome, path)
            print(f"{path}: frames {outcome.first_frame} to {outcome.last_frame} of “{outcome.object_name}”")
    finally:
        close_rigs()


def _make(options: GenerateOptions, armature: bpy.types.Object | None) -> Outcome:
    scene = bpy.context.scene
    fps = scene.render.fps / scene.render.fps_base
    seconds = options.seconds if options.frames is None else _to_seconds(options.frames, fps)
    request = requests.GenerateRequest(options.text, seconds, options.seed, options.takes)
    frames = None if seconds is None else options.frames or max(1, round(seconds * fps))
    reference = ObjectReference.to(armature) if armature else None
    target = JobTarget(reference, scene.frame_current, fps, frames, foot_lock=options.foot_lock)
    applied, takes = run_job(request, target, options.engine)
    outcome = to_outcome(applied, takes[0], request.text)
    show_range(outcome)
    return outcome


def _to_seconds(frames: int, fps: float) -> float:
    """Seconds of `frames`; raises RequestError if no motion is that long."""
    longest = int(requests.MAX_SECONDS * fps + 1e-6)
    if frames > longest:
        raise requests.RequestError(
            f"The length is {frames} frames; the longest motion is {longest} frames at {fps:g} frames a second "
            f"({requests.MAX_SECONDS:g} s). Choose a shorter one."
        )
    return frames / fps
