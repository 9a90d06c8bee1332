"""Randomize Seed: the next motion is another take of the same text."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from .collecting import another_seed


class MMM_OT_randomize_seed(bpy.types.Operator):
    """Roll another seed: the same text then gives another take"""

    bl_idname = "mmm.randomize_seed"
    bl_label = "Randomize Seed"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO", "INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Roll, never the same twice in a row."""
        settings = context.scene.mmm
        settings.seed = another_seed(settings.seed)
        return {"FINISHED"}
