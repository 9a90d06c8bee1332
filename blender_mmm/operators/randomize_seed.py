"""Randomize Seed: the next motion is another take of the same text."""

from __future__ import annotations

import random
from typing import Any, ClassVar, Final

import bpy

#: Small enough to read out and write down; the range of the property itself is larger.
LARGEST_ROLL: Final = 9999


class MMM_OT_randomize_seed(bpy.types.Operator):
    """Roll another seed: the same text then gives another take"""

    bl_idname = "mmm.randomize_seed"
    bl_label = "Randomize Seed"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO", "INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Roll, never the same twice in a row."""
        settings = context.scene.mmm
        rolls = [seed for seed in random.sample(range(LARGEST_ROLL + 1), 2) if seed != settings.seed]
        settings.seed = rolls[0]
        return {"FINISHED"}
