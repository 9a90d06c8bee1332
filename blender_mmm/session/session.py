"""Session: owns the job queue and its engine; pump() applies what is finished to the scene.

Between the button and the result minutes may pass and anything may happen to the scene, so nothing of
bpy is kept: a job's target is a name and a session_uid, looked up again when the motion arrives.
"""

from __future__ import annotations

import atexit
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import bpy

from .. import apply
from ..engine_door import requests
from ..jobs.asking import verb_of
from ..jobs.engine_process import EngineProcess
from ..jobs.environment import EngineSettings, find_command
from ..jobs.job import Failure, Job, JobState
from ..jobs.job_queue import Engine, JobQueue
from .delivery import deliver
from .records import Applied, Level, Notice, Recipe, Target, TargetLostError
from .scene_state import why_busy

MOST_RECIPES: Final = 100  # jobs of which other takes can be made; a clip of a minute is 2 MB


class Session:
    """One queue, one engine, and the way of finished motions into the scene."""

    def __init__(
        self,
        read_settings: Callable[[], EngineSettings] = EngineSettings,
        start_engine: Callable[[], Engine] | None = None,
        on_submit: Callable[[], None] = lambda: None,
    ) -> None:
        """on_submit: called for every new job, so that somebody pumps."""
        self._read_settings, self._on_submit = read_settings, on_submit
        self.queue = JobQueue(start_engine or self._start_engine)
        self._targets: dict[int, Target] = {}
        self._applied: dict[int, Applied] = {}
        self._made: deque[Job] = deque()  # motions that are there but not in the scene yet
        self._recipes: dict[int, Recipe] = {}  # by the target's uid
        self.notice: Notice | None = None

    def submit(self, request: requests.JobRequest, target: Target) -> Job:
        """Queue a job whose result goes to `target`; raises RequestError with a sentence if it cannot be asked for."""
        job = self.queue.submit(request)
        self._targets[job.id] = target
        self.notice = None
        self._on_submit()
        return job

    def cancel(self, job: Job) -> None:
        """Stop a job; the scene stays as it is."""
        if job in self._made:
            self._made.remove(job)
            job.cancel()
            self._targets.pop(job.id, None)
        self.queue.cancel(job)

    def pump(self, patient: bool = True) -> bool:
        """Take in news and apply what is finished; True while there is more to wait for.

        A motion that arrives in Edit Mode or under a running transform waits for its end if `patient`, and fails
        otherwise.
        """
        for job in self.queue.update():
            self._take_ended(job)
        if self._made:
            self._apply_next(patient)
        return not self.queue.is_idle or bool(self._made)

    def wait(self, job: Job, timeout: float = 600.0) -> Job:
        """Pump until `job` has ended and, if it finished, is in the scene. For scripts: it blocks."""
        give_up_at = time.monotonic() + timeout
        while self.is_pending(job):
            if time.monotonic() > give_up_at:
                return self._give_up(job, timeout)
            self.pump(patient=False)
            time.sleep(0.005)
        return job

    def is_pending(self, job: Job) -> bool:
        """True until the job has ended and its motion, if any, is in the scene."""
        return not job.state.has_ended or job in self._made

    def applied(self, job: Job) -> Applied | None:
        """What `job` did to the scene, once it has."""
        return self._applied.get(job.id)

    def find_recipe(self, uid: int) -> Recipe | None:
        """How the takes with this uid were made, if it is not too long ago."""
        return self._recipes.get(uid)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Every job that is not over: made, running, then waiting."""
        running = (self.queue.current,) if self.queue.current else ()
        return (*self._made, *running, *self.queue.waiting)

    def drop_jobs(self, why: str) -> None:
        """Stop every job because the scene they were meant for is gone."""
        dropped = self.jobs
        for job in dropped:
            self.cancel(job)
        self._recipes.clear()
        if dropped:
            self.notice = Notice(Level.INFO, why)

    def close(self) -> None:
        """End the engine; bounded. The session can be used again and then starts another."""
        atexit.unregister(self.queue.close)
        self.queue.close()
        self._made.clear()
        self._targets.clear()

    def _start_engine(self) -> Engine:
        atexit.unregister(self.queue.close)
        atexit.register(self.queue.close)  # nothing outlives Blender, however it ends
        settings = self._read_settings()  # here, on the main thread; looking for the Python is the child thread's work
        return EngineProcess(lambda: find_command(settings))

    def _give_up(self, job: Job, timeout: float) -> Job:
        self.cancel(job)
        while not job.state.has_ended:
            self.pump(patient=False)
            time.sleep(0.005)
        job.fail(Failure(f"The motion was not ready after {timeout:g} seconds.", "Allow more time or a faster device."))
        return job

    def _take_ended(self, job: Job) -> None:
        if job.state is JobState.FINISHED:
            self._made.append(job)
            return
        self._targets.pop(job.id, None)
        if job.failure:
            self._tell_failure(job.failure)

    def _tell_failure(self, failure: Failure) -> None:
        self.notice = Notice(Level.ERROR, failure.message, failure.advice)
        if failure.detail:
            print(f"MMM: {failure}\n{failure.detail}")

    def _apply_next(self, patient: bool) -> None:
        job = self._made[0]
        busy = why_busy(needs_object_mode=self._targets[job.id].armature is None)
        if busy and patient:
            job.message = busy
            return
        self._made.popleft()
        target = self._targets.pop(job.id)
        if busy:
            job.fail(Failure(f"The motion could not be written. {busy}.", "Generate again afterwards."))
        else:
            self._apply(job, target)
        if job.failure:
            self._tell_failure(job.failure)

    def _apply(self, job: Job, target: Target) -> None:
        """Write the takes, in one undo step. Whatever fails in there becomes the job's failure."""
        try:
            applied = deliver(job, target)
            bpy.ops.ed.undo_push(message=verb_of(job.request))
        except (apply.TargetError, TargetLostError) as error:
            job.fail(Failure(str(error)))
        except Exception as error:  # the border: a defect below must not kill the timer and leave the panel stuck
            message = f"The motion could not be written: {error!r}."
            job.fail(
                Failure(message, "Please report this with the text of the system console.", traceback.format_exc())
            )
        else:
            self._applied[job.id] = applied
            self._remember(job.request, replace(target, armature=applied.object))
            self.notice = _success(applied)

    def _remember(self, request: requests.JobRequest, target: Target) -> None:
        self._recipes[target.uid] = Recipe(request, target)
        while len(self._recipes) > MOST_RECIPES:
            del self._recipes[next(iter(self._recipes))]


def _success(applied: Applied) -> Notice:
    report = applied.report
    frames = f"Frames {report.first_frame} to {report.last_frame}"
    takes = f", {len(applied.actions)} takes" if len(applied.actions) > 1 else ""
    return Notice(Level.INFO, f"{frames} on {applied.object.name}{takes}.", " ".join(report.notes))
