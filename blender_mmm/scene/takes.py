"""Actions by name: have an object play one, take one out of the file."""

from __future__ import annotations

import bpy

from .action_channels import SLOTTED, assign_action
from .switch_keys import release_switches


def show_action(obj: bpy.types.Object, action_name: str) -> None:
    """Have `obj` play the Action, with the slot that was made for it where Blender has slots."""
    action = bpy.data.actions[action_name]
    slot = ""
    if SLOTTED:
        own = [slot for slot in action.slots if slot.target_id_type == "OBJECT"]
        named = [slot for slot in own if slot.name_display == obj.name]
        slot = (named or own)[0].identifier if own else ""
    left = obj.animation_data.action if obj.animation_data else None
    assign_action(obj, action, slot)
    if left != action:
        release_switches(obj, left)


def drop_action(action_name: str) -> None:
    """Take the Action out of the file."""
    bpy.data.actions.remove(bpy.data.actions[action_name])
