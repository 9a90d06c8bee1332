"""Requests as messages: a JSON-ready header and named arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

import numpy as np

from ..motion.clip import ClipError, MotionClip
from .clips import from_arrays, to_arrays
from .requests import (
    CancelRequest,
    FillRequest,
    Gap,
    GenerateRequest,
    LoopRequest,
    PartRequest,
    Request,
    RequestError,
    Segment,
    StoryRequest,
)
from .wire import Arrays

_KINDS: Final[dict[str, type[Request]]] = {
    "generate": GenerateRequest,
    "fill": FillRequest,
    "part": PartRequest,
    "story": StoryRequest,
    "loop": LoopRequest,
    "cancel": CancelRequest,
}
_NAMES: Final = {cls: name for name, cls in _KINDS.items()}
#: Fields that are lists of records.
_RECORDS: Final[dict[str, type[Gap] | type[Segment]]] = {"gaps": Gap, "segments": Segment}
#: Fields that are clips; in the header stands their frame rate.
_CLIPS: Final = ("clip", "opening")
#: What a message adds to the request's own fields.
_ENVELOPE: Final = ("kind", "id", "arrays")


def to_message(request: Request) -> tuple[dict[str, Any], Arrays]:
    """`request` as a JSON-ready header and named arrays."""
    header: dict[str, Any] = {"kind": _NAMES[type(request)]}
    arrays: Arrays = {}
    for entry in fields(request):
        value = getattr(request, entry.name)
        if isinstance(value, MotionClip):
            arrays |= to_arrays(value, entry.name)
            value = {"fps": value.fps}
        elif entry.name in _RECORDS:
            value = [dict(vars(record)) for record in value]
        header[entry.name] = list(value) if isinstance(value, tuple) else value
    return header, arrays


def from_message(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Request:
    """The request a message describes, its values unchecked; raises RequestError for anything else."""
    kind = header.get("kind")
    cls = _KINDS.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise RequestError(f"Unknown request {kind!r}.")
    try:
        values = {key: _to_value(key, value, arrays) for key, value in header.items() if key not in _ENVELOPE}
        return cls(**values)
    except (TypeError, ValueError, KeyError, OverflowError, ClipError) as error:
        raise RequestError(f"The request {kind!r} has the wrong fields: {error}.") from error


def _to_value(name: str, value: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    if name in _CLIPS:
        return None if value is None else from_arrays(arrays, name, value["fps"])
    if name in _RECORDS:
        return tuple(_RECORDS[name](**record) for record in value)
    return tuple(value) if isinstance(value, list) else value
