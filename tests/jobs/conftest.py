"""Engines of the tests: the fake one as a real child process, and one that is only a list of events."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from blender_mmm.engine_door import ENGINE_HOME
from blender_mmm.jobs.engine_process import EngineCommand, EngineProcess

FAKE = Path(__file__).parent / "fakes" / "fake_engine.py"


@pytest.fixture
def start_fake() -> Iterator[Callable[..., EngineProcess]]:
    """Starts fake engines; all are gone after the test."""
    started: list[EngineProcess] = []

    def start(mode: str = "", script: str = "") -> EngineProcess:
        program = ("-c", script) if script else (str(FAKE), "-s", "-m", "engine", "serve")
        command = EngineCommand((sys.executable, *program), ENGINE_HOME, (("MMM_FAKE_START", mode),))
        started.append(EngineProcess(lambda: command))
        return started[-1]

    yield start
    for engine in started:
        engine.close()
