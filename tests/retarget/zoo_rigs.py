"""What is true of the zoo's rigs: their maps, and how their hands lie once the arms are level."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from blender_mmm.engine_door import rotations, skeleton
from blender_mmm.retarget.bone_map import BoneMap
from tests.zoo import expected, find, rest
from tests.zoo.places import Stance

Joint = skeleton.Joint


def bone_map(name: str) -> BoneMap:
    """The true one, whatever detection says."""
    bones = expected(name)
    return BoneMap(name, tuple(bones[joint.name.lower()] for joint in Joint), ("",) * skeleton.JOINT_COUNT)


def level_hands(name: str) -> dict[Joint, np.ndarray]:
    """Orientation [4] of the hand bones if the rig's arms were level: found from where its fingers then are."""
    species, rig = find(name), rest(name)
    now = {bone.name: bone.head for bone in species.to_bones()}
    level = {bone.name: bone.head for bone in replace(species, stance=Stance()).to_bones()}
    axes = rotation_between(np.array([now[bone] for bone in rig.bones]), rig.heads)
    found = {}
    for joint in (Joint.LEFT_WRIST, Joint.RIGHT_WRIST):
        hand = expected(name)[joint.name.lower()]
        if hand is None:
            continue
        index = rig.bones.index(hand)
        # Controls have their fingers on a bone of the same place.
        twins = set(np.flatnonzero((rig.matrices == rig.matrices[index]).all(axis=(1, 2))))
        fingers = [bone for number, bone in enumerate(rig.bones) if twins & set(rig.ancestors(number))]
        if len(fingers) < 4:
            continue
        turn = rotation_between(np.array([now[bone] for bone in fingers]), np.array([level[bone] for bone in fingers]))
        turn = rotations.multiply(rotations.multiply(axes, turn), rotations.inverse(axes))
        found[joint] = rotations.multiply(turn, rig.orientations[index])
    return found


def rotation_between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The rotation [4] that brings the shape of points `a` [N, 3] nearest to that of `b`."""
    u, _, v = np.linalg.svd((a - a.mean(axis=0)).T @ (b - b.mean(axis=0)))
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ v))])
    return rotations.from_matrix(v.T @ flip @ u.T)
