"""Draws sentences in a sidebar: Blender's labels do not wrap, so they are broken to the region's width."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import blf
import bpy

MOST_LINES: Final = 8
ELLIPSIS: Final = " …"
PANEL_MARGIN: Final = 62  # pixels at scale 1 beside a panel's text: its borders and the strip of tabs
ICON_WIDTH: Final = 22  # of an icon or an icon button
BOX_MARGIN: Final = 12


def draw_wrapped(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    text: str,
    icon: str = "NONE",
    alert: bool = False,
    margin: int = 0,
) -> None:
    """`text` as labels of at most the region's width less `margin` (pixels at scale 1); `icon` before the first."""
    column = layout.column(align=True)
    column.scale_y = 0.75
    column.alert = alert
    taken = PANEL_MARGIN + margin + (ICON_WIDTH if icon != "NONE" else 0)
    for number, line in enumerate(to_lines(text, _fitting(context, taken))):
        shown = icon if number == 0 or icon == "NONE" else "BLANK1"
        column.label(text=line, icon=shown, translate=False)


def to_lines(text: str, fits: Callable[[str], bool]) -> list[str]:
    """`text` broken at spaces into lines that fit, cut off after MOST_LINES; a word that is too long is broken."""
    lines: list[str] = []
    for word in text.split():
        if lines and fits(f"{lines[-1]} {word}"):
            lines[-1] += f" {word}"
        else:
            lines += _to_pieces(word, fits)
        if len(lines) > MOST_LINES:
            return [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1] + ELLIPSIS]
    return lines


def _to_pieces(word: str, fits: Callable[[str], bool]) -> list[str]:
    """`word` in pieces of at least one character that fit, or nearly so; no more than can be shown."""
    pieces: list[str] = []
    while word and len(pieces) <= MOST_LINES:
        length = next((n for n in range(2, len(word) + 1) if not fits(word[:n])), len(word) + 1) - 1
        pieces.append(word[:length])
        word = word[length:]
    return pieces


def _fitting(context: bpy.types.Context, taken: int) -> Callable[[str], bool]:
    preferences = context.preferences
    scale = preferences.system.ui_scale
    width = max(100 * scale, context.region.width - taken * scale)
    font = 0  # the interface font
    blf.size(font, preferences.ui_styles[0].widget.points * scale)
    return lambda line: blf.dimensions(font, line)[0] <= width
