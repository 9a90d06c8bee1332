"""Small graphs under a picture: how high the pelvis is and how fast the body moves."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from . import palette
from .pictures import get_font, get_pillow
from .stage import Track

_SUPERSAMPLING: Final = 2


def draw_curves(track: Track, marks: np.ndarray, size: tuple[int, int], font_size: int = 13) -> Any:
    """Picture of `size` pixels with two graphs over time; marks: indices drawn as numbered lines."""
    Image, ImageDraw, _ = get_pillow()
    k = _SUPERSAMPLING
    picture = Image.new("RGB", (size[0] * k, size[1] * k), palette.PAPER)
    draw = ImageDraw.Draw(picture)
    half = size[1] * k // 2
    graphs = (("pelvis height, m", track.positions[:, 2], 1.2), ("speed over the floor, m/s", track.speed, 1.0))
    for row, (name, values, least_top) in enumerate(graphs):
        top = max(least_top, float(values.max()) * 1.05)
        area = (0, row * half + 4 * k, size[0] * k - 1, (row + 1) * half - 4 * k)
        _draw_graph(draw, area, track.seconds, values, top, marks, (name, font_size * k))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _draw_graph(
    draw: Any,
    area: tuple[int, int, int, int],
    seconds: np.ndarray,
    values: np.ndarray,
    top: float,
    marks: np.ndarray,
    title: tuple[str, int],
) -> None:
    name, font_size = title
    left, upper, right, lower = area
    bottom = min(0.0, float(values.min()))
    upper += round(font_size * 1.3)

    def pixel(second: float, value: float) -> tuple[float, float]:
        length = max(float(seconds[-1]), 1e-6)
        share = (value - bottom) / (top - bottom)
        return left + second / length * (right - left - 2.5 * font_size), lower - share * (lower - upper)

    for line in np.arange(0.0, top, _step(top)):
        y = pixel(0, line)[1]
        draw.line([(left, y), (right - 2 * font_size, y)], fill=palette.FLOOR_LINE, width=1)
        draw.text((right, y), f"{line:g}", fill=palette.FAINT_INK, font=get_font(font_size * 4 // 5), anchor="rm")
    for index in marks:
        x = pixel(seconds[index], 0)[0]
        draw.line([(x, upper), (x, lower)], fill=palette.FLOOR_LINE, width=2)
    points = [pixel(t, v) for t, v in zip(seconds, values, strict=True)]
    if len(points) > 1:
        draw.line(points, fill=palette.PATH, width=max(2, font_size // 8), joint="curve")
    draw.text((left, area[1]), name, fill=palette.FAINT_INK, font=get_font(font_size))
    said = f"{values.min():.2f} to {values.max():.2f}"
    draw.text((right, area[1]), said, fill=palette.INK, font=get_font(font_size), anchor="ra")


def _step(top: float) -> float:
    """Distance of the grid lines: about three of them, at 1, 2 or 5 times a power of ten."""
    rough = top / 3
    power = 10.0 ** np.floor(np.log10(rough))
    return float(power * min((m for m in (1, 2, 5, 10) if m * power >= rough), default=10))
