"""Read, work, answer: one thread reads requests, the main thread works, events leave through LiveJobs."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event as Flag
from threading import Thread
from typing import Any, BinaryIO, Final, Protocol

from ..protocol import PROTOCOL_VERSION
from ..protocol.events import Event, Failed, FailureKind, Finished, Progress, Ready, Take, to_message
from ..protocol.requests import JobRequest, RequestError
from ..protocol.wire import Arrays, WireError, read_message, write_message
from .cancellation import LiveJobs
from .failures import failed_from
from .intake import read_request

#: After stdin has closed, the process ends within this many seconds, whatever it was doing.
EXIT_SECONDS: Final = 2.0
CANCEL: Final = "cancel"


class ListenerGoneError(Exception):
    """Nobody reads the events any more; on Windows this is not always a BrokenPipeError."""


OnStep = Callable[[float, str], None]
IsCancelled = Callable[[], bool]


class Pipeline(Protocol):
    """What does the work; tests put a fake here."""

    @property
    def title(self) -> str:
        """Name of the weights, for the user."""
        ...

    @property
    def device(self) -> str: ...

    def run(self, request: JobRequest, on_step: OnStep, is_cancelled: IsCancelled) -> tuple[Take, ...]:
        """The request's takes; after is_cancelled() turned True it may return or raise anything."""
        ...


@dataclass(frozen=True)
class Job:
    """An accepted request waiting for the worker."""

    number: int
    request: JobRequest


def serve(load: Callable[[], Pipeline], requests: BinaryIO, events: BinaryIO) -> int:
    """Load, then serve until `requests` ends; returns the exit status. `load` runs in this thread."""
    server = Server(requests, events)
    try:
        return server.run(load)
    except ListenerGoneError:
        return 0


class Server:
    """State shared by the reader's thread and the worker."""

    def __init__(self, requests: BinaryIO, events: BinaryIO) -> None:
        self._requests, self._events = requests, events
        self._live = LiveJobs(self._write)
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._done = Flag()

    def run(self, load: Callable[[], Pipeline]) -> int:
        """Serve until the requests end."""
        Thread(target=self._read, name="requests", daemon=True).start()
        try:
            return self._work(load)
        finally:
            self._done.set()

    def _work(self, load: Callable[[], Pipeline]) -> int:
        try:
            pipeline = load()
        except Exception as error:  # the door of the process: everything becomes an event
            self._live.announce(failed_from(error, None))
            return 1
        self._live.announce(Ready(PROTOCOL_VERSION, pipeline.title, pipeline.device))
        while (job := self._queue.get()) is not None:
            self._serve_job(pipeline, job)
        return 0

    def _serve_job(self, pipeline: Pipeline, job: Job) -> None:
        number = job.number
        if self._live.is_cancelled(number):
            return

        def on_step(fraction: float, message: str) -> None:
            self._live.report(Progress(number, min(max(fraction, 0.0), 1.0), message))

        try:
            takes = pipeline.run(job.request, on_step, lambda: self._live.is_cancelled(number))
            self._live.end(number, Finished(number, takes))
        except ListenerGoneError:
            raise
        except Exception as error:  # the engine stays alive for the next job
            self._live.end(number, failed_from(error, number))

    def _write(self, event: Event) -> None:
        header, arrays = to_message(event)
        try:
            write_message(self._events, header, arrays)
        except OSError as error:
            raise ListenerGoneError from error

    def _read(self) -> None:
        try:
            while (message := self._next_message()) is not None:
                self._accept(*message)
        except ListenerGoneError:
            pass  # stop as if stdin had ended
        self._live.cancel_all()
        self._queue.put(None)
        if not self._done.wait(EXIT_SECONDS):
            os._exit(0)  # loading or a long kernel holds the worker; nothing may outlive the listener

    def _next_message(self) -> tuple[dict[str, Any], Arrays] | None:
        while True:
            try:
                return read_message(self._requests)
            except WireError as error:
                self._refuse(f"The engine was sent bytes it cannot read: {error}")

    def _accept(self, header: dict[str, Any], arrays: Arrays) -> None:
        if header.get("kind") == CANCEL:
            self._live.cancel(header.get("job"))
            return
        number = header.get("id")
        if type(number) is not int:
            self._refuse(f"A job's id must be a whole number, not {number!r}.")
        elif not self._live.accept(number):
            self._refuse(f"The job {number} is already being worked on.")
        else:
            self._enqueue(number, header, arrays)

    def _enqueue(self, number: int, header: dict[str, Any], arrays: Arrays) -> None:
        try:
            self._queue.put(Job(number, read_request(header, arrays)))
        except RequestError as error:
            self._live.end(number, failed_from(error, number))

    def _refuse(self, sentence: str) -> None:
        advice = "Update the add-on and the engine to the same version."
        self._live.announce(Failed(None, FailureKind.REQUEST, sentence, advice))
