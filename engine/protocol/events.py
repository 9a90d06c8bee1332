"""What the engine says. One Ready, then for each job Progress events and exactly one ending."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

import numpy as np

from ..motion.clip import ClipError, MotionClip
from .clips import from_arrays, to_arrays
from .wire import Arrays


class EventKind(Enum):
    """Name of an event on the wire."""

    READY = "ready"
    PROGRESS = "progress"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class FailureKind(Enum):
    """What sort of failure: decides what the add-on offers to do."""

    REQUEST = "request"  # the user can change the request
    WEIGHTS = "weights"  # files missing, corrupt or of the wrong kind
    MEMORY = "memory"  # the device ran out
    INTERNAL = "internal"  # a defect of ours


@dataclass(frozen=True)
class Ready:
    """The engine has loaded its weights and takes jobs."""

    protocol_version: int
    weights: str
    device: str


@dataclass(frozen=True)
class Progress:
    """A job goes on; fraction in 0..1."""

    job: int
    fraction: float
    message: str


@dataclass(frozen=True)
class Take:
    """One result of a job."""

    clip: MotionClip
    confidence: np.ndarray  # float32 [tokens] in 0..1, how sure the model was of each 0.2 s block; 1 where known
    seed: int
    marks: tuple[int, ...] = ()  # first model frame of each segment of a story

    def __post_init__(self) -> None:
        if self.confidence.ndim != 1:
            raise ValueError(f"confidence has shape {self.confidence.shape}; expected one value a token.")


@dataclass(frozen=True)
class Finished:
    """A job's results, one for each take that was asked for."""

    job: int
    takes: tuple[Take, ...]

    def __post_init__(self) -> None:
        if not self.takes:
            raise ValueError("A finished job has at least one take.")

    @property
    def clip(self) -> MotionClip:
        """The first take's motion."""
        return self.takes[0].clip

    @property
    def confidence(self) -> np.ndarray:
        """The first take's confidence [tokens]."""
        return self.takes[0].confidence


@dataclass(frozen=True)
class Failed:
    """A job (or, with job None, the start) failed; message and advice are sentences for the user."""

    job: int | None
    kind: FailureKind
    message: str
    advice: str
    traceback: str = ""


@dataclass(frozen=True)
class Cancelled:
    """A job was stopped on request."""

    job: int


Event: TypeAlias = Ready | Progress | Finished | Failed | Cancelled


class EventError(ValueError):
    """A message that is no event."""


def to_message(event: Event) -> tuple[dict[str, Any], Arrays]:
    """`event` as a JSON-ready header and named arrays."""
    match event:
        case Ready():
            return {"kind": EventKind.READY.value, **vars(event)}, {}
        case Progress():
            return {"kind": EventKind.PROGRESS.value, **vars(event)}, {}
        case Finished():
            return _from_finished(event)
        case Failed():
            return {**vars(event), "kind": EventKind.FAILED.value, "failure": event.kind.value}, {}
        case Cancelled():
            return {"kind": EventKind.CANCELLED.value, **vars(event)}, {}


def _from_finished(event: Finished) -> tuple[dict[str, Any], Arrays]:
    header: dict[str, Any] = {"kind": EventKind.FINISHED.value, "job": event.job, "takes": []}
    arrays: Arrays = {}
    for number, take in enumerate(event.takes):
        header["takes"].append({"fps": take.clip.fps, "seed": take.seed, "marks": list(take.marks)})
        arrays |= to_arrays(take.clip, str(number))
        arrays[f"{number}.confidence"] = take.confidence.astype(np.float32)
    return header, arrays


def _to_take(number: int, entry: dict[str, Any], arrays: Arrays) -> Take:
    clip = from_arrays(arrays, str(number), entry["fps"])
    marks = tuple(int(mark) for mark in entry["marks"])
    return Take(clip, arrays[f"{number}.confidence"], int(entry["seed"]), marks)


def from_message(header: dict[str, Any], arrays: Arrays) -> Event:
    """The event a message describes; raises EventError for anything else."""
    try:
        kind = EventKind(header["kind"])
        if kind is EventKind.READY:
            return Ready(int(header["protocol_version"]), str(header["weights"]), str(header["device"]))
        if kind is EventKind.PROGRESS:
            return Progress(int(header["job"]), float(header["fraction"]), str(header["message"]))
        if kind is EventKind.FINISHED:
            takes = tuple(_to_take(number, entry, arrays) for number, entry in enumerate(header["takes"]))
            return Finished(int(header["job"]), takes)
        if kind is EventKind.FAILED:
            return _to_failed(header)
        return Cancelled(int(header["job"]))
    except (KeyError, TypeError, ValueError, OverflowError, ClipError) as error:
        raise EventError(f"The engine sent a message that cannot be read: {error!r}.") from error


def _to_failed(header: dict[str, Any]) -> Failed:
    job = None if header["job"] is None else int(header["job"])
    return Failed(
        job, FailureKind(header["failure"]), str(header["message"]), str(header["advice"]), str(header["traceback"])
    )
