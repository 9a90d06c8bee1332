"""What several rooms' tests share: data beside the repository, the fake engine, a Blender with the add-on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

_STATUS = pytest.StashKey[int]()
_SHARED = Path(os.environ.get("MMM_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))


def _folder(name: str) -> Path:
    folder = _SHARED / name
    if not folder.is_dir():
        pytest.skip(f"needs {folder} (set MMM_SHARED to the folder that holds {name}/)")
    return folder


@pytest.fixture(scope="session")
def golden() -> Path:
    """Reference vectors of the official networks."""
    return _folder("golden")


@pytest.fixture(scope="session")
def cmu() -> Path:
    """The training set."""
    return _folder("data/cmu")


@pytest.fixture
def fake_python(tmp_path: Path) -> str:
    """A program that can be named as the engine's Python and runs the fake engine."""
    if sys.platform == "win32":
        pytest.skip("the fake engine is started by a shell script")
    fake = Path(__file__).parent / "jobs" / "fakes" / "fake_engine.py"
    program = tmp_path / "fake_python"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{fake}" "$@"\n')
    program.chmod(0o755)
    return str(program)


@pytest.fixture
def empty_scene() -> Iterator[Any]:
    bpy = pytest.importorskip("bpy")
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    bpy.ops.ed.undo_push(message="Start")
    yield bpy


@pytest.fixture
def fake_settings(fake_python: str) -> Callable[[], Any]:
    from blender_mmm.jobs import environment

    return lambda: environment.EngineSettings(python=fake_python)


@pytest.fixture
def session(empty_scene: Any, fake_settings: Callable[[], Any]) -> Iterator[Any]:
    """A session of a script: not the add-on's, pumped by hand."""
    from blender_mmm.session import Session

    made = Session(fake_settings)
    yield made
    made.close()


@pytest.fixture
def addon(empty_scene: Any, fake_settings: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The registered add-on whose engine is the fake one; yields bpy."""
    import blender_mmm
    from blender_mmm import preferences

    monkeypatch.setattr(preferences, "read_engine_settings", fake_settings)
    blender_mmm.register()
    yield empty_scene
    blender_mmm.unregister()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember the outcome for the end of the process."""
    session.config.stash[_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End the process here: Blender 4.5's module can hang and 4.2's crash in the interpreter's own exit."""
    if "bpy" in sys.modules:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash.get(_STATUS, 1))
