"""A moving skeleton as the text of a BVH file: y up, degrees, every joint turned since the rest pose. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

#: Blender's axes -> those other programs expect of a BVH file: y up, facing +z.
_TO_Y_UP: Final = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
_TURNS: Final = "Zrotation Yrotation Xrotation"
_PLACES: Final = "Xposition Yposition Zposition"


@dataclass(frozen=True)
class MovingSkeleton:
    """Bones in the world (z up) at rest and over time; parents come before children."""

    names: tuple[str, ...]
    parents: tuple[int, ...]  # -1: none
    rest: np.ndarray  # [B, 4, 4]
    tails: np.ndarray  # [B, 3] at rest
    poses: np.ndarray  # [T, B, 4, 4]
    seconds_per_frame: float


def to_bvh(skeleton: MovingSkeleton) -> str:
    """The whole file."""
    lines = ["HIERARCHY", *_hierarchy(skeleton), "MOTION", f"Frames: {len(skeleton.poses)}"]
    lines.append(f"Frame Time: {skeleton.seconds_per_frame:.8f}")
    lines += [" ".join(f"{value:.5f}" for value in row) for row in _channels(skeleton)]
    return "\n".join(lines) + "\n"


def _order(skeleton: MovingSkeleton) -> list[int]:
    """Bones in the order of the file: depth first."""
    return [bone for root in _children(skeleton, -1) for bone in _below(skeleton, root)]


def _below(skeleton: MovingSkeleton, bone: int) -> Iterator[int]:
    yield bone
    for child in _children(skeleton, bone):
        yield from _below(skeleton, child)


def _children(skeleton: MovingSkeleton, bone: int) -> list[int]:
    return [index for index, parent in enumerate(skeleton.parents) if parent == bone]


def _hierarchy(skeleton: MovingSkeleton) -> Iterator[str]:
    for root in _children(skeleton, -1):
        yield from _joint(skeleton, root, "ROOT", "")


def _joint(skeleton: MovingSkeleton, bone: int, kind: str, indent: str) -> Iterator[str]:
    parent = skeleton.parents[bone]
    start = skeleton.rest[parent][:3, 3] if parent >= 0 else np.zeros(3)
    inner = indent + "  "
    channels = f"3 {_TURNS}" if parent >= 0 else f"6 {_PLACES} {_TURNS}"
    yield f"{indent}{kind} {skeleton.names[bone].replace(' ', '_')}"
    yield f"{indent}{{"
    yield f"{inner}OFFSET {_offset(skeleton.rest[bone][:3, 3] - start)}"
    yield f"{inner}CHANNELS {channels}"
    children = _children(skeleton, bone)
    for child in children:
        yield from _joint(skeleton, child, "JOINT", inner)
    if not children:
        end = _offset(skeleton.tails[bone] - skeleton.rest[bone][:3, 3])
        yield from (f"{inner}End Site", f"{inner}{{", f"{inner}  OFFSET {end}", f"{inner}}}")
    yield f"{indent}}}"


def _offset(vector: np.ndarray) -> str:
    return " ".join(f"{value:.6f}" for value in _TO_Y_UP @ vector)


def _channels(skeleton: MovingSkeleton) -> np.ndarray:
    """The numbers of every frame [T, C]."""
    turned = _unit(skeleton.poses[..., :3, :3]) @ np.swapaxes(_unit(skeleton.rest[:, :3, :3]), -1, -2)
    turned = _TO_Y_UP @ turned @ _TO_Y_UP.T
    columns = []
    for bone in _order(skeleton):
        parent, local = skeleton.parents[bone], turned[:, bone]
        if parent >= 0:
            local = np.swapaxes(turned[:, parent], -1, -2) @ local
        else:
            # The place is absolute where a reader adds nothing, and the common readers do so for roots.
            columns.append(skeleton.poses[:, bone, :3, 3] @ _TO_Y_UP.T)
        columns.append(np.degrees(_to_zyx(local)))
    return np.concatenate(columns, axis=1)


def _unit(matrices: np.ndarray) -> np.ndarray:
    """Matrices [..., 3, 3] with columns of length one."""
    return matrices / np.maximum(np.linalg.norm(matrices, axis=-2, keepdims=True), 1e-12)


def _to_zyx(matrices: np.ndarray) -> np.ndarray:
    """Angles [T, 3] (rad) about z, y and x, in this order, without leaps of a full turn."""
    y = np.arcsin(np.clip(-matrices[:, 2, 0], -1.0, 1.0))
    z = np.arctan2(matrices[:, 1, 0], matrices[:, 0, 0])
    x = np.arctan2(matrices[:, 2, 1], matrices[:, 2, 2])
    return np.unwrap(np.stack([z, y, x], axis=1), axis=0)
