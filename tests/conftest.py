"""Where the data that is not part of the repository lies; tests that need it skip without it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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
