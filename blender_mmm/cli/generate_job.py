"""The work of `mmm generate`: the add-on's session and apply without the add-on's buttons."""

from __future__ import annotations

import io
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Final

import bpy

from ..apply import TargetError, check_target
from ..engine_door import requests
from ..files.formats import get_writer
from ..files.outcome import Outcome
from ..files.rigs import close_rigs, open_rig
from ..jobs.environment import EngineSettings
from ..jobs.job import Job, JobState
from ..session import Applied, JobTarget, ObjectReference, Session, find_object
from .errors import CommandError
from .generate_command import DEFAULT_FPS, GenerateOptions
from .progress_line import ProgressLine

_LOOK_INTERVAL: Final = 0.02  # seconds between two looks at the engine
_FIRST_FRAME: Final = 1
_THREAD_PATIENCE: Final = 3.0  # seconds; stopping a child takes at most about two


def generate(options: GenerateOptions) -> None:
    """Make the motion and write every file; raises CommandError, FileError or RequestError with a sentence."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    try:
        for path in options.outputs:
            get_writer(path)  # what is missing is told before the work
        armature = _open_target(options)
        outcome = _make(options, armature)
        for path in options.outputs:
            get_writer(path).write(outcome, path)
            print(f"{path}: frames {outcome.first_frame} to {outcome.last_frame} of “{outcome.object_name}”")
    finally:
        close_rigs()


def _open_target(options: GenerateOptions) -> bpy.types.Object | None:
    """The armature to animate in the scene that is now open, at the wanted rate; None: one is to be made."""
    armature = open_rig(options.rig) if options.rig else None
    from_file = armature is not None and bool(bpy.data.filepath)
    if options.fps is not None or not from_file:
        _set_fps(bpy.context.scene, options.fps or DEFAULT_FPS)
    if not from_file:
        bpy.context.scene.frame_set(_FIRST_FRAME)
    if armature is not None:
        try:
            check_target(armature)
        except TargetError as error:
            raise CommandError(str(error)) from error
    return armature


def _set_fps(scene: bpy.types.Scene, fps: float) -> None:
    """Blender keeps a whole number and a divisor."""
    scene.render.fps = max(1, round(fps))
    scene.render.fps_base = scene.render.fps / fps


def _make(options: GenerateOptions, armature: bpy.types.Object | None) -> Outcome:
    scene = bpy.context.scene
    fps = scene.render.fps / scene.render.fps_base
    seconds = options.seconds if options.frames is None else _to_seconds(options.frames, fps)
    request = requests.GenerateRequest(options.text, seconds, options.seed)
    frames = None if seconds is None else options.frames or max(1, round(seconds * fps))
    reference = ObjectReference.to(armature) if armature else None
    target = JobTarget(reference, scene.frame_current, fps, frames)
    with _session(options) as session:
        job = session.submit_generate(request, target)
        _watch(session, job)
        applied = session.applied(job)
    if job.state is not JobState.FINISHED or applied is None or job.result is None:
        raise _to_error(job, options.debug)
    outcome = _to_outcome(job, applied)
    if not bpy.data.filepath:  # our own scene: it shows the motion and nothing else
        scene.frame_start, scene.frame_end = outcome.first_frame, outcome.last_frame
    return outcome


def _to_error(job: Job, debug: bool) -> CommandError:
    if job.failure is None:
        return CommandError("The motion was not made.")
    if debug and job.failure.detail:
        print(job.failure.detail, file=sys.stderr)
    return CommandError(str(job.failure))


def _to_seconds(frames: int, fps: float) -> float:
    """Seconds of `frames`; raises RequestError if no motion is that long."""
    longest = int(requests.MAX_SECONDS * fps + 1e-6)
    if frames > longest:
        raise requests.RequestError(
            f"The length is {frames} frames; the longest motion is {longest} frames at {fps:g} frames a second "
            f"({requests.MAX_SECONDS:g} s). Choose a shorter one."
        )
    return frames / fps


@contextmanager
def _session(options: GenerateOptions) -> Iterator[Session]:
    """A session of our own; its engine has ended afterwards."""
    settings = EngineSettings(
        python=options.engine_python, device=options.device, weights=options.weights, online=options.online
    )
    session = Session(lambda: settings)
    try:
        yield session
    finally:
        session.close()
        _join_threads()


def _join_threads() -> None:
    """Wait for the engine's threads: one that still runs while Blender's module ends can hang the process."""
    for thread in threading.enumerate():
        if thread.daemon and thread.name.startswith("mmm"):
            thread.join(_THREAD_PATIENCE)


def _watch(session: Session, job: Job) -> None:
    """Wait for `job` and show how far it is."""
    line = ProgressLine()
    try:
        while session.is_pending(job):
            with redirect_stdout(io.StringIO()):  # the session prints details for a system console
                session.pump(patient=False)
            line.show(job)
            time.sleep(_LOOK_INTERVAL)
    finally:
        line.clear()


def _to_outcome(job: Job, applied: Applied) -> Outcome:
    assert job.result is not None
    obj = find_object(applied.object)
    assert obj is not None, "nothing else runs that could have removed it"
    for note in applied.report.notes:
        print(f"mmm: {note}", file=sys.stderr)
    report = applied.report
    return Outcome(obj.name, report.first_frame, report.last_frame, job.result.clip, job.request.text, job.request.seed)
