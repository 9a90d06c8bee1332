"""A finished job's takes into the scene, each kind of target in its own way."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import bpy

from .. import apply, edits
from ..engine_door import events, skeleton
from ..jobs.asking import text_of
from ..jobs.job import Job
from ..scene.takes import show_action
from .records import Applied, EditTarget, JobTarget, ObjectReference, StoryTarget, Target, TargetLostError, get_object
from .scene_state import list_blocks
from .takes import TakeRecord, record_original, record_takes

ACTION_NAME_LENGTH: Final = 40  # characters of the text that name the action; Blender cuts names at 63 bytes
_EDITED: Final = " / "  # between what was done to an Action and its name


def deliver(job: Job, target: Target) -> Applied:
    """Write every take of `job`, the first of which plays then.

    Raises TargetError or TargetLostError with a sentence; whatever it raises, the scene is as it was before.
    """
    assert job.result is not None
    with _all_or_nothing(target):
        obj = _get_armature(target)
        original = _playing(obj)
        reports = [_write(obj, job, target, take) for take in job.result.takes]
        show_action(obj, reports[0].action_name)
        pairs = zip(job.result.takes, reports, strict=True)
        if original and not isinstance(target, JobTarget):
            record_original(obj, original)
        record_takes(obj, tuple(_record(job, target, take, report) for take, report in pairs))
    return Applied(ObjectReference.to(obj), reports[0], tuple(report.action_name for report in reports))


def title_to_name(title: str) -> str:
    """What an Action made by a job of that title is called."""
    return textwrap.shorten(title, ACTION_NAME_LENGTH, placeholder="…")


def _write(obj: bpy.types.Object, job: Job, target: Target, take: events.Take) -> apply.ApplyReport:
    name = title_to_name(job.title)
    match target:
        case JobTarget():
            options = apply.ApplyOptions(
                target.start_frame,
                target.scene_fps,
                target.frames,
                name,
                in_place=target.in_place,
                reduce_error=target.reduce_error,
                foot_lock=target.foot_lock,
            )
            return apply.apply_clip(obj, take.clip, options)
        case EditTarget():
            named = replace(target.options, action_name=_edit_name(target.prepared.action_name, job.title))
            return edits.apply_edit(obj, target.prepared, take.clip, named)
        case StoryTarget():
            named = replace(target.options, action_name=name)
            return edits.apply_story(obj, take.clip, take.marks, named)


def _edit_name(action_name: str, title: str) -> str:
    """What is said of an edit before the name of what was edited first: lists cut names off at their ends."""
    return f"{title_to_name(title)}{_EDITED}{action_name.split(_EDITED)[-1]}"


def _get_armature(target: Target) -> bpy.types.Object:
    """The armature, unchanged enough to take the result; raises TargetError or TargetLostError."""
    if target.armature is None:
        return apply.create_character(bpy.context)
    obj = get_object(target.armature)
    apply.check_target(obj)
    if not isinstance(target, JobTarget) and target.plays is not None:
        _check_playing(obj, target.plays)
    return obj


def _check_playing(obj: bpy.types.Object, expected: str) -> None:
    playing = _playing(obj)
    if playing == expected:
        return
    now = f"plays “{playing}” now" if playing else "has no action any more"
    raise TargetLostError(
        f"“{obj.name}” {now}, while the motion was made for “{expected}”. Nothing was changed; "
        "choose that action again and repeat."
    )


def _playing(obj: bpy.types.Object) -> str | None:
    data = obj.animation_data
    return str(data.action.name) if data and data.action else None


@contextmanager
def _all_or_nothing(target: Target) -> Iterator[None]:
    """On an exception every data-block that is new is removed and the armature plays what it played."""
    before = list_blocks()
    obj = get_object(target.armature) if target.armature else None
    played = _playing(obj) if obj else None
    try:
        yield
    except BaseException:
        if obj and played and _playing(obj) != played:
            show_action(obj, played)  # first: what is left may have to be undone by it
        bpy.data.batch_remove(list_blocks() - before)
        raise


def _record(job: Job, target: Target, take: events.Take, report: apply.ApplyReport) -> TakeRecord:
    start, step = _confidence_place(target)
    return TakeRecord(
        report.action_name,
        target.uid,
        text_of(job.request) or job.title,
        take.seed,
        report.first_frame,
        report.last_frame,
        take.confidence,
        start,
        step,
    )


def _confidence_place(target: Target) -> tuple[float, float]:
    """Scene frame where the first token begins, and scene frames a token."""
    match target:
        case EditTarget(prepared=prepared):
            first = prepared.frame_of(0)
            return first, prepared.frame_of(skeleton.FRAMES_PER_TOKEN) - first
        case StoryTarget(options=options):
            late = 0 if options.opening is None else 1  # model frames: the opening's last is not repeated
            start, fps = options.start_frame + late * options.scene_fps / skeleton.MODEL_FPS, options.scene_fps
        case JobTarget():
            start, fps = target.start_frame, target.scene_fps
    return float(start), skeleton.FRAMES_PER_TOKEN * fps / skeleton.MODEL_FPS
