"""The takes of an armature: recorded with the object when the add-on is registered, shown by assigning an Action."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ..scene.takes import show_action

LEVELS = 9  # confidence is kept as one digit a block


@dataclass(frozen=True)
class TakeRecord:
    """What is kept about one result."""

    action_name: str
    uid: int
    text: str
    seed: int
    first_frame: int
    last_frame: int
    confidence: np.ndarray  # [tokens] in 0..1
    confidence_start: float  # scene frame where the first token begins
    confidence_step: float  # scene frames a token


def show_take(obj: bpy.types.Object, action: bpy.types.Action | None) -> bool:
    """Have `obj` play `action`; False when it cannot (the action is gone, or an NLA strip is being tweaked)."""
    data = obj.animation_data
    if action is None or (data is not None and data.use_tweak_mode):
        return False
    if data is None or data.action != action:
        show_action(obj, action.name)
    return True


def find_take(obj: bpy.types.Object) -> bpy.types.PropertyGroup | None:
    """The entry of the take that `obj` plays."""
    playing = find_playing(obj)
    takes = obj.mmm.takes if playing else ()
    return next((take for take in takes if take.action == playing), None)


def record_original(obj: bpy.types.Object, action_name: str) -> None:
    """List what was there before the first edit as a take to come back to, unless it is listed already."""
    settings = getattr(obj, "mmm", None)
    action = bpy.data.actions.get(action_name)
    if settings is None or action is None or any(take.action == action for take in settings.takes):
        return
    entry = settings.takes.add()
    entry.action, entry.keep = action, True
    entry.first_frame, entry.last_frame = map(round, action.frame_range)


def record_takes(obj: bpy.types.Object, records: tuple[TakeRecord, ...]) -> None:
    """Add `records` to the object's list, where there is one; the first of them is the one that plays."""
    settings = getattr(obj, "mmm", None)
    if settings is None:  # a script without the registered add-on: the actions are kept by fake users
        for record in records:
            bpy.data.actions[record.action_name].use_fake_user = True
        return
    first = len(settings.takes)
    for record in records:
        _fill(settings.takes.add(), record)
    settings.take_index = first


def to_digits(confidence: np.ndarray) -> str:
    """Confidence in 0..1 as one digit a token."""
    levels = np.rint(np.clip(np.nan_to_num(confidence, nan=0.0), 0.0, 1.0) * LEVELS).astype(int)
    return "".join(map(str, levels))


def _fill(entry: bpy.types.PropertyGroup, record: TakeRecord) -> None:
    entry.action = bpy.data.actions[record.action_name]
    entry.uid, entry.text, entry.seed = record.uid, record.text, record.seed
    entry.first_frame, entry.last_frame = record.first_frame, record.last_frame
    entry.confidence = to_digits(record.confidence)
    entry.confidence_start, entry.confidence_step = record.confidence_start, record.confidence_step


def drop_take(obj: bpy.types.Object, index: int) -> None:
    """Take one off the list; if it played, a neighbour plays.

    Its Action goes, too, where we made it and nothing else uses it.
    """
    settings = obj.mmm
    action, is_ours = settings.takes[index].action, settings.takes[index].uid != 0
    was_playing = action is not None and find_playing(obj) == action
    settings.takes.remove(index)
    if was_playing and settings.takes:
        settings.take_index = min(index, len(settings.takes) - 1)
    else:
        follow_playing(obj)
    if is_ours and action is not None and action.users - action.use_fake_user == 0:
        bpy.data.actions.remove(action)


def follow_playing(obj: bpy.types.Object) -> None:
    """Point the list at the take that plays."""
    settings = obj.mmm
    playing = find_playing(obj)
    found = [index for index, take in enumerate(settings.takes) if take.action == playing]
    if playing is not None and found:
        settings.take_index = found[0]


def find_playing(obj: bpy.types.Object) -> bpy.types.Action | None:
    """The Action that `obj` plays."""
    return obj.animation_data.action if obj.animation_data else None
