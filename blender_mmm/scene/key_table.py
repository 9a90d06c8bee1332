"""All keys of one F-curve as an array, and back, bit for bit.

Keys are put back without F-curve.update(): that would compute every automatic handle of the curve anew from
its neighbours and so change the curve where nobody asked for it. Order and handles are the caller's duty.
"""

from __future__ import annotations

from functools import cache
from typing import Final, TypeAlias

import bpy
import numpy as np

#: One key; enums as Blender's numbers (see enum_value).
KEY: Final = np.dtype(
    [
        ("co", np.float32, 2),  # scene frame, value
        ("handle_left", np.float32, 2),
        ("handle_right", np.float32, 2),
        ("amplitude", np.float32),
        ("back", np.float32),
        ("period", np.float32),
        ("interpolation", np.int32),
        ("easing", np.int32),
        ("type", np.int32),
        ("handle_left_type", np.int32),
        ("handle_right_type", np.int32),
        ("select_control_point", np.bool_),
        ("select_left_handle", np.bool_),
        ("select_right_handle", np.bool_),
    ]
)
_NAMES: Final = KEY.names or ()

KeyTable: TypeAlias = np.ndarray  # [N] of KEY, in the order of time

GENERATED: Final = "GENERATED"


@cache
def enum_value(attribute: str, name: str) -> int:
    """Blender's number for an enum of a key; it differs between versions."""
    return int(bpy.types.Keyframe.bl_rna.properties[attribute].enum_items[name].value)


def frames_of(table: KeyTable) -> np.ndarray:
    """Scene frames [N] float32 of the keys."""
    frames: np.ndarray = table["co"][:, 0]
    return frames


def read_keys(curve: bpy.types.FCurve) -> KeyTable:
    """The keys of `curve`."""
    table = np.empty(len(curve.keyframe_points), dtype=KEY)
    for name in _NAMES:
        flat = np.empty(table[name].size, dtype=table[name].dtype)
        curve.keyframe_points.foreach_get(name, flat)
        table[name] = flat.reshape(table[name].shape)
    return table


def write_keys(curve: bpy.types.FCurve, table: KeyTable) -> None:
    """Give `curve` exactly these keys."""
    points = curve.keyframe_points
    points.clear()
    points.add(len(table))
    for name in _NAMES:
        points.foreach_set(name, table[name].ravel())


def make_keys(frames: np.ndarray, values: np.ndarray, interpolation: str, handle: str) -> KeyTable:
    """Unselected keys of type GENERATED; their handles lie a third of the way to the neighbours."""
    table = np.zeros(len(frames), dtype=KEY)
    co = np.stack([frames, values], axis=1).astype(np.float32)
    steps = np.diff(co, axis=0) / np.float32(3.0)
    table["co"] = table["handle_left"] = table["handle_right"] = co
    table["handle_left"][1:] -= steps
    table["handle_right"][:-1] += steps
    table["amplitude"], table["back"], table["period"] = 0.8, 1.70158, 4.1
    table["interpolation"] = enum_value("interpolation", interpolation)
    table["easing"] = enum_value("easing", "AUTO")
    table["type"] = enum_value("type", GENERATED)
    table["handle_left_type"] = enum_value("handle_left_type", handle)
    table["handle_right_type"] = enum_value("handle_right_type", handle)
    return table


def join(*tables: KeyTable) -> KeyTable:
    """All keys, in the order of time."""
    whole = np.concatenate(tables)
    return whole[np.argsort(frames_of(whole), kind="stable")]
