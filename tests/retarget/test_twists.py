"""Twist bones take their share of the turn about a limb, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from blender_mmm.engine_door import clip as clips
from blender_mmm.engine_door import rotations, skeleton
from blender_mmm.retarget.rest_alignment import fit_rig
from blender_mmm.retarget.to_rig import place, to_rig
from blender_mmm.retarget.twists import find_twist_bones
from tests.retarget.motions import make_motion
from tests.retarget.quality import since, to_frames
from tests.retarget.zoo_rigs import bone_map
from tests.zoo import rest

Joint = skeleton.Joint
X = np.array([1.0, 0.0, 0.0])


def rolled(joint: Joint, degrees: float) -> clips.MotionClip:
    """Our T-pose, and then one joint of the left arm turned about the arm."""
    turns = np.broadcast_to(rotations.IDENTITY, (12, skeleton.JOINT_COUNT, 4)).copy()
    turns[:, joint] = rotations.about_axis(X, np.radians(np.linspace(0.0, degrees, 12)))
    root = np.broadcast_to([0.0, skeleton.REST_PELVIS_HEIGHT, 0.0], (12, 3))
    return clips.MotionClip(root, turns, np.zeros((12, 4)))


def turned_about_arm(name: str, clip: clips.MotionClip, bone: str) -> float:
    """Degrees by which `bone` turns about its arm from the first to the last frame."""
    rig = rest(name)
    poses = to_rig(clip, rig, bone_map(name), place(rig, bone_map(name)))
    turn = since(to_frames(rig, poses), rig, rig.bones.index(bone))
    step = rotations.multiply(turn[-1], rotations.inverse(turn[0]))
    arm = rotations.rotate(fit_rig(rig, bone_map(name)).frame, X)
    angle = np.degrees(2.0 * np.arctan2(step[1:] @ arm, step[0]))
    return float((angle + 180.0) % 360.0 - 180.0)


@pytest.mark.parametrize(
    ("name", "bone", "share"),
    [
        ("unreal_ue5", "lowerarm_twist_01_l", 0.66),
        ("unreal_ue5", "lowerarm_twist_02_l", 0.33),
        ("daz_genesis8", "lForearmTwist", 0.5),
        ("unreal_ue5", "lowerarm_l", 0.0),
        ("unreal_ue5", "hand_l", 1.0),
    ],
)
def test_forearm_takes_part_in_the_turn_of_the_hand(name: str, bone: str, share: float) -> None:
    assert turned_about_arm(name, rolled(Joint.LEFT_WRIST, 150.0), bone) == pytest.approx(150.0 * share, abs=1.0)


@pytest.mark.parametrize(("bone", "share"), [("upperarm_twist_01_l", 0.33), ("upperarm_twist_02_l", 0.66)])
def test_upper_arm_is_turned_less_at_the_shoulder(bone: str, share: float) -> None:
    assert turned_about_arm("unreal_ue5", rolled(Joint.LEFT_SHOULDER, 100.0), bone) == pytest.approx(
        100.0 * share, abs=1.0
    )


def test_twist_bones_that_constraints_turn_are_left_to_them() -> None:
    rig = rest("unreal_ue5")
    mapped = bone_map("unreal_ue5")
    names = {rig.bones[twist.bone] for twist in find_twist_bones(rig, fit_rig(rig, mapped))}
    assert "lowerarm_twist_01_l" in names
    held = replace(rig, steered_bones=frozenset({"lowerarm_twist_01_l"}))
    poses = to_rig(make_motion(), held, mapped, place(held, mapped))
    assert names - set(poses.bones) == {"lowerarm_twist_01_l"}


def test_steps_of_twist_bones_are_no_larger_than_those_of_the_joints() -> None:
    rig = rest("unreal_ue5")
    mapped = bone_map("unreal_ue5")
    poses = to_rig(make_motion(), rig, mapped, place(rig, mapped))
    turns = rotations.angle(rotations.multiply(rotations.inverse(poses.rotations[:-1]), poses.rotations[1:]))
    twists = [poses.bones.index(rig.bones[twist.bone]) for twist in find_twist_bones(rig, fit_rig(rig, mapped))]
    others = [column for column in range(len(poses.bones)) if column not in twists]
    assert turns[:, twists].max() <= turns[:, others].max()
