"""A figure frozen in one pose as triangles, and bones turned into such a figure. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

#: A bone's body: tip at the head, waist, tip at the tail; y runs along the bone, 1 = its length.
_WAIST: Final = 0.12
_BONE_POINTS: Final = np.array(
    [[0, 0, 0], [1, _WAIST, 1], [1, _WAIST, -1], [-1, _WAIST, -1], [-1, _WAIST, 1], [0, 1, 0]], dtype=float
)
_BONE_TRIANGLES: Final = np.array(
    [[0, 2, 1], [0, 3, 2], [0, 4, 3], [0, 1, 4], [5, 1, 2], [5, 2, 3], [5, 3, 4], [5, 4, 1]], dtype=np.int32
)
_THICKNESS: Final = 0.08  # half, of the bone's length
_FLESH: Final = 0.06  # added, of the longest bone's length, so that short bones of the body are seen too
_STOUTEST: Final = 0.25  # of the bone's length


@dataclass(frozen=True)
class PosedMesh:
    """Triangles of one pose in the world (z up, scene units)."""

    vertices: np.ndarray  # [V, 3]
    triangles: np.ndarray  # [F, 3] int32, indices into the vertices
    sides: np.ndarray  # [F] int8: LEFT, MIDDLE or RIGHT of bone_sides
    smooth: np.ndarray  # [F] bool


def join(parts: Sequence[PosedMesh]) -> PosedMesh:
    """All `parts` as one mesh."""
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    return PosedMesh(
        np.concatenate([part.vertices for part in parts]),
        np.concatenate([part.triangles + start for part, start in zip(parts, starts, strict=False)]).astype(np.int32),
        np.concatenate([part.sides for part in parts]),
        np.concatenate([part.smooth for part in parts]),
    )


def to_bone_shapes(matrices: np.ndarray, lengths: np.ndarray, sides: np.ndarray) -> PosedMesh:
    """Octahedral bodies of bones: posed matrices [B, 4, 4] (y along the bone), lengths [B], sides [B]."""
    thickness = np.minimum(lengths * _THICKNESS + lengths.max() * _FLESH, lengths * _STOUTEST)
    scale = np.stack([thickness, lengths, thickness], axis=1)
    local = _BONE_POINTS[None] * scale[:, None]
    turned = np.einsum("bij,bpj->bpi", matrices[:, :3, :3], local) + matrices[:, None, :3, 3]
    count, points = len(matrices), len(_BONE_POINTS)
    triangles = _BONE_TRIANGLES[None] + (np.arange(count, dtype=np.int32) * points)[:, None, None]
    faces = count * len(_BONE_TRIANGLES)
    return PosedMesh(
        turned.reshape(-1, 3),
        triangles.reshape(-1, 3).astype(np.int32),
        np.repeat(sides, len(_BONE_TRIANGLES)).astype(np.int8),
        np.zeros(faces, dtype=bool),
    )


def to_triangle_sides(vertex_sides: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Side of each triangle [F]: that of most of its corners."""
    return np.median(vertex_sides[triangles], axis=1).astype(np.int8)
