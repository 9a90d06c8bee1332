"""Session: owns the job queue and its engine; pump() applies what is finished to the scene.

Between the button and the result minutes may pass and anything may happen to the scene, so nothing of
bpy is kept: a job's target is a name and a session_uid, looked up again when the motion arrives.
"""

from __future__ import annotations

import atexit
import textwrap
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import bpy

from . import apply
from .engine_door import requests
from .jobs.engine_process import EngineProcess
from .jobs.environment import EngineSettings, find_command
from .jobs.job import Failure, Job, JobState
from .jobs.job_queue import Engine, JobQueue

PUMP_INTERVAL: Final = 0.05  # seconds between two looks at the engine while a job is on
ACTION_NAME_LENGTH: Final = 48  # characters of the text that name the action; Blender cuts names at 63 bytes
UNDO_NAME: Final = "Generate Motion"
#: Operators that own the pose while they run: keys written under them would be overwritten or lost to undo.
_OWNING_OPERATORS: Final = ("TRANSFORM_OT_", "POSE_OT_", "ARMATURE_OT_")


@dataclass(frozen=True)
class ObjectReference:
    """An object across time: the uid finds it again after a rename or an undo."""

    name: str
    session_uid: int

    @classmethod
    def to(cls, obj: bpy.types.Object) -> ObjectReference:
        """The reference to `obj`."""
        return cls(obj.name, obj.session_uid)


@dataclass(frozen=True)
class JobTarget:
    """Where a job's motion goes."""

    armature: ObjectReference | None  # None: a new character is made
    start_frame: int  # scene frame of the first key
    scene_fps: float
    frames: int | None = None  # length in scene frames; None: as long as the motion is


@dataclass(frozen=True)
class Applied:
    """What a finished job did to the scene."""

    object: ObjectReference
    report: apply.ApplyReport


class Level(Enum):
    """How a notice is shown."""

    INFO = "info"
    ERROR = "error"


@dataclass(frozen=True)
class Notice:
    """The last thing the user should know."""

    level: Level
    message: str
    advice: str = ""


class Session:
    """One queue, one engine, and the way of finished motions into the scene."""

    def __init__(
        self,
        read_settings: Callable[[], EngineSettings] = EngineSettings,
        start_engine: Callable[[], Engine] | None = None,
    ) -> None:
        self._read_settings = read_settings
        self.queue = JobQueue(start_engine or self._start_engine)
        self._targets: dict[int, JobTarget] = {}
        self._applied: dict[int, Applied] = {}
        self._made: deque[Job] = deque()  # motions that are there but not in the scene yet
        self.notice: Notice | None = None

    def submit_generate(self, request: requests.GenerateRequest, target: JobTarget) -> Job:
        """Queue a motion for `target`; raises RequestError with a sentence if it cannot be asked for."""
        job = self.queue.submit(request)
        self._targets[job.id] = target
        self.notice = None
        if self is _shared:
            _start_timer()
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
        busy = _why_busy(needs_object_mode=self._targets[job.id].armature is None)
        if busy and patient:
            job.message = busy
            return
        self._made.popleft()
        target = self._targets.pop(job.id)
        if busy:
            job.fail(Failure(f"The motion could not be written. {busy}.", "Generate again afterwards."))
        else:
            before = _list_blocks()
            self._apply(job, target)
            if job.failure and target.armature is None:  # a character without a motion is of no use
                bpy.data.batch_remove(_list_blocks() - before)
        if job.failure:
            self._tell_failure(job.failure)

    def _apply(self, job: Job, target: JobTarget) -> None:
        """Write the motion, in one undo step. Whatever fails in there becomes the job's failure."""
        assert job.result is not None
        try:
            obj = _get_target(target)
            name = textwrap.shorten(job.request.text, ACTION_NAME_LENGTH, placeholder="…")
            options = apply.ApplyOptions(target.start_frame, target.scene_fps, target.frames, name)
            report = apply.apply_clip(obj, job.result.clip, options)
            bpy.ops.ed.undo_push(message=UNDO_NAME)
        except (apply.TargetError, TargetLostError) as error:
            job.fail(Failure(str(error)))
        except Exception as error:  # the border: a defect below must not kill the timer and leave the panel stuck
            message = f"The motion could not be written: {error!r}."
            job.fail(
                Failure(message, "Please report this with the text of the system console.", traceback.format_exc())
            )
        else:
            self._applied[job.id] = Applied(ObjectReference.to(obj), report)
            self.notice = _success(obj.name, report)


