"""Custom properties of controls that decide who steers a limb, such as IK or FK."""

from __future__ import annotations

from collections.abc import Iterable

import bpy

from ..retarget.presets import Switch


def set_switches(obj: bpy.types.Object, switches: Iterable[Switch]) -> tuple[str, ...]:
    """Give each property its value where the rig has it; those that were changed, as "bone: property"."""
    changed = []
    for switch in switches:
        bone = obj.pose.bones.get(switch.bone)
        if bone is None or switch.property not in bone or bone[switch.property] == switch.value:
            continue
        now = bone[switch.property]
        bone[switch.property] = type(now)(switch.value)
        changed.append(f"{switch.bone}: {switch.property}")
    if changed:
        obj.update_tag()
        bpy.context.view_layer.update()
    return tuple(changed)
