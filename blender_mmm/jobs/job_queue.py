"""JobQueue: one job with the engine, any number waiting; turns the engine's events into the state of jobs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from itertools import count
from typing import Any, Final, Protocol

from ..engine_door import PROTOCOL_VERSION, events, messages, requests, wire
from .engine_process import Gone, Incoming
from .job import Failure, Job, JobState, readable

CANCEL_PATIENCE: Final = 3.0  # seconds a cancelled job may take to stop before the engine is killed
START_PATIENCE: Final = 90.0  # seconds after which a cancel also gives up on an engine that is still starting


class Engine(Protocol):
    """What the queue needs of an engine; EngineProcess is one, tests bring others."""

    def send(self, header: dict[str, Any], arrays: wire.Arrays | None = None) -> None: ...
    def poll(self) -> Sequence[Incoming]: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...


class EnginePhase(Enum):
    """Whether an engine is there."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"


class JobQueue:
    """Owns the engine. All methods return at once except `close`."""

    def __init__(self, start_engine: Callable[[], Engine], clock: Callable[[], float] = time.monotonic) -> None:
        self._start_engine = start_engine
        self._clock = clock
        self._ids = count(1)
        self._engine: Engine | None = None
        self._started_at = 0.0
        self._leaving: deque[Engine] = deque(maxlen=4)  # told to stop, perhaps not gone yet; more are gone for sure
        self._sent = False  # the current job has been handed to the engine
        self._cancel_by: float | None = None  # when the engine must have obeyed
        self._ended: list[Job] = []
        self.current: Job | None = None
        self.waiting: deque[Job] = deque()
        self.ready: events.Ready | None = None

    @property
    def is_idle(self) -> bool:
        """No job is running or waiting and none has ended unreported."""
        return self.current is None and not self.waiting and not self._ended

    @property
    def phase(self) -> EnginePhase:
        """Whether the engine is there."""
        if self._engine is None:
            return EnginePhase.STOPPED
        return EnginePhase.READY if self.ready else EnginePhase.STARTING

    def submit(self, request: requests.JobRequest) -> Job:
        """Queue a request; raises RequestError when it cannot be served."""
        job = Job(next(self._ids), request.checked())
        self.waiting.append(job)
        return job

    def cancel(self, job: Job, message: str = "") -> None:
        """Stop a job: at once if the engine does not have it yet, else as soon as the engine obeys."""
        if job.state.has_ended:
            return
        if job is not self.current:
            self.waiting.remove(job)
            job.cancel(message)
            self._report(job)
        elif not self._sent:
            job.cancel(message)
            self._report(job)
            self._give_up_slow_start()
        elif self._cancel_by is None and self._engine:
            self._cancel_by = self._clock() + CANCEL_PATIENCE
            job.message = message or "Stopping"
            self._engine.send(*messages.to_message(requests.CancelRequest(job.id)))

    def cancel_all(self, message: str = "") -> None:
        """Stop every job."""
        for job in [*self.waiting, *([self.current] if self.current else [])]:
            self.cancel(job, message)

    def update(self) -> list[Job]:
        """Take in what the engine said and move on; returns the jobs that have ended since the last call."""
        for incoming in self._engine.poll() if self._engine else ():
            if self._engine:  # its last words count for nothing once it has been given up
                self._handle(incoming)
        self._enforce_cancel()
        self._start_next()
        ended, self._ended = self._ended, []
        return ended

    def restart_engine(self) -> None:
        """Let the engine go; a running job fails, the next job starts a new one."""
        self._lose_engine()
        if job := self.current:
            job.fail(Failure("The motion engine was restarted while it worked.", "Generate again."))
            self._report(job)

    def close(self) -> None:
        """Cancel everything and end the child; bounded."""
        engine, self._engine, self.ready = self._engine, None, None
        for job in [*self.waiting, *([self.current] if self.current else [])]:
            job.cancel()
        self.waiting.clear()
        self.current, self._sent, self._cancel_by = None, False, None
        for leaving in (*self._leaving, *([engine] if engine else [])):
            leaving.close()
        self._leaving.clear()

    def _handle(self, incoming: Incoming) -> None:
        match incoming:
            case events.Ready():
                self._take_ready(incoming)
            case Gone():
                self._take_gone(incoming.failure)
            case events.Failed(job=None):
                self._take_gone(_failure(incoming))
            case _ if self.current and self._sent and incoming.job == self.current.id:
                self._take_news(self.current, incoming)
            case _:
                pass  # late words about a job that has ended here

    def _take_ready(self, ready: events.Ready) -> None:
        if ready.protocol_version == PROTOCOL_VERSION:
            self.ready = ready
            return
        message = f"The motion engine speaks protocol {ready.protocol_version}; this extension {PROTOCOL_VERSION}."
        self._take_gone(Failure(message, "Install the extension again and restart Blender."))

    def _take_gone(self, failure: Failure) -> None:
        """The engine is lost. If it never got ready, the waiting jobs would fail the same way: they end too."""
        was_starting = self.phase is EnginePhase.STARTING
        was_cancelled = self._cancel_by is not None
        self._lose_engine()
        if job := self.current:
            job.cancel() if was_cancelled else job.fail(failure)
            self._report(job)
        while was_starting and self.waiting:
            job = self.waiting.popleft()
            job.fail(failure)
            self._report(job)

    def _take_news(self, job: Job, event: events.Event) -> None:
        is_wanted = self._cancel_by is None
        match event:
            case events.Progress():
                if is_wanted:
                    job.show_progress(event.fraction, event.message)
                return
            case events.Finished() if is_wanted:
                job.finish(event)
            case events.Failed() if is_wanted:
                job.fail(_failure(event))
            case _:
                job.cancel()
        self._report(job)

    def _enforce_cancel(self) -> None:
        if self.current and self._cancel_by is not None and self._clock() > self._cancel_by:
            self._lose_engine()
            self.current.cancel()
            self._report(self.current)

    def _start_next(self) -> None:
        if self.current is None and self.waiting:
            self.current = self.waiting.popleft()
            self.current.state = JobState.RUNNING
        if self.current is None or self._sent:
            return
        if self._engine is None:
            self._engine, self._started_at = self._start_engine(), self._clock()
        if self.ready:
            header, arrays = messages.to_message(self.current.request)
            self._engine.send({**header, "id": self.current.id}, arrays)
            self._sent = True
        self.current.message = "Waiting for the engine" if self.ready else "Starting the engine"

    def _give_up_slow_start(self) -> None:
        if self.phase is EnginePhase.STARTING and self._clock() - self._started_at > START_PATIENCE:
            self._lose_engine()

    def _lose_engine(self) -> None:
        engine, self._engine, self.ready = self._engine, None, None
        if engine:
            engine.stop()
            self._leaving.append(engine)

    def _report(self, job: Job) -> None:
        """`job` has ended: make room for the next and tell of it in the next update."""
        if job is self.current:
            self.current, self._sent, self._cancel_by = None, False, None
        self._ended.append(job)


def _failure(event: events.Failed) -> Failure:
    return Failure(readable(event.message), readable(event.advice), event.traceback[-20_000:])
