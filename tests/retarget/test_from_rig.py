"""Reading a rig back: the inverse of to_rig, whatever rolls, axes and scale."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blender_mmm.engine_door import kinematics, rotations, skeleton
from blender_mmm.retarget.bone_map import BoneMap, find_bone_map
from blender_mmm.retarget.from_rig import from_rig, place_of_source
from blender_mmm.retarget.rig import BonePoses, RigRest, to_local, to_posed
from blender_mmm.retarget.to_rig import to_rig

seeds = st.integers(0, 10_000)
Joint = skeleton.Joint


def random_local(random: np.random.Generator, rest: RigRest, frames: int, moved: set[str]) -> np.ndarray:
    """Wild local matrices [T, B, 4, 4] of the `moved` bones; the first of them travels too."""
    local = np.broadcast_to(np.eye(4), (frames, len(rest), 4, 4)).copy()
    for bone, name in enumerate(rest.bones):
        if name in moved:
            axis = rotations.normalize(random.normal(size=(frames, 3)))
            turn = rotations.about_axis(axis, random.uniform(-2.5, 2.5, frames))
            local[:, bone, :3, :3] = rotations.to_matrix(turn)
    local[:, 0, :3, 3] = random.normal(size=(frames, 3)) * rest.lengths[0]
    return local


def written(rest: RigRest, poses: BonePoses, local: np.ndarray) -> np.ndarray:
    """Armature-space matrices [T, B, 4, 4] after writing `poses` over `local`."""
    local = local.copy()
    for column, name in enumerate(poses.bones):
        local[:, rest.bones.index(name), :3, :3] = rotations.to_matrix(poses.rotations[:, column])
    for column, name in enumerate(poses.moved_bones):
        local[:, rest.bones.index(name), :3, 3] = poses.locations[:, column]
    return to_posed(rest, local)


def assert_same(posed: np.ndarray, again: np.ndarray, bones: list[int], unit: float) -> None:
    """Within 0.5 degrees and a millimetre of a body of our size."""
    a, b = posed[:, bones], again[:, bones]
    assert np.abs(a[..., :3, 3] - b[..., :3, 3]).max() < 1e-3 * unit
    turn = rotations.from_matrix(np.swapaxes(a[..., :3, :3], -1, -2) @ b[..., :3, :3])
    assert np.degrees(rotations.angle(turn)).max() < 0.5


def mapped(rest: RigRest, bone_map: BoneMap) -> list[int]:
    return list(bone_map.indices(rest).values())


@settings(max_examples=20, deadline=None)
@given(seed=seeds, scale=st.floats(0.01, 100.0))
def test_mapped_bones_come_back(dolls: SimpleNamespace, seed: int, scale: float) -> None:
    random = np.random.default_rng(seed)
    axes = rotations.about_axis(np.eye(3)[random.integers(0, 3)], np.pi / 2 * random.integers(0, 4))
    rest = dolls.make_rest(random.uniform(-3, 3, skeleton.JOINT_COUNT), scale, axes=axes)
    bone_map = find_bone_map(rest)
    local = random_local(random, rest, 3, set(rest.bones))
    posed = to_posed(rest, local)
    clip = from_rig(posed, rest, bone_map, 24.0)
    poses = to_rig(clip, rest, bone_map, place_of_source(rest, bone_map))
    assert_same(posed, written(rest, poses, local), mapped(rest, bone_map), scale)


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_a_clip_comes_back(dolls: SimpleNamespace, seed: int) -> None:
    """Clip -> rig -> clip on a rig of twice our size: same rotations, same path."""
    rest = dolls.make_rest(scale=2.0)
    bone_map = find_bone_map(rest)
    clip = dolls.make_clip(seed)
    local = np.broadcast_to(np.eye(4), (len(clip), len(rest), 4, 4))
    posed = written(rest, to_rig(clip, rest, bone_map, place_of_source(rest, bone_map)), local)
    again = from_rig(posed, rest, bone_map, clip.fps)
    np.testing.assert_allclose(again.root, clip.root, atol=1e-6)
    turns = rotations.multiply(rotations.inverse(again.rotations), clip.rotations)
    assert rotations.angle(turns).max() < 1e-5


@pytest.mark.parametrize("extra", [1, 3])
def test_extra_bones_and_parents_stay_as_they_were_read(dolls: SimpleNamespace, extra: int) -> None:
    """Held frame by frame: extra spine bones that move on their own do not shift what hangs on them."""
    rest = dolls.make_rest(extra_spine=extra)
    bone_map = find_bone_map(rest)
    local = random_local(np.random.default_rng(3), rest, 4, set(rest.bones))
    posed = to_posed(rest, local)
    poses = to_rig(from_rig(posed, rest, bone_map, 24.0), rest, bone_map, place_of_source(rest, bone_map, posed))
    assert not any(name.startswith("extra") for name in poses.bones)
    assert_same(posed, written(rest, poses, local), list(range(len(rest))), 1.0)


def test_missing_joints_lie_between_their_neighbours(dolls: SimpleNamespace) -> None:
    rest = dolls.make_rest()
    lost = (Joint.SPINE2, Joint.NECK, Joint.LEFT_COLLAR, Joint.HEAD)
    bone_map = find_bone_map(rest, dict.fromkeys(lost))
    posed = to_posed(rest, random_local(np.random.default_rng(1), rest, 3, {"spine1", "spine3", "left_shoulder"}))
    clip = from_rig(posed, rest, bone_map, 24.0)
    world = kinematics.world_rotations(clip.rotations)

    def apart(a: Joint, b: Joint) -> np.ndarray:
        return rotations.angle(rotations.multiply(rotations.inverse(world[:, a]), world[:, b]))

    np.testing.assert_allclose(apart(Joint.SPINE1, Joint.SPINE2), apart(Joint.SPINE2, Joint.SPINE3), atol=1e-6)
    assert apart(Joint.SPINE3, Joint.LEFT_COLLAR).max() < 1e-6
    assert apart(Joint.SPINE3, Joint.HEAD).max() < 1e-6


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_local_and_posed_are_inverse(dolls: SimpleNamespace, seed: int) -> None:
    random = np.random.default_rng(seed)
    rest = dolls.make_rest(random.uniform(-3, 3, skeleton.JOINT_COUNT))
    count = len(rest)
    inherits, along = random.random(count) < 0.8, random.random(count) < 0.8
    rest = RigRest(**{**rest.__dict__, "inherits_rotation": inherits, "local_location": along})
    local = random_local(random, rest, 2, set(rest.bones))
    np.testing.assert_allclose(to_local(rest, to_posed(rest, local)), local, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_bones_that_are_wanted_alone_stand_as_among_all(dolls: SimpleNamespace, seed: int) -> None:
    random = np.random.default_rng(seed)
    rest = dolls.make_rest(random.uniform(-3, 3, skeleton.JOINT_COUNT))
    local = random_local(random, rest, 2, set(rest.bones))
    leaf = int(random.integers(len(rest)))
    wanted = sorted([leaf, *rest.ancestors(leaf)])
    posed = to_posed(rest, local, wanted)
    assert (posed[:, wanted] == to_posed(rest, local)[:, wanted]).all()
    assert (to_local(rest, posed, wanted)[:, wanted] == to_local(rest, to_posed(rest, local))[:, wanted]).all()


def test_a_foot_that_stands_still_is_in_contact(dolls: SimpleNamespace) -> None:
    rest = dolls.make_rest()
    bone_map = find_bone_map(rest)
    local = np.broadcast_to(np.eye(4), (10, len(rest), 4, 4)).copy()
    knee = rest.bones.index("right_hip")
    swing = rotations.about_axis(np.array([0.0, 0.0, 1.0]), np.linspace(0.0, 1.5, 10))
    local[:, knee, :3, :3] = rotations.to_matrix(swing)
    contacts = from_rig(to_posed(rest, local), rest, bone_map, 20.0).contacts
    assert (contacts[:, :2] == 1.0).all()
    assert (contacts[:, 2:] == 0.0).all()
