"""What several rooms' tests share: data beside the repository, and the fake engine as a program."""

from __future__ import annotations

import os
import sys
from pathlib import Path

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
