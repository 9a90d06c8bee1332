"""Paints posed figures as tiles of one picture: triangles from back to front, lit, with a shadow on the floor.

A painter of its own instead of a renderer: it needs no display, no graphics driver and no scene, and a
pose takes hundredths of a second.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from . import palette
from .bone_sides import LEFT, MIDDLE, RIGHT
from .pictures import get_pillow
from .posed_mesh import PosedMesh
from .tile_floor import FloorMesh, FloorPart, to_floor
from .tile_layout import ELEVATION, Extent, Tile, TileLayout, to_view

_SUPERSAMPLING: Final = 2
_COLOURS: Final = {MIDDLE: palette.MIDDLE, LEFT: palette.LEFT, RIGHT: palette.RIGHT}
_FLOOR_COLOURS: Final = {
    FloorPart.PATCH: palette.FLOOR,
    FloorPart.LINE: palette.FLOOR_LINE,
    FloorPart.METRE: palette.FLOOR_METRE,
    FloorPart.PATH: palette.PATH,
}
#: Where the light comes from (x right, y away, z up) and how strong it is; the first one throws the shadow.
_KEY: Final = np.array([-0.4, -0.5, 0.77])
_FILL: Final = np.array([0.85, -0.45, 0.28])
_AMBIENT: Final = 0.42
_KEY_STRENGTH: Final = 0.62
_FILL_STRENGTH: Final = 0.16
_SHADOW: Final = 0.76  # brightness of the floor in the shadow


@dataclass(frozen=True)
class TilePicture:
    """What is to be painted; everything on the stage, in metres."""

    figures: Sequence[PosedMesh]
    places: np.ndarray  # [P, 2] floor point in the middle of each figure's tile
    path: np.ndarray  # [N, 2] over the floor
    layout: TileLayout
    extent: Extent


@dataclass(frozen=True)
class _Camera:
    """Metres around a tile's floor point -> pixels of its canvas."""

    centre: tuple[float, float]
    scale: float

    def to_pixels(self, points: np.ndarray) -> np.ndarray:
        """View points [..., 3] -> [..., 2]."""
        up = points[..., 2] * math.cos(ELEVATION) + points[..., 1] * math.sin(ELEVATION)
        return np.stack([self.centre[0] + points[..., 0] * self.scale, self.centre[1] - up * self.scale], axis=-1)


def paint_tiles(picture: TilePicture) -> Any:
    """The Pillow picture of all tiles on white."""
    Image = get_pillow()[0]
    layout = picture.layout
    paper = Image.new("RGB", layout.size, palette.PAPER)
    for tile in layout.tiles:
        paper.paste(_paint_tile(tile, picture), tile.corner)
    return paper


def _paint_tile(tile: Tile, picture: TilePicture) -> Any:
    Image, ImageDraw, _ = get_pillow()
    k, cell = _SUPERSAMPLING, picture.layout.cell
    canvas = Image.new("RGB", (cell[0] * k, cell[1] * k), palette.PAPER)
    centre = ((tile.centre[0] - tile.corner[0]) * k, (tile.centre[1] - tile.corner[1]) * k)
    camera = _Camera(centre, picture.layout.scale * k)
    figure = picture.figures[tile.figure]
    middle = np.array([*picture.places[tile.figure], 0.0])
    vertices = to_view(figure.vertices - middle, tile.view)
    sunk = vertices[figure.triangles][..., 2].max(axis=1) < 0.0
    draw = ImageDraw.Draw(canvas)
    _paint_body(draw, camera, vertices, figure, sunk)  # first: the floor hides it
    _paint_floor(canvas, camera, _floor_of(tile, picture), _shadow_of(vertices, figure.triangles[~sunk]))
    _paint_body(draw, camera, vertices, figure, ~sunk)
    return canvas.reduce(k)


def _paint_body(draw: Any, camera: _Camera, vertices: np.ndarray, figure: PosedMesh, chosen: np.ndarray) -> None:
    """The triangles in `chosen` [F], the farthest first."""
    corners = vertices[figure.triangles[chosen]]
    depth = (corners[..., 1] * math.cos(ELEVATION) - corners[..., 2] * math.sin(ELEVATION)).mean(axis=1)
    order = np.argsort(-depth)
    corners = corners[order]
    colours = _lit(corners, figure.sides[chosen][order]).tolist()
    outlines = camera.to_pixels(corners).reshape(len(corners), 6).tolist()
    for outline, colour in zip(outlines, colours, strict=True):
        draw.polygon(outline, fill=tuple(colour))


def _lit(corners: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Colours [F, 3] (0..255) of triangles [F, 3, 3] in view axes; both faces of a triangle are lit alike."""
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    to_camera = np.array([0.0, -math.cos(ELEVATION), math.sin(ELEVATION)])
    normals *= np.where(normals @ to_camera < 0, -1.0, 1.0)[:, None]
    light = (
        _AMBIENT
        + _KEY_STRENGTH * np.maximum(normals @ (_KEY / np.linalg.norm(_KEY)), 0.0)
        + _FILL_STRENGTH * np.maximum(normals @ (_FILL / np.linalg.norm(_FILL)), 0.0)
    )
    base = np.empty((len(corners), 3))
    for side, colour in _COLOURS.items():
        base[sides == side] = colour
    # Light adds up in linear numbers; the power brings it to what a screen shows.
    return np.clip(base * light[:, None] ** (1 / 2.2), 0, 255).astype(int)


def _shadow_of(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Triangles [F, 3, 3] lying on the floor."""
    fallen = vertices - _KEY * (vertices[:, 2:] / _KEY[2])
    return fallen[triangles]


def _paint_floor(canvas: Any, camera: _Camera, floor: FloorMesh, shadow: np.ndarray) -> None:
    """The patch with its lines, darker in the shadow, which ends at the patch's edge."""
    Image, ImageDraw, _ = get_pillow()
    lit, patch, shade = canvas.copy(), Image.new("1", canvas.size), Image.new("1", canvas.size)
    draw = ImageDraw.Draw(lit)
    outlines = camera.to_pixels(floor.corners)
    for outline, part in zip(outlines, floor.parts.tolist(), strict=True):
        draw.polygon(outline.ravel().tolist(), fill=_FLOOR_COLOURS[FloorPart(part)])
    ImageDraw.Draw(patch).polygon(outlines[0].ravel().tolist(), fill=1)
    shading = ImageDraw.Draw(shade)
    for outline in camera.to_pixels(shadow).reshape(len(shadow), 6).tolist():
        shading.polygon(outline, fill=1)
    dark = lit.point([round(value * _SHADOW) for value in range(256)] * 3)
    lit.paste(dark, mask=shade)
    canvas.paste(lit, mask=patch)


def _grid_step(extent: Extent) -> float:
    """Metres between grid lines: half a metre for a human, more for giants."""
    return 0.5 * 10.0 ** max(0, math.floor(math.log10(max(extent.top, 1.0) / 1.7)))


def _floor_of(tile: Tile, picture: TilePicture) -> FloorMesh:
    """The floor under a tile, in the tile's own directions."""
    directions = to_view(np.eye(3)[:2], tile.view)  # rows: where the stage's x and y go
    layout, extent = picture.layout, picture.extent
    half = (layout.cell[0] / layout.scale / 2 * layout.floor_share, extent.floor_reach)
    return to_floor(picture.places[tile.figure], directions[:, :2].T, half, picture.path, _grid_step(extent))
