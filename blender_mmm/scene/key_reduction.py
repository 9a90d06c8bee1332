"""Fewer keys by Blender's own Decimate, run on curves of an object that exists for the moment only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import bpy

from .action_channels import assign_new_action, channels_for
from .key_table import KeyTable, enum_value, read_keys, write_keys

_NAME = "MMM Decimate"


class ReductionError(RuntimeError):
    """Keys could not be reduced; the message says why and what to do."""


def reduce_keys(tables: Sequence[KeyTable], error: float) -> list[KeyTable]:
    """Fewer keys for each table, with curves within `error` of it; first and last keys stay.

    Raises ReductionError where Blender has no window whose editor could be lent to its operator.
    """
    scene = bpy.context.scene
    with _helper(scene) as (obj, collection):
        channels = channels_for(obj, assign_new_action(obj, _NAME))
        curves = [_add_curve(channels, index, table) for index, table in enumerate(tables)]
        with _graph_editor(collection):
            bpy.ops.graph.decimate(mode="ERROR", remove_error_margin=error)
        return [_as_ours(read_keys(curve)) for curve in curves]


def _add_curve(channels: Any, index: int, table: KeyTable) -> bpy.types.FCurve:
    curve = channels.fcurves.new(f'["{index}"]')
    dense = table.copy()
    dense["select_control_point"] = True
    dense["interpolation"] = enum_value("interpolation", "BEZIER")
    write_keys(curve, dense)
    curve.update()
    return curve


def _as_ours(table: KeyTable) -> KeyTable:
    """Unselected; straight after the last key, whose handle knows nothing of what follows."""
    for flag in ("select_control_point", "select_left_handle", "select_right_handle"):
        table[flag] = False
    table["interpolation"][-1] = enum_value("interpolation", "LINEAR")
    return table


@contextmanager
def _helper(scene: bpy.types.Scene) -> Iterator[tuple[bpy.types.Object, bpy.types.Collection]]:
    """An empty in a collection of its own; gone afterwards, with its action."""
    collection = bpy.data.collections.new(_NAME)
    obj = bpy.data.objects.new(_NAME, None)
    try:
        scene.collection.children.link(collection)
        collection.objects.link(obj)
        yield obj, collection
    finally:
        action = obj.animation_data.action if obj.animation_data is not None else None
        bpy.data.batch_remove([block for block in (obj, collection, action) if block is not None])


@contextmanager
def _graph_editor(collection: bpy.types.Collection) -> Iterator[None]:
    """A Graph Editor as context that shows nothing but `collection`; the window looks as before afterwards.

    The operator works on what such an editor shows and on nothing else.
    """
    window = bpy.context.window or next(iter(bpy.context.window_manager.windows), None)
    if window is None or not window.screen.areas:
        raise ReductionError("Reducing keys needs a Blender window. Write a key on every frame instead.")
    area = window.screen.areas[0]
    kind = area.ui_type
    area.type = "GRAPH_EDITOR"
    shown = area.spaces.active.dopesheet
    before = (shown.show_only_selected, shown.show_hidden, shown.filter_collection, shown.filter_text)
    try:
        shown.show_only_selected, shown.show_hidden = False, True
        shown.filter_collection, shown.filter_text = collection, ""
        region = next(region for region in area.regions if region.type == "WINDOW")
        with bpy.context.temp_override(window=window, area=area, region=region):
            yield
    finally:
        shown.show_only_selected, shown.show_hidden, shown.filter_collection, shown.filter_text = before
        area.ui_type = kind
