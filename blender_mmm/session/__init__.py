"""The session: owns queue and engine; results land in the scene where their targets say."""

from __future__ import annotations

from .records import (
    Applied,
    EditTarget,
    JobTarget,
    Level,
    Notice,
    ObjectReference,
    Recipe,
    StoryTarget,
    Target,
    TargetLostError,
    again,
    find_object,
    get_object,
)
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
from .takes import drop_take, find_take, show_take

__all__ = [
    "PUMP_INTERVAL",
    "Applied",
    "EditTarget",
    "JobTarget",
    "Level",
    "Notice",
    "ObjectReference",
    "Recipe",
    "Session",
    "StoryTarget",
    "Target",
    "TargetLostError",
    "again",
    "close_session",
    "drop_jobs_on_load",
    "drop_take",
    "find_object",
    "find_session",
    "find_take",
    "get_object",
    "get_session",
    "redraw_panels",
    "show_take",
    "tick",
    "use_settings",
]
