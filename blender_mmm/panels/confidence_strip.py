"""A coloured strip at the top of the Dope Sheet: where the model was unsure about the take that plays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import bpy
import gpu
from gpu_extras.batch import batch_for_shader

from ..operators.collecting import find_armature
from ..session import find_take

HEIGHT: Final = 5  # pixels at scale 1
HEADROOM: Final = 24  # pixels at scale 1 that the frame numbers take
SURE: Final = (0.25, 0.65, 0.35, 0.9)
UNSURE: Final = (0.85, 0.25, 0.15, 0.9)
TOP_DIGIT: Final = 9

_handle: Any = None


def add_strip() -> None:
    """Have the strip drawn from now on; needs a window system."""
    global _handle
    if _handle is None and not bpy.app.background:
        _handle = bpy.types.SpaceDopeSheetEditor.draw_handler_add(_draw, (), "WINDOW", "POST_PIXEL")


def remove_strip() -> None:
    """Take it away."""
    global _handle
    if _handle is not None:
        bpy.types.SpaceDopeSheetEditor.draw_handler_remove(_handle, "WINDOW")
        _handle = None


def _draw() -> None:
    context = bpy.context
    armature = find_armature(context)
    take = find_take(armature) if armature else None
    if take is None or not take.confidence:
        return
    boxes = list(_to_boxes(take, context.region, context.preferences.system.ui_scale))
    positions = [corner for corners, _ in boxes for corner in corners]
    colours = [colour for _, colour in boxes for _ in range(6)]
    shader = gpu.shader.from_builtin("FLAT_COLOR")
    gpu.state.blend_set("ALPHA")
    batch_for_shader(shader, "TRIS", {"pos": positions, "color": colours}).draw(shader)
    gpu.state.blend_set("NONE")


def _to_boxes(
    take: bpy.types.PropertyGroup, region: bpy.types.Region, scale: float
) -> Iterator[tuple[list[tuple[float, float]], tuple[float, ...]]]:
    """Two triangles and a colour for each block that can be seen."""
    top = region.height - HEADROOM * scale
    bottom = top - HEIGHT * scale
    for number, digit in enumerate(take.confidence):
        start = take.confidence_start + number * take.confidence_step
        left, _ = region.view2d.view_to_region(start, 0, clip=False)
        right, _ = region.view2d.view_to_region(start + take.confidence_step, 0, clip=False)
        if right > 0 and left < region.width:
            left, right = float(left), max(left + 1.0, right - 1.0)
            corners = [(left, bottom), (right, bottom), (right, top), (left, bottom), (right, top), (left, top)]
            yield corners, to_colour(int(digit))


def to_colour(digit: int) -> tuple[float, ...]:
    """From red for unsure to green for sure."""
    share = digit / TOP_DIGIT
    return tuple(low + (high - low) * share for low, high in zip(UNSURE, SURE, strict=True))
