"""An armature that walks, in the registered add-on, and how to wait for what its buttons start."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest


class Stage:
    """The add-on with one walking character; frames 1 to 96 at 24 frames a second."""

    def __init__(self, bpy: Any) -> None:
        from blender_mmm import apply, session

        self.bpy, self.sessions = bpy, session
        self.obj = apply.create_character(bpy.context)
        bpy.ops.ed.undo_push(message="Character")
        self.settings.text, self.settings.use_auto_length, self.settings.frames = "a person walks", False, 96
        bpy.ops.mmm.generate()
        self.wait()

    @property
    def scene(self) -> Any:
        return self.bpy.context.scene

    @property
    def settings(self) -> Any:
        return self.scene.mmm

    @property
    def edits(self) -> Any:
        return self.settings.edits

    @property
    def takes(self) -> Any:
        return self.obj.mmm.takes

    @property
    def action(self) -> Any:
        return self.obj.animation_data.action

    @property
    def notice(self) -> Any:
        return self.sessions.get_session().notice

    def choose(self, first: int, last: int) -> None:
        """The preview range."""
        self.scene.use_preview_range = True
        self.scene.frame_preview_start, self.scene.frame_preview_end = first, last
        self.edits.source = "PREVIEW"

    def pump_until(self, holds: Callable[[], bool], seconds: float = 30.0) -> None:
        give_up = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < give_up, "did not happen in time"
            self.sessions.tick()  # the timer never fires without a window
            time.sleep(0.005)

    def wait(self) -> None:
        """Until nothing is being made."""
        self.pump_until(lambda: not self.sessions.get_session().jobs)

    def is_fine(self) -> bool:
        return self.notice.level is self.sessions.Level.INFO

    def curves(self, action: Any = None) -> dict[tuple[str, int], np.ndarray]:
        """Keys [n, 2] of every curve."""
        from blender_mmm.scene.action_channels import channels_in, slot_of

        action = action or self.action
        channels = channels_in(action, slot_of(self.obj)) or channels_in(action, action.slots[0].identifier)
        return {(c.data_path, c.array_index): np.array([k.co for k in c.keyframe_points]) for c in channels.fcurves}


@pytest.fixture
def stage(addon: Any) -> Stage:
    return Stage(addon)
