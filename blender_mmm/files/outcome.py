"""What a command made, as the writers of every format take it."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ..engine_door import clip as clips
from .errors import FileError


@dataclass(frozen=True)
class Outcome:
    """A motion in the open file, and the clip it came from. Not kept: an object is found again by its name."""

    object_name: str  # the armature
    first_frame: int  # scene frames, both written
    last_frame: int
    clip: clips.MotionClip
    text: str
    seed: int

    @property
    def obj(self) -> bpy.types.Object:
        """The armature; raises FileError if it is no longer there."""
        obj = bpy.data.objects.get(self.object_name)
        if obj is None:
            raise FileError(f"The armature “{self.object_name}” is no longer there.")
        return obj
