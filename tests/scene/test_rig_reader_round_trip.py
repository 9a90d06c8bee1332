"""Rig -> clip -> rig in Blender: mapped bones stay where they were, on each kind of rig and object."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm.engine_door import rotations  # noqa: E402
from blender_mmm.retarget.bone_map import find_bone_map  # noqa: E402
from blender_mmm.retarget.channels import to_channels  # noqa: E402
from blender_mmm.retarget.from_rig import from_rig, place_of_source  # noqa: E402
from blender_mmm.scene import new_rig, rig_reader  # noqa: E402
from blender_mmm.scene.action_writer import write_action  # noqa: E402

FRAMES = range(1, 7)
OBJECTS = {
    "plain": ((0, 0, 0), (1, 1, 1)),
    "turned": ((0.4, -0.7, 2.0), (1, 1, 1)),
    "large": ((0, 0, 0.5), (2.5, 2.5, 2.5)),
}


def make_rig(lab: SimpleNamespace, kind: str) -> Any:
    if kind == "own":
        return new_rig.create_character(bpy.context)
    if kind == "rigify":
        return lab.make_rigify()
    return lab.make_mixamo(a_pose="a_pose" in kind, imported="centimetres" in kind, roll=lambda: 1.1)


def key_wild_poses(obj: Any, bones: list[str], seed: int) -> None:
    """Keys on every frame: big turns of `bones`, in quaternion, Euler and axis-angle mode in turn."""
    random = np.random.default_rng(seed)
    for number, name in enumerate(bones):
        bone = obj.pose.bones[name]
        bone.rotation_mode = ("QUATERNION", "XYZ", "AXIS_ANGLE", "ZXY")[number % 4]
        for frame in FRAMES:
            axis = rotations.normalize(random.normal(size=3))
            turn = rotations.about_axis(axis, random.uniform(-1.2, 1.2))
            location = bone.location.copy()
            if not bone.bone.use_connect:
                location = random.normal(size=3) * bone.length * (number == 0)
            bone.matrix_basis = np_matrix(turn, location)
            for channel in ("location", channel_of(bone)):
                bone.keyframe_insert(channel, frame=frame)


def np_matrix(turn: np.ndarray, location: Any) -> Any:
    from mathutils import Matrix, Quaternion

    return Matrix.Translation(location) @ Quaternion(turn.tolist()).to_matrix().to_4x4()


def channel_of(bone: Any) -> str:
    return {"QUATERNION": "rotation_quaternion", "AXIS_ANGLE": "rotation_axis_angle"}.get(
        bone.rotation_mode, "rotation_euler"
    )


@pytest.mark.parametrize("place", OBJECTS)
@pytest.mark.parametrize("kind", ["own", "rigify", "mixamo", "mixamo_a_pose_centimetres"])
def test_round_trip(lab: SimpleNamespace, kind: str, place: str) -> None:
    obj = make_rig(lab, kind)
    obj.rotation_euler, obj.scale = OBJECTS[place]
    bone_map = find_bone_map(rig_reader.read_rest(obj))
    mapped = [bone for bone in bone_map.bones if bone is not None]
    key_wild_poses(obj, mapped, seed=len(kind))
    rest = rig_reader.read_rest(obj)
    posed = rig_reader.play_posed(obj, rest, FRAMES)
    clip = from_rig(posed, rest, bone_map, 24.0)
    from blender_mmm.retarget.to_rig import to_rig

    poses = to_rig(clip, rest, bone_map, place_of_source(rest, bone_map, posed))
    write_action(obj, to_channels(poses, rest), FRAMES.start, "again")
    again = rig_reader.play_posed(obj, rest, FRAMES)
    unit = np.ptp(rest.heads, axis=0).max() / 1.7
    indices = list(bone_map.indices(rest).values())
    assert np.abs((posed - again)[:, indices, :3, 3]).max() < 1e-3 * unit
    turn = np.swapaxes(posed[:, indices, :3, :3], -1, -2) @ again[:, indices, :3, :3]
    assert np.degrees(rotations.angle(rotations.from_matrix(turn))).max() < 0.5
