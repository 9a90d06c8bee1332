"""Channels of bones -> keys in a new Action."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import bpy
import numpy as np

from ..retarget.channels import Channel
from .action_channels import assign_new_action, channels_for, new_curve
from .curve_book import to_path
from .key_reduction import reduce_keys
from .key_table import make_keys, write_keys


@dataclass(frozen=True)
class WrittenAction:
    """Names, because no Blender object is held across time."""

    name: str
    replaced: str | None  # the action the object used before; kept


def write_action(
    obj: bpy.types.Object,
    channels: Iterable[Channel],
    start_frame: int,
    name: str,
    reduce_error: float | None = None,
) -> WrittenAction:
    """Give `obj` a new Action with one key per value, from `start_frame` on, a frame apart.

    reduce_error: fewer keys, within this of the values; may raise ReductionError (nothing was changed then).
    The action it used before gets a fake user where it would be lost otherwise.
    """
    channels = tuple(channels)
    # Linear between keys on every frame is exact; whoever switches them to Bézier later gets sane handles.
    tables = [
        make_keys(start_frame + np.arange(len(channel.values)), channel.values, "LINEAR", "AUTO_CLAMPED")
        for channel in channels
    ]
    if reduce_error is not None:
        tables = reduce_keys(tables, reduce_error)
    replaced = _keep_current(obj)
    action = assign_new_action(obj, name)
    target = channels_for(obj, action)
    for channel, table in zip(channels, tables, strict=True):
        curve = new_curve(target, to_path(channel.bone, channel.property), channel.index, channel.bone)
        write_keys(curve, table)
        curve.update()
    return WrittenAction(action.name, replaced)


def _keep_current(obj: bpy.types.Object) -> str | None:
    action = obj.animation_data.action if obj.animation_data else None
    if action is None:
        return None
    if action.library is None and action.users <= 1:
        action.use_fake_user = True
    return str(action.name)
