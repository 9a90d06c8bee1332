"""Exceptions to Failed events: what sort it is, a sentence, and what the user can do."""

from __future__ import annotations

import sys
import traceback

from ..protocol.events import Failed, FailureKind
from ..protocol.requests import RequestError

_NO_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")


def failed_from(error: BaseException, job: int | None) -> Failed:
    """The event that tells of `error`, which stopped `job` (None: the start)."""
    kind, message, advice = explain(error)
    trace = "" if kind is FailureKind.REQUEST else "".join(traceback.format_exception(error))
    return Failed(job, kind, message, advice, trace)


def explain(error: BaseException) -> tuple[FailureKind, str, str]:
    """Kind, sentence and advice for `error`."""
    if isinstance(error, RequestError):
        return FailureKind.REQUEST, str(error), "Change the request and try again."
    if _is_memory(error):
        return (
            FailureKind.MEMORY,
            "The device ran out of memory.",
            "Close other programs that use the graphics card, or choose the CPU as device in the preferences.",
        )
    if _is_one_of(error, "weights", "WeightsError"):
        return FailureKind.WEIGHTS, str(error), str(getattr(error, "advice", ""))
    if _is_one_of(error, "models.text_encoder", "TextEncoderError"):
        return FailureKind.WEIGHTS, str(error), "Set up the engine again in the preferences."
    if _is_one_of(error, "pipeline", "DeviceError"):
        return FailureKind.REQUEST, str(error), "Choose the device 'auto' or 'cpu' in the preferences."
    if isinstance(error, ImportError):
        return (
            FailureKind.INTERNAL,
            f"The engine's Python lacks a package: {error}.",
            "Set up the engine again in the preferences, or install this project with pip.",
        )
    return (
        FailureKind.INTERNAL,
        f"The engine met an error it did not expect: {type(error).__name__}: {error}",
        "Try again; if it stays, report it together with the details below.",
    )


def _is_one_of(error: BaseException, module: str, name: str) -> bool:
    """Whether `error` is our `module`.`name`, without importing that module (it may need torch)."""
    loaded = sys.modules.get(f"{__package__.rpartition('.')[0]}.{module}")
    return loaded is not None and isinstance(error, getattr(loaded, name, ()))


def _is_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError):
        return True
    # torch's own class is a RuntimeError, and on the CPU it raises a bare one.
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _NO_MEMORY)
