"""What is remembered between the button and the result: names and values, nothing of bpy."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeAlias, TypeVar

import bpy

from .. import apply, edits
from ..engine_door import requests


def new_uid() -> int:
    """A number that finds a job again; not one after the other, since takes of older sessions lie in the file."""
    return random.getrandbits(30) + 1


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
    """Where a new motion goes: a new Action from `start_frame` on."""

    armature: ObjectReference | None  # None: a new character is made
    start_frame: int  # scene frame of the first key
    scene_fps: float
    frames: int | None = None  # length in scene frames; None: as long as the motion is
    in_place: bool = False
    reduce_error: float | None = None  # None: a key on every frame
    foot_lock: float = 0.0  # 0..1: how firmly standing feet are held
    uid: int = field(default_factory=new_uid)


@dataclass(frozen=True)
class EditTarget:
    """Where an edit goes: a copy of the Action that was read."""

    armature: ObjectReference
    prepared: edits.PreparedEdit
    options: edits.EditOptions = field(default_factory=edits.EditOptions)
    uid: int = field(default_factory=new_uid)
    plays: str | None = None  # the Action in use when it was asked for, which must still be; None: never mind


@dataclass(frozen=True)
class StoryTarget:
    """Where a story goes: a new Action, or after what is animated already."""

    armature: ObjectReference | None
    options: edits.StoryOptions
    uid: int = field(default_factory=new_uid)
    plays: str | None = None


Target: TypeAlias = JobTarget | EditTarget | StoryTarget
AnyTarget = TypeVar("AnyTarget", JobTarget, EditTarget, StoryTarget)


@dataclass(frozen=True)
class Applied:
    """What a finished job did to the scene."""

    object: ObjectReference
    report: apply.ApplyReport  # of the take that plays
    actions: tuple[str, ...] = ()  # names, one a take; the first plays


@dataclass(frozen=True)
class Recipe:
    """How to make another take of the same."""

    request: requests.JobRequest
    target: Target


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


def again(target: AnyTarget) -> AnyTarget:
    """The same place for another job, whichever take plays by then."""
    if isinstance(target, JobTarget):
        return replace(target, uid=new_uid())
    return replace(target, uid=new_uid(), plays=None)


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
