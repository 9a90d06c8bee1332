"""Motion on another body, without Blender: exact on ours, blind to rolls and axes, true to scale."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blender_mmm.engine_door import kinematics, rotations, skeleton
from blender_mmm.retarget.bone_map import find_bone_map
from blender_mmm.retarget.rig import BonePoses, RigPose, RigRest, to_posed
from blender_mmm.retarget.to_rig import place, to_rig

seeds = st.integers(0, 10_000)

PER_BONE = (
    "lengths",
    "inherits_rotation",
    "local_location",
    "connected",
    "locked_rotation",
    "locked_location",
)


def posed_frames(rest: RigRest, poses: BonePoses) -> np.ndarray:
    """Armature-space matrices [T, B, 4, 4] that Blender would show."""
    result = []
    for frame in range(len(poses)):
        local = np.broadcast_to(np.eye(4), (len(rest), 4, 4)).copy()
        for column, bone in enumerate(poses.bones):
            local[rest.bones.index(bone), :3, :3] = rotations.to_matrix(poses.rotations[frame, column])
        for column, bone in enumerate(poses.moved_bones):
            local[rest.bones.index(bone), :3, 3] = poses.locations[frame, column]
        result.append(to_posed(rest, local))
    return np.array(result)


def joint_heads(rest: RigRest, poses: BonePoses) -> np.ndarray:
    """[T, 22, 3]"""
    bones = find_bone_map(rest).bones
    order = [rest.bones.index(bone) for bone in bones if bone is not None]
    return posed_frames(rest, poses)[:, order][..., :3, 3]


@settings(max_examples=25, deadline=None)
@given(seed=seeds, scale=st.floats(0.01, 100.0))
def test_exact_whatever_rolls_axes_and_scale(dolls: SimpleNamespace, seed: int, scale: float) -> None:
    random = np.random.default_rng(seed)
    quarter_turns = [rotations.about_axis(axis, np.pi / 2 * random.integers(0, 4)) for axis in np.eye(3)]
    axes = rotations.multiply(quarter_turns[0], rotations.multiply(quarter_turns[1], quarter_turns[2]))
    rest = dolls.make_rest(random.uniform(-3, 3, skeleton.JOINT_COUNT), scale, axes=axes)
    clip = dolls.make_clip(seed)
    bone_map = find_bone_map(rest)
    poses = to_rig(clip, rest, bone_map, place(rest, bone_map))
    source = kinematics.forward_kinematics(clip.root, clip.rotations)
    np.testing.assert_allclose(joint_heads(rest, poses), rotations.rotate(axes, source) * scale, atol=1e-5 * scale)


@settings(max_examples=20, deadline=None)
@given(seed=seeds, extra=st.integers(1, 3))
def test_extra_spine_bones_share_the_bend(dolls: SimpleNamespace, seed: int, extra: int) -> None:
    rest = dolls.make_rest(extra_spine=extra)
    clip = dolls.make_clip(seed)
    bone_map = find_bone_map(rest)
    posed = posed_frames(rest, to_rig(clip, rest, bone_map, place(rest, bone_map)))
    chain = [rest.bones.index(name) for name in ("spine1", *(f"extra{i}" for i in range(extra)), "spine2")]
    turned = rotations.from_matrix(posed[:, chain, :3, :3])
    since = rotations.multiply(turned, rotations.inverse(rotations.from_matrix(rest.matrices[chain, :3, :3])))
    bends = rotations.angle(rotations.multiply(rotations.inverse(since[:, :-1]), since[:, 1:]))
    np.testing.assert_allclose(bends, np.broadcast_to(bends[:, :1], bends.shape), atol=1e-6)
    world = kinematics.world_rotations(clip.rotations)
    difference = rotations.angle(rotations.multiply(rotations.inverse(since[:, -1]), world[:, skeleton.Joint.SPINE2]))
    assert difference.max() < 1e-5


@settings(max_examples=20, deadline=None)
@given(seed=seeds, turn=st.floats(-3.0, 3.0), x=st.floats(-5.0, 5.0), z=st.floats(-5.0, 5.0))
def test_goes_on_from_the_pose(dolls: SimpleNamespace, seed: int, turn: float, x: float, z: float) -> None:
    """Where the rig stands and faces becomes the clip's start; the floor stays."""
    rest = dolls.make_rest()
    bone_map = find_bone_map(rest)
    pelvis = rest.bones.index("pelvis")
    local = np.broadcast_to(np.eye(4), (len(rest), 4, 4)).copy()
    stands = np.eye(4)
    stands[:3, :3] = rotations.to_matrix(rotations.about_y(np.asarray(turn))) @ rest.matrices[pelvis][:3, :3]
    stands[:3, 3] = [x, 0.4, z]
    local[pelvis] = np.linalg.inv(rest.matrices[pelvis]) @ stands
    clip = dolls.make_clip(seed)
    poses = to_rig(clip, rest, bone_map, place(rest, bone_map, RigPose(local, to_posed(rest, local))))
    source = kinematics.forward_kinematics(clip.root, clip.rotations)
    expected = rotations.rotate(rotations.about_y(np.asarray(turn)), source) + np.array([x, 0.0, z])
    np.testing.assert_allclose(joint_heads(rest, poses), expected, atol=1e-5)


