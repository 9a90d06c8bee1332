"""A job from a command to its end: the add-on's session without the add-on's buttons."""

from __future__ import annotations

import io
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Final

from ..engine_door import events, requests
from ..jobs.environment import EngineSettings
from ..jobs.job import Job, JobState
from ..session import Applied, Session, Target
from .engine_options import EngineOptions
from .errors import CommandError
from .progress_line import ProgressLine

_LOOK_INTERVAL: Final = 0.02  # seconds between two looks at the engine
_THREAD_PATIENCE: Final = 3.0  # seconds; stopping a child takes at most about two


def run_job(
    request: requests.JobRequest, target: Target, options: EngineOptions
) -> tuple[Applied, tuple[events.Take, ...]]:
    """What the job did to the scene, and its takes; raises CommandError or RequestError with a sentence."""
    with _session(options) as session:
        job = session.submit(request, target)
        _watch(session, job)
        applied = session.applied(job)
    if job.state is not JobState.FINISHED or applied is None or job.result is None:
        raise _to_error(job, options.debug)
    for note in applied.report.notes:
        print(f"mmm: {note}", file=sys.stderr)
    return applied, job.result.takes


@contextmanager
def _session(options: EngineOptions) -> Iterator[Session]:
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


def _to_error(job: Job, debug: bool) -> CommandError:
    if job.failure is None:
        return CommandError("The motion was not made.")
    if debug and job.failure.detail:
        print(job.failure.detail, file=sys.stderr)
    return CommandError(str(job.failure))
