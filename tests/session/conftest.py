"""A Blender with the add-on registered, an empty scene, and the fake engine instead of torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest


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
