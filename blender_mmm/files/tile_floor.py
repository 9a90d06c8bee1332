"""The floor under one pose: a patch, the world's grid on it and the path over it. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Final

import numpy as np

_LINE: Final = 0.012  # metres, width of a grid line
_PATH_LINE: Final = 0.035
_LIFT: Final = 0.0015  # metres between the floor and what lies on it


class FloorPart(IntEnum):
    """What a floor triangle is."""

    PATCH = 0
    LINE = 1
    METRE = 2
    PATH = 3


@dataclass(frozen=True)
class FloorMesh:
    """Quads lying flat."""

    corners: np.ndarray  # [Q, 4, 3] metres, relative to the patch's middle
    parts: np.ndarray  # [Q] FloorPart


def to_floor(
    middle: np.ndarray, axes: np.ndarray, half: tuple[float, float], path: np.ndarray, step: float
) -> FloorMesh:
    """The floor within `half` (across, deep) of `middle` [2] (stage metres).

    axes: [2, 2] rows = the patch's across and deep directions on the stage; path: [N, 2] stage metres;
    step: metres between grid lines, every second one is drawn stronger.
    """
    quads = [_rectangle(-half[0], half[0], -half[1], half[1], 0.0)]
    parts = [FloorPart.PATCH]
    for line, part in _grid_lines(middle, axes, half, step):
        quads.append(_stroke(*line, _LINE if part is FloorPart.LINE else 1.5 * _LINE, _LIFT))
        parts.append(part)
    local = (path - middle) @ axes.T
    for start, end in pairwise(local):
        clipped = _clip(start, end, half)
        if clipped is not None:
            quads.append(_stroke(*clipped, _PATH_LINE, 2 * _LIFT))
            parts.append(FloorPart.PATH)
    return FloorMesh(np.array(quads), np.array(parts, dtype=np.int32))


def _grid_lines(
    middle: np.ndarray, axes: np.ndarray, half: tuple[float, float], step: float
) -> list[tuple[tuple[np.ndarray, np.ndarray], FloorPart]]:
    """Lines of the stage's grid, cut to the patch, in the patch's axes."""
    radius = math.hypot(*half)
    found = []
    for axis in range(2):
        low, high = (math.ceil((middle[axis] + sign * radius) / step) for sign in (-1, 1))
        for number in range(low, high):
            start, end = np.array(middle), np.array(middle)
            start[axis] = end[axis] = number * step
            start[1 - axis] -= radius
            end[1 - axis] += radius
            clipped = _clip((start - middle) @ axes.T, (end - middle) @ axes.T, half)
            if clipped is not None:
                found.append((clipped, FloorPart.METRE if number % 2 == 0 else FloorPart.LINE))
    return found


def _clip(start: np.ndarray, end: np.ndarray, half: tuple[float, float]) -> tuple[np.ndarray, np.ndarray] | None:
    """The part of a line inside the rectangle +-half, or None."""
    low, high = 0.0, 1.0
    direction = end - start
    for axis in range(2):
        if abs(direction[axis]) < 1e-9:
            if abs(start[axis]) > half[axis]:
                return None
            continue
        a, b = sorted((sign * half[axis] - start[axis]) / direction[axis] for sign in (-1, 1))
        low, high = max(low, a), min(high, b)
    return (start + low * direction, start + high * direction) if high > low else None


def _rectangle(left: float, right: float, near: float, far: float, height: float) -> np.ndarray:
    return np.array([[left, near, height], [right, near, height], [right, far, height], [left, far, height]])


def _stroke(start: np.ndarray, end: np.ndarray, width: float, height: float) -> np.ndarray:
    """A thin quad from `start` to `end` [2]."""
    along = end - start
    aside = np.array([-along[1], along[0]]) / max(float(np.linalg.norm(along)), 1e-9) * width / 2
    corners = np.array([start - aside, end - aside, end + aside, start + aside])
    return np.concatenate([corners, np.full((4, 1), height)], axis=1)
