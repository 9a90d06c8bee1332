"""Our skeleton as the arrays of a rig, for tests without Blender."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from blender_mmm.engine_door import clip as clips
from blender_mmm.engine_door import rotations, skeleton
from blender_mmm.retarget.rig import RigRest


def make_rest(
    rolls: np.ndarray | None = None,
    scale: float = 1.0,
    names: Callable[[str], str] = str,
    extra_spine: int = 0,
    axes: np.ndarray | None = None,
) -> RigRest:
    """A rig of our proportions; axes [4]: how the whole of it is turned in armature space (clip axes by default).

    rolls [22]: how each bone is turned about itself; extra_spine: unmapped bones between spine1 and spine2.
    """
    positions = np.zeros((skeleton.JOINT_COUNT, 3))
    positions[0, 1] = skeleton.REST_PELVIS_HEIGHT
    for joint in range(1, skeleton.JOINT_COUNT):
        positions[joint] = positions[skeleton.PARENTS[joint]] + skeleton.REST_OFFSETS[joint]
    bones = [joint.name.lower() for joint in skeleton.Joint]
    parents = list(skeleton.PARENTS)
    heads = list(positions)
    for step in range(extra_spine):
        share = (step + 1) / (extra_spine + 1)
        heads.append(positions[3] + (positions[6] - positions[3]) * share)
        parents.append(3 if step == 0 else len(bones) - 1)
        bones.append(f"extra{step}")
        parents[6] = len(bones) - 1
    bones, parents, heads = _parents_first(bones, parents, heads)
    turns = rotations.about_y(np.zeros(len(bones)) if rolls is None else np.resize(rolls, len(bones)))
    turns = rotations.multiply(np.array([0.5, 0.5, 0.5, 0.5]), turns)  # bones need not point at anything
    facing = rotations.IDENTITY if axes is None else axes
    matrices = np.broadcast_to(np.eye(4), (len(bones), 4, 4)).copy()
    matrices[:, :3, :3] = rotations.to_matrix(rotations.multiply(facing, turns))
    matrices[:, :3, 3] = rotations.rotate(facing, np.array(heads)) * scale
    count = len(bones)
    return RigRest(
        name="Doll",
        bones=tuple(names(bone) for bone in bones),
        parents=np.array(parents),
        matrices=matrices,
        lengths=np.full(count, 0.1 * scale),
        rotation_modes=("QUATERNION",) * count,
        inherits_rotation=np.ones(count, dtype=bool),
        local_location=np.ones(count, dtype=bool),
        connected=np.zeros(count, dtype=bool),
        locked_rotation=np.zeros((count, 3), dtype=bool),
        locked_location=np.zeros((count, 3), dtype=bool),
        world=np.eye(4),
    )


def without(rest: RigRest, lost: Sequence[str]) -> RigRest:
    """The rig without some bones; what hung on them hangs on their parents."""
    kept = [bone for bone, name in enumerate(rest.bones) if name not in lost]
    order = {bone: place for place, bone in enumerate(kept)}
    parents = [next((order[above] for above in rest.ancestors(bone) if above in order), -1) for bone in kept]
    return replace(
        rest,
        bones=tuple(rest.bones[bone] for bone in kept),
        parents=np.array(parents),
        matrices=rest.matrices[kept],
        lengths=rest.lengths[kept],
        rotation_modes=tuple(rest.rotation_modes[bone] for bone in kept),
        inherits_rotation=rest.inherits_rotation[kept],
        local_location=rest.local_location[kept],
        connected=rest.connected[kept],
        locked_rotation=rest.locked_rotation[kept],
        locked_location=rest.locked_location[kept],
    )


def _parents_first(
    bones: list[str], parents: list[int], heads: list[np.ndarray]
) -> tuple[list[str], list[int], list[np.ndarray]]:
    order: list[int] = []
    while len(order) < len(bones):
        order += [b for b in range(len(bones)) if b not in order and (parents[b] < 0 or parents[b] in order)]
    place = {old: new for new, old in enumerate(order)}
    return (
        [bones[old] for old in order],
        [place.get(parents[old], -1) for old in order],
        [heads[old] for old in order],
    )


def make_clip(seed: int = 0, frames: int = 12) -> clips.MotionClip:
    """Any smooth motion that starts over the origin, facing +z."""
    random = np.random.default_rng(seed)
    time = np.linspace(0.0, 1.0, frames)
    axes = rotations.normalize(random.normal(size=(skeleton.JOINT_COUNT, 3)))
    angles = time[:, None] * random.uniform(-1.5, 1.5, skeleton.JOINT_COUNT)
    turns = rotations.about_axis(np.broadcast_to(axes, (frames, *axes.shape)), angles)
    root = np.stack([time, skeleton.REST_PELVIS_HEIGHT + 0.2 * np.sin(3 * time), -time], axis=1)
    return clips.MotionClip(root, turns, np.zeros((frames, 4)))


@pytest.fixture(scope="session")
def dolls() -> SimpleNamespace:
    return SimpleNamespace(make_rest=make_rest, make_clip=make_clip, without=without)
