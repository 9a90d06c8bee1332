"""A map of the floor from above: the root's path, where it looks and the numbers of the poses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from . import palette
from .pictures import get_font, get_pillow
from .stage import Track

_MARGIN_METRES: Final = 0.45
_SMALLEST_METRES: Final = 2.0
_SUPERSAMPLING: Final = 2


@dataclass(frozen=True)
class _View:
    """Metres on the stage -> pixels of the map."""

    centre: np.ndarray  # [2] metres, in the middle of the map
    scale: float  # pixels per metre
    size: tuple[int, int]

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        return (
            self.size[0] / 2 + (x - self.centre[0]) * self.scale,
            self.size[1] / 2 - (y - self.centre[1]) * self.scale,
        )


def draw_ground_map(track: Track, marks: np.ndarray, size: tuple[int, int], font_size: int = 13) -> Any:
    """Picture of `size` pixels; forward at the start is up. marks: indices into the track that get a number."""
    Image, ImageDraw, _ = get_pillow()
    k = _SUPERSAMPLING
    big = (size[0] * k, size[1] * k)
    view = _to_view(track, big)
    picture = Image.new("RGB", big, palette.FLOOR)
    draw = ImageDraw.Draw(picture)
    _draw_grid(draw, view)
    path = [view.pixel(x, y) for x, y in track.positions[:, :2]]
    if len(path) > 1:
        draw.line(path, fill=palette.PATH, width=2 * k, joint="curve")
    for index in marks:
        _draw_mark(draw, view, track, int(index), font_size * k)
    _draw_numbers(draw, view, track, marks, font_size * k)
    label = f"from above, {_label_step(view)} m squares"
    draw.text((5 * k, 3 * k), label, fill=palette.FAINT_INK, font=get_font(font_size * k))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _to_view(track: Track, size: tuple[int, int]) -> _View:
    floor = track.positions[:, :2]
    low, high = floor.min(axis=0), floor.max(axis=0)
    extent = np.maximum(high - low + 2 * _MARGIN_METRES, _SMALLEST_METRES)
    scale = float(min(size[0] / extent[0], size[1] / extent[1]))
    return _View((low + high) / 2, scale, size)


def _label_step(view: _View) -> int:
    """Metres between grid lines: more when the map shows a large floor."""
    across = max(view.size) / view.scale
    return 1 if across <= 16 else 5 if across <= 80 else 25


def _draw_grid(draw: Any, view: _View) -> None:
    step = _label_step(view)
    half = np.array(view.size) / view.scale / 2
    low, high = view.centre - half, view.centre + half
    for value in range(math.floor(low[0] / step) * step, math.ceil(high[0]) + 1, step):
        x = view.pixel(value, 0)[0]
        draw.line([(x, 0), (x, view.size[1])], fill=palette.FLOOR_LINE, width=2)
    for value in range(math.floor(low[1] / step) * step, math.ceil(high[1]) + 1, step):
        y = view.pixel(0, value)[1]
        draw.line([(0, y), (view.size[0], y)], fill=palette.FLOOR_LINE, width=2)


def _draw_mark(draw: Any, view: _View, track: Track, index: int, font_size: int) -> None:
    """A bar, blue on the left and orange on the right, and a line where it looks."""
    centre = np.array(view.pixel(*track.positions[index, :2]))
    ahead, left = _directions(track.headings[index])
    bar = max(0.2 * view.scale, 0.5 * font_size)
    width = max(2, font_size // 6)
    draw.line([tuple(centre), tuple(centre + left * bar)], fill=palette.LEFT, width=width)
    draw.line([tuple(centre), tuple(centre - left * bar)], fill=palette.RIGHT, width=width)
    draw.line([tuple(centre), tuple(centre + ahead * bar)], fill=palette.INK, width=width)


def _directions(turn: float) -> tuple[np.ndarray, np.ndarray]:
    """Ahead and to the left [2] in pixels (y points down) for a heading on the map."""
    sine, cosine = math.sin(turn), math.cos(turn)
    return np.array([-sine, -cosine]), np.array([-cosine, sine])


def _draw_numbers(draw: Any, view: _View, track: Track, marks: np.ndarray, font_size: int) -> None:
    """The numbers of the poses behind their marks; one that would cover another is left out."""
    taken: list[np.ndarray] = []
    for number, index in enumerate(marks, start=1):
        ahead, left = _directions(track.headings[index])
        centre = np.array(view.pixel(*track.positions[index, :2]))
        place = centre - ahead * font_size * 0.7 + left * font_size * 0.9
        if all(np.linalg.norm(place - other) > 1.1 * font_size for other in taken):
            draw.text(tuple(place), str(number), fill=palette.INK, font=get_font(font_size), anchor="mm")
            taken.append(place)
