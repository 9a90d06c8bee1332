"""Switches turned for some frames of an action: keys inside a range, the course outside as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import bpy
import numpy as np

from ..retarget.presets import Switch
from .action_channels import new_curve
from .curve_book import sample_keys
from .frame_range import FrameRange
from .key_splice import CurveKeys, NewKeys, splice
from .key_table import KeyTable, enum_value, frames_of, make_keys, read_keys, write_keys
from .switches import Value, path_of, read_switch, write_switch

#: Custom property of an Action: what the switches it turns were where no curve moved them.
_UNKEYED: Final = "mmm_unkeyed_switches"
_BONE: Final = re.compile(r'pose\.bones\["((?:[^"\\]|\\.)*)"\]')


def find_curve(obj: bpy.types.Object, channels: Any, switch: Switch) -> bpy.types.FCurve | None:
    """The curve that moves the property; None where there is none with keys."""
    curve = channels.fcurves.find(path_of(obj, switch))
    return curve if curve is not None and len(curve.keyframe_points) else None


def is_turned(obj: bpy.types.Object, channels: Any, switch: Switch, frames: Iterable[int]) -> bool:
    """Whether the property has its value on all `frames`."""
    curve = find_curve(obj, channels, switch)
    if curve is None or curve.mute:
        return read_switch(obj, switch) == switch.value
    return all(curve.evaluate(frame) == switch.value for frame in frames)


def driven_bones(obj: bpy.types.Object, switch: Switch) -> set[str]:
    """Bones that drivers move by the property, and those that these then follow; empty where no driver reads it."""
    path = path_of(obj, switch)
    found: set[str] = set()
    for curve in obj.animation_data.drivers if obj.animation_data else ():
        targets = [target for variable in curve.driver.variables for target in variable.targets]
        name = _BONE.match(curve.data_path)
        if name is None or not any(target.id == obj and target.data_path == path for target in targets):
            continue
        bone = bpy.utils.unescape_identifier(name.group(1))
        found.add(bone)
        constraints = obj.pose.bones[bone].constraints if bone in obj.pose.bones else ()
        found |= {str(c.subtarget) for c in constraints if c.type == "COPY_TRANSFORMS" and c.target == obj}
    return found


@contextmanager
def turned(obj: bpy.types.Object, channels: Any, switches: Collection[Switch]) -> Iterator[None]:
    """The rig with the switches turned on every frame; afterwards as before."""
    curves = [curve for switch in switches if (curve := find_curve(obj, channels, switch)) is not None]
    muted = [curve for curve in curves if not curve.mute]
    before = {switch: value for switch in switches if (value := read_switch(obj, switch)) is not None}
    for curve in muted:
        curve.mute = True
    _write_all(obj, {switch: switch.value for switch in before})
    try:
        yield
    finally:
        for curve in muted:
            curve.mute = False
        _write_all(obj, before)


def _write_all(obj: bpy.types.Object, values: dict[Switch, Value]) -> None:
    for switch, value in values.items():
        write_switch(obj, switch, value)
    if values:
        obj.update_tag()
        bpy.context.view_layer.update()


def write_switch_keys(
    obj: bpy.types.Object, channels: Any, switches: Iterable[Switch], pieces: Sequence[NewKeys], span: tuple[int, int]
) -> None:
    """Keys that turn the switches in the frames of `pieces` (their values do not count). span: of the whole action."""
    action = channels.id_data
    for switch in switches:
        curve = find_curve(obj, channels, switch)
        still = read_switch(obj, switch)
        if curve is None:
            _remember(action, switch, still)
            curve = channels.fcurves.find(path_of(obj, switch))
            curve = curve or new_curve(channels, path_of(obj, switch), 0, switch.bone)
        write_keys(curve, _table(curve, float(still or 0.0), switch.value, pieces, span))


def write_still_switches(obj: bpy.types.Object, channels: Any, switches: Iterable[Switch], frames: FrameRange) -> None:
    """One key for each switch: turned on every frame of an action."""
    piece = NewKeys(frames, np.zeros(len(frames)), keeps_left=False, keeps_right=False, drops_later=True)
    for switch in switches:
        curve = channels.fcurves.find(path_of(obj, switch))
        if curve is not None:
            channels.fcurves.remove(curve)
        write_switch_keys(obj, channels, (switch,), (piece,), (frames.start, frames.stop - 1))


def _table(
    curve: bpy.types.FCurve, still: float, value: float, pieces: Sequence[NewKeys], span: tuple[int, int]
) -> KeyTable:
    old = read_keys(curve)

    def sample(frames: np.ndarray) -> np.ndarray:
        return sample_keys(curve, frames) if len(old) else np.full(len(frames), still, dtype=np.float32)

    keys = CurveKeys(old, sample, span, curve.extrapolation == "LINEAR" and len(old) > 0)
    constant = enum_value("interpolation", "CONSTANT")
    for piece in pieces:
        made = make_keys(np.array([piece.frames.start]), np.array([value]), "CONSTANT", "AUTO_CLAMPED")
        table = splice(keys, piece, made)
        # A switch does not slide: what is new holds, until the range and where nothing was keyed.
        added = ~np.isin(frames_of(table), frames_of(keys.table))
        beside = frames_of(table) == piece.frames.start - 1
        table["interpolation"][added & (beside | (len(old) == 0))] = constant
        keys = CurveKeys(table, sample, span, keys.extends_linearly)
    return keys.table


def _remember(action: bpy.types.Action, switch: Switch, value: Value | None) -> None:
    kept = json.loads(action.get(_UNKEYED, "[]"))
    action[_UNKEYED] = json.dumps([*kept, [switch.bone, switch.property, value]])


def release_switches(obj: bpy.types.Object, left: bpy.types.Action | None) -> None:
    """After `obj` has left an action: switches that it alone turned are again what they were without it."""
    for bone, name, value in json.loads(left.get(_UNKEYED, "[]")) if left is not None else ():
        switch = Switch(bone, name, value)
        if value is not None and read_switch(obj, switch) is not None:
            write_switch(obj, switch, value)