class TargetLostError(RuntimeError):
    """The armature a motion was made for is no longer there."""


def find_object(reference: ObjectReference) -> bpy.types.Object | None:
    """The object, if it is still part of any scene."""
    named = bpy.data.objects.get(reference.name)
    candidates: Sequence[bpy.types.Object] = [named] if named else []
    for obj in (*candidates, *bpy.data.objects):
        if obj.session_uid == reference.session_uid and obj.users_scene:
            return obj
    return None


def _get_target(target: JobTarget) -> bpy.types.Object:
    if target.armature is None:
        return apply.create_character(bpy.context)
    obj = find_object(target.armature)
    if obj is None:
        name = target.armature.name
        raise TargetLostError(
            f"The armature {name} was deleted while its motion was being made. Nothing was changed; "
            "select another armature and generate again."
        )
    apply.check_target(obj)
    return obj


def _list_blocks() -> set[bpy.types.ID]:
    """Every data-block that making a character can add."""
    data = bpy.data
    kinds = (data.objects, data.armatures, data.meshes, data.materials, data.actions, data.collections)
    return {block for kind in kinds for block in kind}


def _why_busy(needs_object_mode: bool) -> str:
    """Why the scene cannot take keys right now, or an empty text."""
    mode = bpy.context.mode
    if mode not in ("OBJECT", "POSE"):
        return "Waiting for you to leave the current mode (Tab)"
    if needs_object_mode and mode != "OBJECT":
        return "Waiting for Object Mode to add the character"
    for window in bpy.context.window_manager.windows:
        if any(op.bl_idname.startswith(_OWNING_OPERATORS) for op in window.modal_operators):
            return "Waiting for the running tool to end"
    return ""


def _success(name: str, report: apply.ApplyReport) -> Notice:
    frames = f"Frames {report.first_frame} to {report.last_frame}"
    return Notice(Level.INFO, f"{frames} on {name}.", " ".join(report.notes))


_shared: Session | None = None
_read_settings: Callable[[], EngineSettings] = EngineSettings


def use_settings(read_settings: Callable[[], EngineSettings] = EngineSettings) -> None:
    """Where the add-on's session, when it is made, learns about the engine; without it the defaults hold."""
    global _read_settings
    _read_settings = read_settings


def get_session() -> Session:
    """The add-on's session, made on first use. Its jobs are pumped by a timer."""
    global _shared
    if _shared is None:
        _shared = Session(_read_settings)
        atexit.register(close_session)
    return _shared


def find_session() -> Session | None:
    """The add-on's session if anything has been asked of it yet."""
    return _shared


def close_session() -> None:
    """End the add-on's session and its engine; nothing of it is left."""
    global _shared
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
    session, _shared = _shared, None
    atexit.unregister(close_session)
    if session:
        session.close()


def _start_timer() -> None:
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=PUMP_INTERVAL, persistent=True)


def _tick() -> float | None:
    if _shared is None:
        return None
    goes_on = _shared.pump()
    redraw_panels()
    return PUMP_INTERVAL if goes_on else None


def redraw_panels() -> None:
    """Have every 3D viewport's sidebar drawn again."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()


@bpy.app.handlers.persistent
def drop_jobs_on_load(*_: object) -> None:
    """load_post handler: the scene the jobs were meant for is gone."""
    if _shared:
        _shared.drop_jobs("Another file was opened, so the motions being made for the old one were stopped.")
