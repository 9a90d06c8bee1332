"""The takes of an armature: recorded with the object when the add-on is registered, shown by assigning an Action."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ..scene.action_channels import SLOTTED

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
    data = obj.animation_data_create()
    if action is None or data is None or data.use_tweak_mode:
        return False
    if data.action == action:
        return True
    data.action = action
    if SLOTTED and data.action_slot is None and data.action_suitable_slots:
        data.action_slot = data.action_suitable_slots[0]
    return True


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
