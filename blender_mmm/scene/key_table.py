"""All keys of one F-curve as arrays, and back, bit for bit.

Keys are put back without F-curve.update(): that would compute every automatic handle of the curve anew from
its neighbours and so change the curve where nobody asked for it. Order and handles are the caller's duty.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Final

import bpy
import numpy as np

#: Attribute of a key -> how many numbers it has, and of what kind.
_FLOATS: Final = {"co": 2, "handle_left": 2, "handle_right": 2, "amplitude": 1, "back": 1, "period": 1}
_ENUMS: Final = ("interpolation", "easing", "type", "handle_left_type", "handle_right_type")
_FLAGS: Final = ("select_control_point", "select_left_handle", "select_right_handle")


@dataclass(frozen=True)
class KeyTable:
    """Keys in the order of time; enums as Blender's numbers (see enum_value)."""

    co: np.ndarray  # [N, 2] float32: scene frame, value
    handle_left: np.ndarray  # [N, 2] float32
    handle_right: np.ndarray  # [N, 2] float32
    amplitude: np.ndarray  # [N] float32
    back: np.ndarray  # [N] float32
    period: np.ndarray  # [N] float32
    interpolation: np.ndarray  # [N] int32
    easing: np.ndarray  # [N] int32
    type: np.ndarray  # [N] int32
    handle_left_type: np.ndarray  # [N] int32
    handle_right_type: np.ndarray  # [N] int32
    select_control_point: np.ndarray  # [N] bool
    select_left_handle: np.ndarray  # [N] bool
    select_right_handle: np.ndarray  # [N] bool

    def __len__(self) -> int:
        return len(self.co)

    @property
    def frames(self) -> np.ndarray:
        """Scene frames [N] float32."""
        return self.co[:, 0]

    def take(self, which: np.ndarray) -> KeyTable:
        """The keys `which` (indices or bool)."""
        return KeyTable(*(getattr(self, field.name)[which] for field in fields(self)))


@cache
def enum_value(attribute: str, name: str) -> int:
    """Blender's number for an enum of a key; it differs between versions."""
    return int(bpy.types.Keyframe.bl_rna.properties[attribute].enum_items[name].value)


def read_keys(curve: bpy.types.FCurve) -> KeyTable:
    """The keys of `curve`."""
    count = len(curve.keyframe_points)
    arrays = {}
    for name, width in _FLOATS.items():
        flat = np.empty(count * width, dtype=np.float32)
        curve.keyframe_points.foreach_get(name, flat)
        arrays[name] = flat.reshape(count, width) if width > 1 else flat
    for names, kind in ((_ENUMS, np.int32), (_FLAGS, np.bool_)):
        for name in names:
            arrays[name] = np.empty(count, dtype=kind)
            curve.keyframe_points.foreach_get(name, arrays[name])
    return KeyTable(**arrays)


def write_keys(curve: bpy.types.FCurve, table: KeyTable) -> None:
    """Give `curve` exactly these keys."""
    points = curve.keyframe_points
    points.clear()
    points.add(len(table))
    for name in (*_FLOATS, *_ENUMS, *_FLAGS):
        points.foreach_set(name, np.ascontiguousarray(getattr(table, name)).ravel())


def make_keys(frames: np.ndarray, values: np.ndarray, kind: str, interpolation: str, handle: str) -> KeyTable:
    """Unselected keys; their handles lie a third of the way to the neighbours."""
    count = len(frames)
    co = np.stack([frames, values], axis=1).astype(np.float32)
    before = np.concatenate([co[:1], co[:-1]])
    after = np.concatenate([co[1:], co[-1:]])

    def same(attribute: str, name: str) -> np.ndarray:
        return np.full(count, enum_value(attribute, name), dtype=np.int32)

    no = np.zeros(count, dtype=np.bool_)
    return KeyTable(
        co=co,
        handle_left=co + (before - co) / np.float32(3.0),
        handle_right=co + (after - co) / np.float32(3.0),
        amplitude=np.full(count, 0.8, dtype=np.float32),
        back=np.full(count, 1.70158, dtype=np.float32),
        period=np.full(count, 4.1, dtype=np.float32),
        interpolation=same("interpolation", interpolation),
        easing=same("easing", "AUTO"),
        type=same("type", kind),
        handle_left_type=same("handle_left_type", handle),
        handle_right_type=same("handle_right_type", handle),
        select_control_point=no,
        select_left_handle=no,
        select_right_handle=no,
    )


def join(*tables: KeyTable) -> KeyTable:
    """All keys, in the order of time."""
    whole = KeyTable(*(np.concatenate([getattr(table, field.name) for table in tables]) for field in fields(KeyTable)))
    return whole.take(np.argsort(whole.frames, kind="stable"))
