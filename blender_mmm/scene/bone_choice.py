"""Which bones the user chose by hand, kept with the armature object as a custom property."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import bpy

from ..engine_door import skeleton

Joint = skeleton.Joint

#: A JSON table: joint name -> bone name, or null for a joint that is to have none.
KEY: Final = "mmm_bones"


def read_choice(obj: bpy.types.Object) -> dict[Joint, str | None]:
    """The choices kept with `obj`; what is no choice (edited by hand, of another version) is passed over."""
    text = obj.get(KEY)
    if not isinstance(text, str):
        return {}
    try:
        table = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(table, dict):
        return {}
    return {
        joint: table[name]
        for joint, name in zip(Joint, skeleton.JOINT_NAMES, strict=True)
        if name in table and (table[name] is None or isinstance(table[name], str))
    }


def write_choice(obj: bpy.types.Object, choice: Mapping[Joint, str | None]) -> None:
    """Keep `choice` with `obj`; an empty one leaves nothing behind."""
    if not choice:
        if KEY in obj:
            del obj[KEY]
        return
    table = {joint.name.lower(): bone for joint, bone in sorted(choice.items())}
    obj[KEY] = json.dumps(table, ensure_ascii=False)
