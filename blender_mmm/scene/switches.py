"""Properties of controls that decide who steers a limb, such as IK or FK."""

from __future__ import annotations

from collections.abc import Iterable

import bpy

from ..retarget.presets import Switch
from .curve_book import to_path

Value = bool | int | float


def set_switches(obj: bpy.types.Object, switches: Iterable[Switch]) -> tuple[str, ...]:
    """Give each property its value where the rig has it; those that were changed, as "bone: property"."""
    changed = []
    for switch in switches:
        now = read_switch(obj, switch)
        if now is None or now == switch.value:
            continue
        write_switch(obj, switch, switch.value)
        changed.append(name_of(switch))
    if changed:
        obj.update_tag()
        bpy.context.view_layer.update()
    return tuple(changed)


def read_switch(obj: bpy.types.Object, switch: Switch) -> Value | None:
    """What the property is now; None where the rig has none, or one that is no number."""
    bone = obj.pose.bones.get(switch.bone)
    if bone is None:
        return None
    # What an add-on has registered is no item of the bone until it is set, and from 5.0 on never.
    now = getattr(bone, switch.property) if _is_registered(bone, switch) else bone.get(switch.property)
    return now if isinstance(now, (bool, int, float)) else None


def write_switch(obj: bpy.types.Object, switch: Switch, value: float) -> None:
    """Set a property that the rig has, in the property's own type."""
    bone, now = obj.pose.bones[switch.bone], read_switch(obj, switch)
    own: Value = bool(value) if isinstance(now, bool) else round(value) if isinstance(now, int) else float(value)
    if _is_registered(bone, switch):
        setattr(bone, switch.property, own)
    else:
        bone[switch.property] = own


def path_of(obj: bpy.types.Object, switch: Switch) -> str:
    """RNA path of the property, as F-curves and drivers call it."""
    if _is_registered(obj.pose.bones[switch.bone], switch):
        return to_path(switch.bone, switch.property)
    bone, name = bpy.utils.escape_identifier(switch.bone), bpy.utils.escape_identifier(switch.property)
    return f'pose.bones["{bone}"]["{name}"]'


def name_of(switch: Switch) -> str:
    """How the property is called in a message."""
    return f"{switch.bone}: {switch.property}"


def _is_registered(bone: bpy.types.PoseBone, switch: Switch) -> bool:
    return switch.property in bone.bl_rna.properties
