"""Draws sentences in a sidebar: Blender's labels do not wrap, so they are broken to the region's width."""

from __future__ import annotations

import textwrap
from typing import Final

import bpy

#: Width of an average character of Blender's interface font at scale 1, in pixels, measured with blf.
CHARACTER_WIDTH: Final = 6.1
MARGIN: Final = 70  # pixels at scale 1 taken by the panel's borders and an icon
FEWEST: Final = 16  # characters a line
MOST_LINES: Final = 8


def draw_wrapped(
    layout: bpy.types.UILayout, context: bpy.types.Context, text: str, icon: str = "NONE", alert: bool = False
) -> None:
    """`text` as labels of at most the region's width; `icon` stands before the first."""
    column = layout.column(align=True)
    column.scale_y = 0.8
    column.alert = alert
    lines = to_lines(text, _characters(context))
    for number, line in enumerate(lines):
        if icon == "NONE":
            column.label(text=line)
        else:
            column.label(text=line, icon=icon if number == 0 else "BLANK1")


def to_lines(text: str, characters: int) -> list[str]:
    """`text` broken into lines of at most `characters`, cut off after MOST_LINES."""
    return textwrap.wrap(text, max(FEWEST, characters), max_lines=MOST_LINES, placeholder=" …")


def _characters(context: bpy.types.Context) -> int:
    scale = context.preferences.system.ui_scale
    return int((context.region.width / scale - MARGIN) / CHARACTER_WIDTH)
