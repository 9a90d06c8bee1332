"""Every rig of the zoo is recognised, whole or with spoilt names; nothing else is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from blender_mmm.engine_door import rotations, skeleton
from blender_mmm.retarget.bone_map import BY_SHAPE, UnmappedRigError, find_bone_map
from blender_mmm.retarget.rig import RigRest
from tests.zoo import OTHERS, ZOO, expected, find, mangled, rest

NAMED = 0.2  # share of names that are spoilt where the others still count
#: Its chains lie on each other: without names nobody knows which of them are the controls.
NEEDS_NAMES = "rigify_generated"


def wrong(rig: RigRest, name: str, original: dict[str, str] | None = None) -> list[str]:
    bones = find_bone_map(rig).bones
    found = {j: bones[i] for i, j in enumerate(skeleton.JOINT_NAMES)}
    if original:
        found = {joint: original[bone] if bone else None for joint, bone in found.items()}
    return [f"{j}: {found[j]} for {bone}" for j, bone in expected(name).items() if found[j] != bone]


@pytest.mark.parametrize("name", ZOO)
def test_every_joint_of_every_rig(name: str) -> None:
    assert wrong(rest(name), name) == []
    assert find_bone_map(rest(name)).preset == (find(name).family or BY_SHAPE)


@pytest.mark.parametrize("name", ZOO)
def test_a_fifth_of_the_names_spoilt(name: str) -> None:
    for seed in range(3):
        assert len(wrong(*_spoilt(name, NAMED, seed))) <= 0.1 * skeleton.JOINT_COUNT


@pytest.mark.parametrize("name", [name for name in ZOO if name != NEEDS_NAMES])
def test_all_names_spoilt(name: str) -> None:
    assert wrong(*_spoilt(name, 1.0, 0)) == []


@pytest.mark.parametrize("name", ["mixamo", "unreal_ue5", "daz_genesis8", "vroid", "foreign_russian"])
@pytest.mark.parametrize("legs", [0.7, 1.4])
def test_other_proportions_without_names(name: str, legs: float) -> None:
    rig, _, original = _spoilt(name, 1.0, 1)
    assert len(wrong(_with_legs(rig, name, original, legs), name, original)) <= 0.1 * skeleton.JOINT_COUNT


@pytest.mark.parametrize("name", ["mixamo_plain", "unreal_ue4", "smplx"])
def test_any_orientation(name: str) -> None:
    rig = rest(name)
    for seed in range(4):
        turn = rotations.to_matrix(rotations.normalize(np.random.default_rng(seed).normal(size=4)))
        matrices = rig.matrices.copy()
        matrices[:, :3, :3] = turn @ rig.matrices[:, :3, :3]
        matrices[:, :3, 3] = rig.heads @ turn.T
        assert wrong(replace(rig, matrices=matrices), name) == []


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_nothing_else_is_taken_for_a_person(name: str, share: float) -> None:
    rig, _ = mangled(rest(name), share)
    with pytest.raises(UnmappedRigError) as error:
        find_bone_map(rig)
    assert f"“{name}”" in str(error.value) and str(error.value).endswith(".")


def _spoilt(name: str, share: float, seed: int) -> tuple[RigRest, str, dict[str, str]]:
    rig, original = mangled(rest(name), share, seed)
    return rig, name, original


def _with_legs(rig: RigRest, name: str, original: dict[str, str], factor: float) -> RigRest:
    """The rig with legs `factor` times as long; what is above the hips moves up or down with them."""
    spoilt = {old: new for new, old in original.items()}
    up = np.array([0.0, 1.0, 0.0]) if find(name).y_up else np.array([0.0, 0.0, 1.0])
    heads = rig.heads
    hip = float(heads[rig.bones.index(spoilt[str(expected(name)["left_hip"])])] @ up)
    heights = heads @ up
    moved = np.where(heights <= hip, heights * factor, heights + hip * (factor - 1.0))
    matrices = rig.matrices.copy()
    matrices[:, :3, 3] += (moved - heights)[:, None] * up
    return replace(rig, matrices=matrices)
