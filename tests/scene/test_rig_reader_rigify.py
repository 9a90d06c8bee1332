"""What Rigify really generates: the motion arrives at the bones that deform, and is read back from there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm import apply  # noqa: E402
from blender_mmm.engine_door import rotations, skeleton  # noqa: E402
from blender_mmm.retarget.from_rig import from_rig  # noqa: E402
from blender_mmm.scene.rig_reader import read_posed, read_rest  # noqa: E402

Joint = skeleton.Joint
FRAMES = range(1, 41, 6)
LIMBS = {"thigh": "HIP", "shin": "KNEE", "foot": "ANKLE", "upper_arm": "SHOULDER", "forearm": "ELBOW", "hand": "WRIST"}


def generated(lab: SimpleNamespace) -> Any:
    lab.make_rigify()
    bpy.ops.pose.rigify_generate()
    return next(obj for obj in bpy.context.scene.objects if obj.type == "ARMATURE" and "root" in obj.data.bones)


def test_motion_arrives_and_comes_back(lab: SimpleNamespace) -> None:
    rig = generated(lab)
    clip = lab.make_clip(strength=0.6)
    report = apply.apply_clip(rig, clip, apply.ApplyOptions(start_frame=1, scene_fps=20.0))
    assert any("IK_FK" in note for note in report.notes)
    deforming = {
        Joint[f"{side}_{joint}"]: f"DEF-{bone}.{side[0]}" for bone, joint in LIMBS.items() for side in ("LEFT", "RIGHT")
    }
    paths = lab.joint_paths(rig, tuple(deforming.get(joint) for joint in Joint), FRAMES)
    source = lab.source_paths(clip)[[frame - 1 for frame in FRAMES]]
    assert np.nanmax(lab.limb_angles(paths, source)) < 0.1

    rest, bone_map = read_rest(rig), apply.check_target(rig)
    again = from_rig(read_posed(rig, rest, FRAMES), rest, bone_map, 20.0)
    wanted = clip.rotations[[frame - 1 for frame in FRAMES]]
    arms = [joint for joint in deforming if joint not in (Joint.LEFT_SHOULDER, Joint.RIGHT_SHOULDER)]
    turn = rotations.multiply(rotations.inverse(wanted[:, arms]), again.rotations[:, arms])
    assert np.degrees(rotations.angle(turn)).max() < 0.5


def test_arm_moved_by_ik_is_read_where_it_is(lab: SimpleNamespace) -> None:
    rig = generated(lab)
    rig.pose.bones["hand_ik.L"].location = (0.0, 0.15, -0.2)
    bpy.context.view_layer.update()
    rest, bone_map = read_rest(rig), apply.check_target(rig)
    hand = np.array(rig.pose.bones["DEF-hand.L"].head)
    clip_hand = read_posed(rig, rest, [1])[0, rest.bones.index(str(bone_map.bones[Joint.LEFT_WRIST])), :3, 3]
    np.testing.assert_allclose(clip_hand, hand, atol=1e-4)
    assert np.linalg.norm(hand - np.array(rig.data.bones["DEF-hand.L"].head_local)) > 0.1
