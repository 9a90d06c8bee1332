"""What is remembered between the button and the result: names and values, nothing of bpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import bpy

from .. import apply


@dataclass(frozen=True)
class ObjectReference:
    """An object across time: the uid finds it again after a rename or an undo."""

    name: str
    session_uid: int

    @classmethod
    def to(cls, obj: bpy.types.Object) -> ObjectReference:
        """The reference to `obj`."""
        return cls(obj.name, obj.session_uid)


@dataclass(frozen=True)
class JobTarget:
    """Where a new motion goes."""

    armature: ObjectReference | None  # None: a new character is made
    start_frame: int  # scene frame of the first key
    scene_fps: float
    frames: int | None = None  # length in scene frames; None: as long as the motion is


@dataclass(frozen=True)
class Applied:
    """What a finished job did to the scene."""

    object: ObjectReference
    report: apply.ApplyReport


class Level(Enum):
    """How a notice is shown."""

    INFO = "info"
    ERROR = "error"


@dataclass(frozen=True)
class Notice:
    """The last thing the user should know."""

    level: Level
    message: str
    advice: str = ""


class TargetLostError(RuntimeError):
    """The armature a motion was made for is no longer there, or no longer as it was."""


def find_object(reference: ObjectReference) -> bpy.types.Object | None:
    """The object, if it is still part of any scene."""
    named = bpy.data.objects.get(reference.name)
    candidates: Sequence[bpy.types.Object] = [named] if named else []
    for obj in (*candidates, *bpy.data.objects):
        if obj.session_uid == reference.session_uid and obj.users_scene:
            return obj
    return None


def get_object(reference: ObjectReference) -> bpy.types.Object:
    """The object; raises TargetLostError when it is gone."""
    obj = find_object(reference)
    if obj is None:
        raise TargetLostError(
            f"The armature {reference.name} was deleted while its motion was being made. Nothing was changed; "
            "select another armature and generate again."
        )
    return obj
