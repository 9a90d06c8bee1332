"""The add-on's one session, pumped by a timer; scripts and commands make their own."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from typing import Final

import bpy

from ..jobs.environment import EngineSettings
from .session import Session

PUMP_INTERVAL: Final = 0.05  # seconds between two looks at the engine while a job is on
_SHOWING: Final = {"VIEW_3D": "UI", "DOPESHEET_EDITOR": "WINDOW"}  # area -> region that shows something of ours

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
        _shared = Session(_read_settings, on_submit=_start_timer)
        atexit.register(close_session)
    return _shared


def find_session() -> Session | None:
    """The add-on's session if anything has been asked of it yet."""
    return _shared


def close_session() -> None:
    """End the add-on's session and its engine; nothing of it is left."""
    global _shared
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
    session, _shared = _shared, None
    atexit.unregister(close_session)
    if session:
        session.close()


def _start_timer() -> None:
    if not bpy.app.timers.is_registered(tick):
        bpy.app.timers.register(tick, first_interval=PUMP_INTERVAL, persistent=True)


def tick() -> float | None:
    """What the timer does: one look at the engine; None when there is nothing more to wait for."""
    if _shared is None:
        return None
    goes_on = _shared.pump()
    redraw_panels()
    return PUMP_INTERVAL if goes_on else None


def redraw_panels() -> None:
    """Have everything that shows the session's state drawn again."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            for region in area.regions:
                if region.type == _SHOWING.get(area.type):
                    region.tag_redraw()


@bpy.app.handlers.persistent
def drop_jobs_on_load(*_: object) -> None:
    """load_post handler: the scene the jobs were meant for is gone."""
    if _shared:
        _shared.drop_jobs("Another file was opened, so the motions being made for the old one were stopped.")
