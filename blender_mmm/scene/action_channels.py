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


def new_curve(channels: Any, path: str, index: int, group: str) -> bpy.types.FCurve:
    """An F-curve that does not exist yet, in the group of that name."""
    curve = channels.fcurves.new(path, index=index)
    curve.group = channels.groups.get(group) or channels.groups.new(group)
    return curve
