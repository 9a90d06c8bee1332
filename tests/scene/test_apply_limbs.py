"""Whatever the rig's rest, rolls, axes and scale: its limbs point where the source's limbs point."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm import apply  # noqa: E402
from blender_mmm.engine_door import kinematics, rotations, skeleton  # noqa: E402
from blender_mmm.retarget.rest_alignment import NECK_NEUTRAL  # noqa: E402

Joint = skeleton.Joint
OPTIONS = apply.ApplyOptions(start_frame=1, scene_fps=20.0)

RIGS = ("own", "rigify", "mixamo", "bare", "a_pose", "centimetres", "a_pose_centimetres")


def make_rig(lab: SimpleNamespace, kind: str) -> Any:
    random = np.random.default_rng(7)

    def roll() -> float:
        return float(random.uniform(-3.1, 3.1))

    if kind == "own":
        return apply.create_character(bpy.context)
    if kind == "rigify":
        return lab.make_rigify()
    prefix = {"bare": "", "a_pose": "mixamorig1:"}.get(kind, "mixamorig:")
    return lab.make_mixamo(prefix, a_pose="a_pose" in kind, imported="centimetres" in kind, roll=roll)


def motions(lab: SimpleNamespace) -> list[Any]:
    return [lab.make_clip(strength=0.5), lab.make_clip(seed=3, strength=1.3)]


@pytest.mark.parametrize("kind", RIGS)
def test_limbs_point_like_the_source(lab: SimpleNamespace, kind: str) -> None:
    rig = make_rig(lab, kind)
    for clip in motions(lab):
        bone_map = apply.check_target(rig)
        rig.animation_data_clear()
        for bone in rig.pose.bones:
            bone.matrix_basis.identity()
        apply.apply_clip(rig, clip, OPTIONS)
        paths = lab.joint_paths(rig, bone_map.bones, range(1, 1 + len(clip), 3))
        angles = lab.limb_angles(paths, lab.source_paths(clip)[::3])
        assert angles.max() < 0.1


@pytest.mark.parametrize("kind", RIGS)
def test_real_motion(lab: SimpleNamespace, kind: str) -> None:
    """Walks and jumps: limbs within a degree, and ankles as high over the floor as the source's, scaled."""
    rig = make_rig(lab, kind)
    bone_map = apply.check_target(rig)
    rest = lab.joint_paths(rig, bone_map.bones, range(1, 2))[0]
    scale = leg_length(rest) / skeleton.LEG_LENGTH
    errors = []
    for clip in lab.cmu_clips("walks forward", 3) + lab.cmu_clips("jumps", 1):
        apply.apply_clip(rig, clip, OPTIONS)
        paths = lab.joint_paths(rig, bone_map.bones, range(1, 1 + len(clip), 4))
        source = lab.source_paths(clip)[::4]
        assert lab.limb_angles(paths, source).max() < 1.0
        errors.append(floor_error(paths, rest, source, scale))
        rig.animation_data.action = None
        for bone in rig.pose.bones:
            bone.matrix_basis.identity()
    # Two flat feet under unequally bent knees cannot both be right on other leg proportions.
    flat_feet = np.concatenate(errors)
    assert len(flat_feet) > 20
    assert np.median(flat_feet) < 0.005
    assert flat_feet.max() < 0.03


def leg_length(rest: np.ndarray) -> float:
    sides = []
    for hip, knee, ankle in (
        (Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE),
        (Joint.RIGHT_HIP, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE),
    ):
        sides.append(np.linalg.norm(rest[knee] - rest[hip]) + np.linalg.norm(rest[ankle] - rest[knee]))
    return float(np.mean(sides))


def floor_error(paths: np.ndarray, rest: np.ndarray, source: np.ndarray, scale: float) -> np.ndarray:
    """How far ankles of feet that stand flat are off their scaled height over the rest's, metres."""
    ankles, toes = [Joint.LEFT_ANKLE, Joint.RIGHT_ANKLE], [Joint.LEFT_FOOT, Joint.RIGHT_FOOT]
    identity = np.broadcast_to(rotations.IDENTITY, (1, skeleton.JOINT_COUNT, 4))
    standing = kinematics.forward_kinematics(np.array([[0.0, skeleton.REST_PELVIS_HEIGHT, 0.0]]), identity)[0]
    risen = source[:, ankles, 2] - standing[ankles, 1]
    flat = (risen < 0.05) & (source[:, toes, 2] < 0.04)
    return np.abs(paths[:, ankles, 2] - rest[ankles, 2].mean() - scale * risen)[flat]


@pytest.mark.parametrize("kind", RIGS)
def test_rest_clip_stands_upright(lab: SimpleNamespace, kind: str) -> None:
    """Our T-pose, with the neck as people hold it, leaves trunk and feet as at rest, and straightens limbs."""
    rig = make_rig(lab, kind)
    bone_map = apply.check_target(rig)
    rest = lab.joint_paths(rig, bone_map.bones, range(1, 2))[0]
    clip = lab.make_clip(frames=2, strength=0.0)
    turns = np.broadcast_to(rotations.IDENTITY, (2, skeleton.JOINT_COUNT, 4)).copy()
    if kind != "own":  # whose neck is the data's own
        turns[:, Joint.NECK] = rotations.about_axis(np.array([1.0, 0.0, 0.0]), np.asarray(NECK_NEUTRAL))
        turns[:, Joint.HEAD] = rotations.inverse(turns[:, Joint.NECK])
    clip = type(clip)(
        np.array([[0.0, skeleton.REST_PELVIS_HEIGHT, 0.0]] * 2),
        turns,
        clip.contacts,
        clip.fps,
    )
    apply.apply_clip(rig, clip, OPTIONS)
    posed = lab.joint_paths(rig, bone_map.bones, range(2, 3))[0]
    trunk = [Joint.PELVIS, Joint.SPINE1, Joint.SPINE3, Joint.NECK, Joint.HEAD]
    assert np.abs((posed - rest)[trunk, :2]).max() < 1e-5
    raised = (posed - rest)[Joint.PELVIS, 2]
    assert 0.0 <= raised + 1e-5 < 0.02  # legs that were spread or bent at rest are a little longer when straight
    feet = posed[[Joint.LEFT_FOOT, Joint.RIGHT_FOOT], 2] - rest[[Joint.LEFT_FOOT, Joint.RIGHT_FOOT], 2]
    assert np.abs(feet).max() < 1e-4


def test_own_skeleton_is_exact(lab: SimpleNamespace) -> None:
    rig = apply.create_character(bpy.context)
    clip = lab.make_clip(frames=60, strength=1.2)
    bone_map = apply.check_target(rig)
    apply.apply_clip(rig, clip, OPTIONS)
    paths = lab.joint_paths(rig, bone_map.bones, range(1, 1 + len(clip)))
    np.testing.assert_allclose(paths, lab.source_paths(clip), atol=1e-5)
