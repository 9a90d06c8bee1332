"""Job: Blender's record of one request, from the button to its ending."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Final

from ..engine_door import events, requests
from .asking import title_of

MAX_MESSAGE: Final = 500  # characters; what a panel can show of a message


class JobState(Enum):
    """Where a job stands; the last three are endings."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def has_ended(self) -> bool:
        """True when nothing will change any more."""
        return self in (JobState.FINISHED, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True)
class Failure:
    """Why something did not work: two sentences for the user, and details for a report."""

    message: str
    advice: str = ""
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


@dataclass
class Job:
    """One request and what became of it. Changed only by the queue and the session."""

    id: int
    request: requests.JobRequest
    state: JobState = JobState.QUEUED
    fraction: float = 0.0  # 0..1
    message: str = ""
    result: events.Finished | None = None
    failure: Failure | None = None

    @property
    def title(self) -> str:
        """What the job is called in lists and action names."""
        return title_of(self.request)

    def show_progress(self, fraction: float, message: str) -> None:
        """Take over a progress report; whatever the engine says, the bar stays in 0..1 and moves forward."""
        if math.isfinite(fraction):
            self.fraction = max(self.fraction, min(1.0, fraction))
        self.message = readable(message)

    def finish(self, result: events.Finished) -> None:
        """The engine made the motion."""
        self.state, self.result, self.fraction, self.message = JobState.FINISHED, result, 1.0, ""

    def fail(self, failure: Failure) -> None:
        """It went wrong; the result, if there was one, is dropped."""
        self.state, self.failure, self.result, self.message = JobState.FAILED, failure, None, ""

    def cancel(self, message: str = "") -> None:
        """The user, or a new file, stopped it."""
        self.state, self.result, self.message = JobState.CANCELLED, None, message


def readable(text: str, longest: int = MAX_MESSAGE) -> str:
    """`text` on one line without control characters, at most `longest` characters."""
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text[: 4 * longest])
    kept = " ".join(kept.split())
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"
