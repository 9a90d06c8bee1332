"""Where an object's F-curves live: the only file that knows Blender's action API versions.

Until 4.3 an Action holds its curves itself. Since 4.4 it has slots, and the curves of a slot lie in
the channel bag of a strip in a layer; `action.fcurves` is gone in 5.0.
"""

from __future__ import annotations

from typing import Any

import bpy

SLOTTED = hasattr(bpy.types, "ActionSlot")


def assign_new_action(obj: bpy.types.Object, name: str) -> bpy.types.Action:
    """A new Action (name may get a number), with a slot of `obj` where Blender has slots, in use by it."""
    action = bpy.data.actions.new(name)
    data = obj.animation_data_create()
    data.action = action
    if SLOTTED:
        data.action_slot = action.slots.new(id_type="OBJECT", name=obj.name)
    return action


def channels_for(obj: bpy.types.Object, action: bpy.types.Action) -> Any:
    """What has `.fcurves` and `.groups` for `obj` in `action`; made where it does not exist yet.

    Raises ValueError when `obj` does not use `action`.
    """
    data = obj.animation_data
    if data is None or data.action != action:
        raise ValueError(f"“{obj.name}” does not use the action “{action.name}”.")
    if not SLOTTED:
        return action
    layer = action.layers[0] if action.layers else action.layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(data.action_slot, ensure=True)


def find_channels(obj: bpy.types.Object) -> Any | None:
    """Like channels_for, for the action `obj` uses now; None when it has none."""
    data = obj.animation_data
    if data is None or data.action is None:
        return None
    if not SLOTTED:
        return data.action
    if data.action_slot is None or not data.action.layers:
        return None
    return data.action.layers[0].strips[0].channelbag(data.action_slot)


def slot_of(obj: bpy.types.Object) -> str:
    """Which slot of its action `obj` uses; "" where there are no slots or none is chosen."""
    data = obj.animation_data
    if not SLOTTED or data is None or data.action_slot is None:
        return ""
    return str(data.action_slot.identifier)


def assign_action(obj: bpy.types.Object, action: bpy.types.Action, slot: str) -> None:
    """Have `obj` use `action` with the slot of that identifier, or the first that suits it."""
    data = obj.animation_data_create()
    if data.action != action:
        data.action = action
    if not SLOTTED:
        return
    chosen = action.slots.get(slot) or next(iter(data.action_suitable_slots), None)
    if chosen is not None and data.action_slot != chosen:
        data.action_slot = chosen


def channels_in(action: bpy.types.Action, slot: str) -> Any | None:
    """What has `.fcurves` and `.groups` in `action` for the slot of that identifier, whoever uses it."""
    if not SLOTTED:
        return action
    chosen = action.slots.get(slot)
    if chosen is None or not action.layers or not action.layers[0].strips:
        return None
    return action.layers[0].strips[0].channelbag(chosen)


def new_curve(channels: Any, path: str, index: int, group: str) -> bpy.types.FCurve:
    """An F-curve that does not exist yet, in the group of that name."""
    curve = channels.fcurves.new(path, index=index)
    curve.group = channels.groups.get(group) or channels.groups.new(group)
    return curve
