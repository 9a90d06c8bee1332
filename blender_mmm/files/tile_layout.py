"""Where each pose of a sheet or a film stands in the picture. Pure: stage metres in, pixels out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

#: How far the camera looks down, so that the floor is a surface and not a line.
ELEVATION: Final = math.radians(11.0)
_GAP: Final = 0.06  # metres of air around a figure
_FLOOR_REACH: Final = 0.75  # metres of floor shown before and behind the body, at least


class View(Enum):
    """From where a tile is seen, against the heading of the first frame."""

    SIDE = "from its right"
    FRONT = "from the front"
    THREE_QUARTER = "from its front right"


#: Degrees the camera goes around the body, from its right (0) towards its front.
_AROUND: Final = {View.SIDE: 0.0, View.THREE_QUARTER: 55.0, View.FRONT: 90.0}


def to_view(points: np.ndarray, view: View) -> np.ndarray:
    """Stage points [..., 3] as the view sees them: x to the right of the picture, y away, z up."""
    angle = math.radians(_AROUND[view])
    cosine, sine = math.cos(angle), math.sin(angle)
    right, ahead = points[..., 0], points[..., 1]
    return np.stack([ahead * cosine - right * sine, -right * cosine - ahead * sine, points[..., 2]], axis=-1)


@dataclass(frozen=True)
class Extent:
    """How much room the poses of a clip need around the pelvis' place on the floor, metres."""

    reach: float  # to either side and in depth
    top: float
    bottom: float  # 0 or below

    @property
    def floor_reach(self) -> float:
        """Half the depth of the floor that is shown."""
        return max(_FLOOR_REACH, self.reach)

    @property
    def width(self) -> float:
        """Room across."""
        return 2 * (self.reach + _GAP)

    @property
    def above(self) -> float:
        """Room above the floor point of a tile, in the picture's plane."""
        standing = self.top * math.cos(ELEVATION) + self.reach * 0.5 * math.sin(ELEVATION)
        return max(standing, self.floor_reach * math.sin(ELEVATION)) + _GAP

    @property
    def below(self) -> float:
        """Room below the floor point."""
        sunk = self.reach * math.sin(ELEVATION) - self.bottom * math.cos(ELEVATION) if self.bottom < 0 else 0.0
        return max(sunk, self.floor_reach * math.sin(ELEVATION)) + _GAP / 2


@dataclass(frozen=True)
class Tile:
    """One pose in the picture."""

    figure: int  # index of the pose
    view: View
    corner: tuple[int, int]  # pixels, upper left; y down
    centre: tuple[float, float]  # pixels, of the floor point in the middle of the tile


@dataclass(frozen=True)
class TileLayout:
    """All tiles of one picture."""

    size: tuple[int, int]  # pixels
    scale: float  # pixels per metre
    cell: tuple[int, int]  # pixels of one tile
    tiles: tuple[Tile, ...]
    floor_share: float = 0.94  # of a cell's width


def _to_tile(figure: int, view: View, corner: tuple[int, int], width: int, floor: float) -> Tile:
    """A tile whose floor point lies `floor` pixels below its upper edge."""
    return Tile(figure, view, corner, (corner[0] + width / 2, corner[1] + floor))


def choose_pose_count(extent: Extent, width: int, least: int = 8, most: int = 12, fine: float = 130.0) -> int:
    """How many poses side by side: as many as leave `fine` pixels per metre, within least..most."""
    return int(min(most, max(least, width // (extent.width * fine))))


def lay_rows(extent: Extent, poses: int, views: tuple[View, ...], width: int, tallest: int) -> TileLayout:
    """A row of all poses for each view; `width` pixels across, each row at most `tallest` pixels high."""
    cell_width = width // poses
    scale = min(cell_width / extent.width, tallest / (extent.above + extent.below))
    cell_height = math.ceil((extent.above + extent.below) * scale)
    tiles = tuple(
        _to_tile(pose, view, (pose * cell_width, row * cell_height), cell_width, extent.above * scale)
        for row, view in enumerate(views)
        for pose in range(poses)
    )
    return TileLayout((cell_width * poses, cell_height * len(views)), scale, (cell_width, cell_height), tiles)


def lay_grid(extent: Extent, poses: int, view: View, cell: tuple[int, int], columns: int) -> TileLayout:
    """Cells of a fixed size, row by row: the frames of a film."""
    scale = min(cell[0] / extent.width, cell[1] / (extent.above + extent.below))
    slack = (cell[1] - (extent.above + extent.below) * scale) / 2
    rows = math.ceil(poses / columns)
    tiles = tuple(
        _to_tile(
            pose, view, (pose % columns * cell[0], pose // columns * cell[1]), cell[0], slack + extent.above * scale
        )
        for pose in range(poses)
    )
    return TileLayout((cell[0] * columns, cell[1] * rows), scale, cell, tiles, floor_share=1.0)
