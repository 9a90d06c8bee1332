"""A rig as arrays: its rest, the pose it stands in, and the poses to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..engine_door import rotations, skeleton


@dataclass(frozen=True)
class RigRest:
    """Rest pose and channels of one armature object. Armature space and units; parents come before children."""

    name: str  # of the object, for messages
    bones: tuple[str, ...]
    parents: np.ndarray  # [B] int, index of the parent; -1 = none
    matrices: np.ndarray  # [B, 4, 4] rest, armature space; the bone points along its +y
    lengths: np.ndarray  # [B] head to tail
    rotation_modes: tuple[str, ...]  # 'QUATERNION', 'AXIS_ANGLE' or an Euler order such as 'XYZ'
    inherits_rotation: np.ndarray  # [B] bool
    local_location: np.ndarray  # [B] bool: location counts along the bone's own rest axes
    connected: np.ndarray  # [B] bool: the head sticks to the parent's tail, location has no effect
    locked_rotation: np.ndarray  # [B, 3] bool, x y z
    locked_location: np.ndarray  # [B, 3] bool
    world: np.ndarray  # [4, 4] the object's matrix in the world
    #: Bones that constraints or drivers turn; extra ones among them are left to these.
    steered_bones: frozenset[str] = frozenset()
    #: What the user has set by hand: joint -> bone, or None for no bone.
    chosen: Mapping[skeleton.Joint, str | None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.bones)

    @cached_property
    def steered(self) -> np.ndarray:
        """Which bones constraints or drivers turn [B] bool."""
        return np.array([bone in self.steered_bones for bone in self.bones], dtype=bool)

    @property
    def heads(self) -> np.ndarray:
        """Rest positions of the bone heads [B, 3]."""
        return self.matrices[:, :3, 3]

    @cached_property
    def orientations(self) -> np.ndarray:
        """Rest orientations of the bones [B, 4] wxyz, armature space."""
        return to_rotations(self.matrices)

    @property
    def tails(self) -> np.ndarray:
        """Rest positions of the bone tails [B, 3]."""
        tails: np.ndarray = self.heads + self.matrices[:, :3, 1] * self.lengths[:, None]
        return tails

    def ancestors(self, bone: int) -> list[int]:
        """Indices of the parent, its parent and so on."""
        chain = []
        while (bone := int(self.parents[bone])) >= 0:
            chain.append(bone)
        return chain


@dataclass(frozen=True)
class RigPose:
    """How a rig stands: at one moment, or frame by frame (then with a leading axis T)."""

    local: np.ndarray  # [B, 4, 4] or [T, B, 4, 4] relative to the bone's rest (Blender's matrix_basis)
    posed: np.ndarray  # likewise, armature space, as evaluated


@dataclass(frozen=True)
class BonePoses:
    """Poses of some bones over time, relative to each bone's rest (what Blender's channels hold)."""

    bones: tuple[str, ...]  # K bones that turn
    rotations: np.ndarray  # [T, K, 4] wxyz, signs continuous in time
    moved_bones: tuple[str, ...]  # M bones that travel (usually the pelvis alone)
    locations: np.ndarray  # [T, M, 3] armature units

    def __len__(self) -> int:
        return len(self.rotations)


def to_rotations(matrices: np.ndarray) -> np.ndarray:
    """Rotations [..., 4] of matrices [..., 4, 4] that may be scaled."""
    columns = matrices[..., :3, :3]
    quaternions: np.ndarray = rotations.from_matrix(
        columns / np.maximum(np.linalg.norm(columns, axis=-2, keepdims=True), 1e-12)
    )
    return quaternions


def to_posed(rest: RigRest, local: np.ndarray, bones: Sequence[int] | None = None) -> np.ndarray:
    """Armature-space matrices [..., B, 4, 4] of local ones, by the parent chain alone (no constraints).

    bones: all that are wanted, each with its ancestors; the matrices of others are not numbers.
    """
    posed = np.full_like(local, np.nan) if bones is not None else np.empty_like(local)
    for bone in range(len(rest)) if bones is None else sorted(bones):
        parent = rest.parents[bone]
        turn, place = parent_spaces(rest, bone, posed[..., parent, :, :] if parent >= 0 else None)
        own = local[..., bone, :, :]
        posed[..., bone, :, :] = turn @ own
        posed[..., bone, :3, 3] = place[..., :3, 3]
        if not rest.connected[bone]:
            posed[..., bone, :3, 3] += (place[..., :3, :3] @ own[..., :3, 3:])[..., 0]
    return posed


def to_local(rest: RigRest, posed: np.ndarray, bones: Sequence[int] | None = None) -> np.ndarray:
    """Local matrices [..., B, 4, 4] that to_posed turns into `posed`; what a connected bone cannot do is left out.

    bones: all that are wanted; the matrices of others are not numbers.
    """
    local = np.full_like(posed, np.nan) if bones is not None else np.empty_like(posed)
    for bone in range(len(rest)) if bones is None else bones:
        parent = rest.parents[bone]
        turn, place = parent_spaces(rest, bone, posed[..., parent, :, :] if parent >= 0 else None)
        own = posed[..., bone, :, :]
        local[..., bone, :, :] = np.linalg.inv(turn) @ own
        travel = own[..., :3, 3:] - place[..., :3, 3:]
        moved = np.linalg.inv(place[..., :3, :3]) @ travel
        local[..., bone, :3, 3] = 0.0 if rest.connected[bone] else moved[..., 0]
    return local


def parent_spaces(rest: RigRest, bone: int, parent_posed: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """What a bone's local rotation and its location are relative to: two matrices [..., 4, 4], armature space.

    parent_posed: the parent's posed matrix [..., 4, 4], None for a bone without parent.
    """
    own = rest.matrices[bone]
    carried: np.ndarray = np.eye(4)
    if parent_posed is not None:
        carried = parent_posed @ np.linalg.inv(rest.matrices[rest.parents[bone]])
    place = carried @ own
    if not rest.local_location[bone]:
        place = np.concatenate([carried[..., :3], place[..., 3:]], axis=-1)
    turn = carried @ own if rest.inherits_rotation[bone] else own.copy()
    return turn, place
