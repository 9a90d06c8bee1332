"""The mirror plane of a rig at rest, and which bone is whose twin on the other side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .rig import RigRest

#: Part of the rig's size by which twins may miss each other.
TOLERANCE: Final = 0.01


@dataclass(frozen=True)
class Symmetry:
    """Armature space and units. A bone on the plane is its own twin; -1 where there is none."""

    normal: np.ndarray  # [3] unit; which side is left is not known here
    offset: float  # of the plane along the normal
    twins: np.ndarray  # [B] int
    sides: np.ndarray  # [B] int: 1 where the normal points, -1 on the other side, 0 on the plane
    size: float  # diagonal of the rig

    def share(self) -> float:
        """How much of the rig is symmetric, 0 to 1."""
        return float((self.twins >= 0).mean())


def find_symmetry(rest: RigRest, normal: np.ndarray | None = None) -> Symmetry:
    """The plane that mirrors most bones; normal [3]: the direction of its normal if known."""
    candidates = [normal] if normal is not None else [*np.eye(3), *_main_axes(rest.heads)]
    best: Symmetry | None = None
    for direction in candidates:
        found = _mirror(rest, direction / np.linalg.norm(direction))
        if best is None or _worth(found) > _worth(best) + 1e-9:
            best = found
    assert best is not None  # np.eye(3) gives three
    return best


def _worth(found: Symmetry) -> int:
    """Pairs count; bones on the plane are symmetric in any case."""
    return int((found.sides[found.twins >= 0] != 0).sum())


def _main_axes(points: np.ndarray) -> Sequence[np.ndarray]:
    spread = points - points.mean(axis=0)
    axes: np.ndarray = np.linalg.svd(spread, full_matrices=False)[2]
    return [axis for axis in axes if np.abs(axis).max() < 1.0 - 1e-6]


def _mirror(rest: RigRest, normal: np.ndarray) -> Symmetry:
    heads = rest.heads
    size = float(np.linalg.norm(heads.max(axis=0) - heads.min(axis=0))) + float(rest.lengths.max()) * 1e-3
    along = heads @ normal
    offset = _plane_offset(rest, along, size)
    distance = along - offset
    mirrored = heads - 2.0 * distance[:, None] * normal
    sides = _sides(rest, distance, size)
    twins = _pair(rest, heads, mirrored, sides, size)
    sides[twins == np.arange(len(rest))] = 0
    return Symmetry(normal, offset, twins, sides, size)


def _plane_offset(rest: RigRest, along: np.ndarray, size: float) -> float:
    """Where along the normal the plane lies: through the armature's origin if the rig stands there, else its middle."""
    middle = (along.max() + along.min()) / 2.0
    return 0.0 if abs(middle) < 10 * TOLERANCE * size else float(middle)


def _pair(rest: RigRest, heads: np.ndarray, mirrored: np.ndarray, sides: np.ndarray, size: float) -> np.ndarray:
    """Twins [B]: children of twins are paired with each other, by place, then by what hangs on them.

    A limb may start on the plane, at its own mirror image: then the side of what hangs on it decides.
    """
    twins = np.full(len(rest), -1)
    children: dict[int, list[int]] = {}
    for bone, parent in enumerate(rest.parents):
        children.setdefault(int(parent), []).append(bone)
    weights = descendant_counts(rest)
    waiting = [(-1, -1)]
    while waiting:
        one, other = waiting.pop()
        free = list(children.get(other, []))
        for bone in children.get(one, []):
            if twins[bone] >= 0:
                continue
            near = [c for c in free if np.linalg.norm(heads[c] - mirrored[bone]) <= TOLERANCE * size and twins[c] < 0]
            if not near:
                continue
            twin = min(near, key=lambda c: (sides[c] != -sides[bone], _mismatch(rest, weights, bone, c), c != bone))
            twins[bone], twins[twin] = twin, bone
            waiting += [(bone, twin)] if bone == twin else [(bone, twin), (twin, bone)]
    return twins


def _mismatch(rest: RigRest, weights: np.ndarray, bone: int, other: int) -> tuple[float, float]:
    """How unlike a mirror image `other` is; tails are compared by length alone since imports turn bones at will."""
    longest = max(rest.lengths[bone], rest.lengths[other], 1e-12)
    return abs(int(weights[bone]) - int(weights[other])), float(abs(rest.lengths[bone] - rest.lengths[other]) / longest)


def descendant_counts(rest: RigRest) -> np.ndarray:
    """How many bones hang on each [B]."""
    counts = np.zeros(len(rest), dtype=int)
    for bone in range(len(rest) - 1, -1, -1):
        parent = int(rest.parents[bone])
        if parent >= 0:
            counts[parent] += counts[bone] + 1
    return counts


def _sides(rest: RigRest, distance: np.ndarray, size: float) -> np.ndarray:
    """The side on which a bone and all that hangs on it lie in the mean."""
    total, count = distance.copy(), np.ones(len(rest))
    for bone in range(len(rest) - 1, -1, -1):
        parent = int(rest.parents[bone])
        if parent >= 0:
            total[parent] += total[bone]
            count[parent] += count[bone]
    mean = total / count
    return np.where(np.abs(mean) > TOLERANCE * size, np.sign(mean), 0).astype(int)
