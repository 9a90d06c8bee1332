"""The session: owns queue and engine; results land in the scene where their targets say."""

from __future__ import annotations

from .records import Applied, JobTarget, Level, Notice, ObjectReference, TargetLostError, find_object, get_object
from .session import Session
from .shared import (
    PUMP_INTERVAL,
    close_session,
    drop_jobs_on_load,
    find_session,
    get_session,
    redraw_panels,
    tick,
    use_settings,
)
from .takes import TakeRecord, record_takes, show_take, to_digits

__all__ = [
    "PUMP_INTERVAL",
    "Applied",
    "JobTarget",
    "Level",
    "Notice",
    "ObjectReference",
    "Session",
    "TakeRecord",
    "TargetLostError",
    "close_session",
    "drop_jobs_on_load",
    "find_object",
    "find_session",
    "get_object",
    "get_session",
    "record_takes",
    "redraw_panels",
    "show_take",
    "tick",
    "to_digits",
    "use_settings",
]
