"""Channels of bones -> keys in a new Action."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import bpy
import numpy as np

from ..retarget.channels import Channel
from .action_channels import assign_new_action, channels_for, new_curve


@dataclass(frozen=True)
class WrittenAction:
    """Names, because no Blender object is held across time."""

    name: str
    replaced: str | None  # the action the object used before; kept


def write_action(obj: bpy.types.Object, channels: Iterable[Channel], start_frame: int, name: str) -> WrittenAction:
    """Give `obj` a new Action with one key per value, from `start_frame` on, a frame apart.

    The action it used before gets a fake user where it would be lost otherwise.
    """
    replaced = _keep_current(obj)
    action = assign_new_action(obj, name)
    target = channels_for(obj, action)
    keys = _KeyTypes.read()
    for channel in channels:
        path = f'pose.bones["{bpy.utils.escape_identifier(channel.bone)}"].{channel.property}'
        _write_keys(new_curve(target, path, channel.index, channel.bone), channel.values, start_frame, keys)
    return WrittenAction(action.name, replaced)


def _keep_current(obj: bpy.types.Object) -> str | None:
    action = obj.animation_data.action if obj.animation_data else None
    if action is None:
        return None
    if action.library is None and action.users <= 1:
        action.use_fake_user = True
    return str(action.name)


@dataclass(frozen=True)
class _KeyTypes:
    """Numbers of the enums that foreach_set wants; they differ between versions."""

    kind: int
    linear: int
    handle: int

    @staticmethod
    def read() -> _KeyTypes:
        items = bpy.types.Keyframe.bl_rna.properties
        kind = items["type"].enum_items["GENERATED"]
        linear = items["interpolation"].enum_items["LINEAR"]
        handle = items["handle_left_type"].enum_items["AUTO_CLAMPED"]
        return _KeyTypes(kind.value, linear.value, handle.value)


def _write_keys(curve: bpy.types.FCurve, values: np.ndarray, start_frame: int, keys: _KeyTypes) -> None:
    """A key on every frame: linear between them is exact and never overshoots."""
    count = len(values)
    points = curve.keyframe_points
    points.add(count)
    coordinates = np.empty((count, 2), dtype=np.float32)
    coordinates[:, 0] = np.arange(start_frame, start_frame + count)
    coordinates[:, 1] = values
    points.foreach_set("co", coordinates.ravel())
    points.foreach_set("interpolation", np.full(count, keys.linear, dtype=np.int32))
    points.foreach_set("type", np.full(count, keys.kind, dtype=np.int32))
    # Whoever switches the keys to Bézier later gets sane handles.
    for side in ("handle_left_type", "handle_right_type"):
        points.foreach_set(side, np.full(count, keys.handle, dtype=np.int32))
    curve.update()
