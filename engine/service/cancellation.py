"""Which jobs are live, and the one place where events leave.

A job is live from its acceptance until its ending has been sent. Cancelling sends the ending at once, from
the reader's thread; whatever the worker still has to say about that job is dropped, so every job has exactly
one ending and the animator never waits for a step to finish.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from ..protocol.events import Cancelled, Event, Progress


class LiveJobs:
    """The jobs without an ending; safe to use from the reader's and the worker's thread."""

    def __init__(self, send: Callable[[Event], None]) -> None:
        """send: writes one event; it is never called twice at a time."""
        self._send = send
        self._lock = Lock()
        self._live: set[int] = set()

    def accept(self, job: int) -> bool:
        """Make `job` live; False if it already is."""
        with self._lock:
            if job in self._live:
                return False
            self._live.add(job)
            return True

    def is_cancelled(self, job: int) -> bool:
        """True once `job` has its ending: work on it is in vain."""
        return job not in self._live

    def cancel(self, job: object) -> None:
        """End `job` as cancelled; what is no job, unknown or has ended stays as it is."""
        if type(job) is int:
            self.end(job, Cancelled(job))

    def cancel_all(self) -> None:
        """End every job without a word: nobody listens any more."""
        with self._lock:
            self._live.clear()

    def report(self, progress: Progress) -> None:
        """Send `progress` if its job is live."""
        with self._lock:
            if progress.job in self._live:
                self._send(progress)

    def end(self, job: int, event: Event) -> None:
        """Send `event` as the ending of `job` if it is live."""
        with self._lock:
            if job in self._live:
                self._live.discard(job)
                self._send(event)

    def announce(self, event: Event) -> None:
        """Send an event that belongs to no job."""
        with self._lock:
            self._send(event)
