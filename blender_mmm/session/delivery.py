"""A finished job's result into the scene, each kind of target in its own way."""

from __future__ import annotations

import textwrap
from typing import Final

import bpy

from .. import apply
from ..jobs.job import Job
from .records import Applied, JobTarget, ObjectReference, get_object

ACTION_NAME_LENGTH: Final = 48  # characters of the text that name the action; Blender cuts names at 63 bytes


def deliver(job: Job, target: JobTarget) -> Applied:
    """Write what `job` made; raises TargetError or TargetLostError, then the scene is unharmed."""
    assert job.result is not None
    obj = _get_target(target)
    name = textwrap.shorten(job.title, ACTION_NAME_LENGTH, placeholder="…")
    options = apply.ApplyOptions(target.start_frame, target.scene_fps, target.frames, name)
    report = apply.apply_clip(obj, job.result.clip, options)
    return Applied(ObjectReference.to(obj), report)


def _get_target(target: JobTarget) -> bpy.types.Object:
    if target.armature is None:
        return apply.create_character(bpy.context)
    obj = get_object(target.armature)
    apply.check_target(obj)
    return obj
