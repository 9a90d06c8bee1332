"""Whether the active armature can take a motion, cheap enough to ask at every redraw."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ..apply import TargetError, check_target
from ..mapping import fingerprint, preset_names
from ..operators.collecting import find_armature


@dataclass(frozen=True)
class TargetState:
    """What the panel says about the target."""

    text: str
    icon: str
    family: str = ""  # the kind of rig it was recognised as
    problem: str = ""


_last: tuple[tuple[object, ...], TargetState] | None = None


def find_target_state(context: bpy.types.Context) -> TargetState:
    """The state of the target; looked into again only when the armature or its bones have changed."""
    global _last
    armature = find_armature(context)
    if armature is None:
        return TargetState("A new character will be made", "OUTLINER_OB_ARMATURE")
    key = (*fingerprint(armature), preset_names())
    if _last is None or _last[0] != key:
        _last = (key, _look(armature))
    return _last[1]


def _look(armature: bpy.types.Object) -> TargetState:
    try:
        found = check_target(armature)
    except TargetError as error:
        return TargetState(armature.name, "ERROR", problem=str(error))
    family = "" if armature.name.startswith(found.preset) else found.preset
    return TargetState(armature.name, "ARMATURE_DATA", family)