def test_missing_bones_leave_the_rest_right(dolls: SimpleNamespace) -> None:
    """Without collars, middle spine, head and toes the other joints turn as in the world."""
    lost = {"left_collar", "spine2", "head", "left_foot", "right_wrist"}
    rest = dolls.make_rest(names=lambda name: f"x_{name}" if name in lost else name)
    bone_map = find_bone_map(rest, {skeleton.Joint[name.upper()]: None for name in lost})
    assert {joint.name.lower() for joint in bone_map.missing()} == lost
    clip = dolls.make_clip(4)
    poses = to_rig(clip, rest, bone_map, place(rest, bone_map))
    posed = posed_frames(rest, poses)
    world = kinematics.world_rotations(clip.rotations)
    for joint in skeleton.Joint:
        bone = bone_map.bones[joint]
        if bone is None or joint == skeleton.Joint.RIGHT_ELBOW:  # its own tail stands for the lost wrist
            continue
        index = rest.bones.index(bone)
        since = rotations.multiply(
            rotations.from_matrix(posed[:, index, :3, :3]),
            rotations.inverse(rotations.from_matrix(rest.matrices[index, :3, :3])),
        )
        assert rotations.angle(rotations.multiply(rotations.inverse(since), world[:, joint])).max() < 1e-5


def test_signs_never_flip(dolls: SimpleNamespace) -> None:
    rest = dolls.make_rest()
    bone_map = find_bone_map(rest)
    clip = dolls.make_clip(1, frames=60)
    turns = clip.rotations * np.where(np.arange(60) % 2, 1.0, -1.0)[:, None, None]
    flipped = type(clip)(clip.root, turns, clip.contacts, clip.fps)
    poses = to_rig(flipped, rest, bone_map, place(rest, bone_map))
    assert ((poses.rotations[1:] * poses.rotations[:-1]).sum(-1) > 0).all()


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_other_thighs_keep_the_feet_on_the_floor(dolls: SimpleNamespace, factor: float) -> None:
    """Squats on a rig with other shares of thigh and shin: both ankles stay where the source's are, scaled."""
    rest = dolls.make_rest()
    matrices = rest.matrices.copy()
    for side in ("left", "right"):
        shift = np.array([0.0, skeleton.REST_OFFSETS[skeleton.Joint.LEFT_KNEE, 1] * (factor - 1.0), 0.0])
        for name in ("knee", "ankle", "foot"):
            matrices[rest.bones.index(f"{side}_{name}"), :3, 3] += shift
    rest = RigRest(**{**rest.__dict__, "matrices": matrices})
    bone_map = find_bone_map(rest)
    clip = squat(dolls)
    heads = joint_heads(rest, to_rig(clip, rest, bone_map, place(rest, bone_map)))
    ankles = [skeleton.Joint.LEFT_ANKLE, skeleton.Joint.RIGHT_ANKLE]
    floor = rest.heads[rest.bones.index("left_ankle"), 1]
    np.testing.assert_allclose(heads[:, ankles, 1], floor, atol=1e-6)


def squat(dolls: SimpleNamespace) -> object:
    """Straight down and up again with both ankles at rest height."""
    clip = dolls.make_clip(frames=20)
    bend = np.sin(np.linspace(0.0, np.pi, 20))
    turns = np.broadcast_to(rotations.IDENTITY, (20, skeleton.JOINT_COUNT, 4)).copy()
    x = np.array([1.0, 0.0, 0.0])
    for side in ("LEFT", "RIGHT"):
        turns[:, skeleton.Joint[f"{side}_HIP"]] = rotations.about_axis(np.broadcast_to(x, (20, 3)), -bend)
        turns[:, skeleton.Joint[f"{side}_KNEE"]] = rotations.about_axis(np.broadcast_to(x, (20, 3)), 2.0 * bend)
        turns[:, skeleton.Joint[f"{side}_ANKLE"]] = rotations.about_axis(np.broadcast_to(x, (20, 3)), -bend)
    root = np.zeros((20, 3))
    root[:, 1] = skeleton.REST_PELVIS_HEIGHT
    standing = kinematics.forward_kinematics(root, np.broadcast_to(rotations.IDENTITY, turns.shape))
    bent = kinematics.forward_kinematics(root, turns)
    root[:, 1] += (standing - bent)[:, skeleton.Joint.LEFT_ANKLE, 1]
    return type(clip)(root, turns, clip.contacts, clip.fps)


def test_root_bone_takes_the_way_over_the_floor(dolls: SimpleNamespace) -> None:
    """With a root bone above the pelvis: the same joints in the same places, but the pelvis stays over the root."""
    plain = dolls.make_rest()
    grown = np.concatenate([np.eye(4)[None], plain.matrices])
    fields = {name: np.concatenate([getattr(plain, name)[:1], getattr(plain, name)]) for name in PER_BONE}
    rest = RigRest(
        **{
            **plain.__dict__,
            **fields,
            "matrices": grown,
            "bones": ("root", *plain.bones),
            "parents": np.concatenate([[-1], plain.parents + 1]),
            "rotation_modes": ("QUATERNION",) * len(grown),
        }
    )
    bone_map = find_bone_map(rest)
    clip = dolls.make_clip(5)
    poses = to_rig(clip, rest, bone_map, place(rest, bone_map, on_root_bone=True))
    assert poses.moved_bones == ("root", "pelvis")
    source = kinematics.forward_kinematics(clip.root, clip.rotations)
    np.testing.assert_allclose(joint_heads(rest, poses), source, atol=1e-5)
    posed = posed_frames(rest, poses)
    np.testing.assert_allclose(posed[:, 0, [0, 2], 3], source[:, 0, [0, 2]], atol=1e-5)
    np.testing.assert_allclose(posed[:, 0, 1, 3], 0.0, atol=1e-9)
