"""Feet that stand do not slide, on any legs, and nothing else is harmed."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blender_mmm.engine_door import clip as clips
from blender_mmm.engine_door import rotations, skeleton
from blender_mmm.retarget.bone_map import BoneMap, find_bone_map
from blender_mmm.retarget.feet import FootLockOptions, lock_feet, pose_legs
from blender_mmm.retarget.legs import leg_bones, rest_floor, to_leg_poses, to_sole
from blender_mmm.retarget.rest_alignment import fit_rig
from blender_mmm.retarget.rig import BonePoses, RigRest
from blender_mmm.retarget.to_rig import place, rest_pose, to_rig
from engine.motion.foot_lock import LegPoses, Sole, sole_points
from tests.retarget.zoo_rigs import bone_map as zoo_map
from tests.zoo import ZOO
from tests.zoo import rest as zoo_rest

Joint = skeleton.Joint
FPS = 30.0
OPTIONS = FootLockOptions(FPS)


def make_walk(frames: int = 90, speed: float = 1.0, slide: float = 0.3) -> clips.MotionClip:
    """Legs that swing like pendulums over a root that is faster than they are: both feet slide by `slide` m/s."""
    time = np.arange(frames) / FPS
    phase = 2.0 * np.pi * 0.9 * time
    turns = np.broadcast_to(rotations.IDENTITY, (frames, skeleton.JOINT_COUNT, 4)).copy()
    across = np.array([1.0, 0.0, 0.0])
    for sign, hip, knee, ankle in (
        (1.0, Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE),
        (-1.0, Joint.RIGHT_HIP, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE),
    ):
        swing = -0.4 * speed * np.sin(sign * phase)
        bend = 0.15 + 0.7 * np.maximum(0.0, np.cos(sign * phase)) ** 2
        turns[:, hip] = rotations.about_axis(across, swing - 0.5 * bend)
        turns[:, knee] = rotations.about_axis(across, bend)
        turns[:, ankle] = rotations.about_axis(across, -swing - 0.5 * bend)
    root = np.stack(
        [0.0 * time, 0.0 * time + skeleton.REST_PELVIS_HEIGHT - 0.03, (1.45 * speed + slide) * time], axis=1
    )
    return clips.MotionClip(root, turns, np.zeros((frames, 4)), FPS)


def make_short_legs(dolls: SimpleNamespace, legs: float, scale: float = 1.0) -> RigRest:
    """The doll with thighs and shins scaled by `legs`."""
    rest = dolls.make_rest(scale=scale)
    matrices = rest.matrices.copy()
    for lower in (Joint.LEFT_KNEE, Joint.RIGHT_KNEE, Joint.LEFT_ANKLE, Joint.RIGHT_ANKLE):
        change = (legs - 1.0) * (rest.heads[lower] - rest.heads[skeleton.PARENTS[lower]])
        for bone in range(len(rest)):
            if bone == lower or lower in rest.ancestors(bone):
                matrices[bone, :3, 3] += change
    matrices[:, 1, 3] -= matrices[Joint.LEFT_FOOT, 1, 3]
    return replace(rest, matrices=matrices)


def read_legs(poses: BonePoses, rest: RigRest, bone_map: BoneMap) -> list[tuple[LegPoses, Sole]]:
    fit = fit_rig(rest, bone_map)
    posed = pose_legs(poses, rest, fit, rest_pose(rest))
    floor = rest_floor(rest, fit)
    return [(to_leg_poses(posed, rest, fit, side, floor), to_sole(rest, fit, side)) for side in leg_bones(fit)]


def on_rig(clip: clips.MotionClip, rest: RigRest) -> tuple[BonePoses, BoneMap]:
    bone_map = find_bone_map(rest)
    return to_rig(clip, rest, bone_map, place(rest, bone_map)), bone_map


def knee_bends(leg: LegPoses) -> np.ndarray:
    """How far each knee is bent about its hinge [T], rad; negative = the wrong way."""
    thigh, shin = rotations.normalize(leg.knee - leg.hip), rotations.normalize(leg.ankle - leg.knee)
    return np.arctan2((np.cross(thigh, shin) * leg.hinge).sum(-1), (thigh * shin).sum(-1))


def test_strength_zero_changes_nothing(dolls: SimpleNamespace) -> None:
    rest = dolls.make_rest()
    poses, bone_map = on_rig(make_walk(), rest)
    same = lock_feet(poses, rest, bone_map, None, replace(OPTIONS, strength=0.0))
    for array, before in ((same.rotations, poses.rotations), (same.locations, poses.locations)):
        assert array.tobytes() == before.tobytes()


@settings(max_examples=8, deadline=None)
@given(st.sampled_from([0.7, 1.0, 1.4]), st.floats(-0.3, 0.4), st.floats(0.6, 1.2), st.sampled_from([0.01, 1.0]))
def test_standing_feet_stay(dolls: SimpleNamespace, legs: float, slide: float, speed: float, scale: float) -> None:
    """Within a millimetre (on a body of our size) while they stand; legs keep their length, knees their side."""
    rest = make_short_legs(dolls, legs, scale)
    poses, bone_map = on_rig(make_walk(speed=speed, slide=slide), rest)
    phase = 2.0 * np.pi * 0.9 * np.arange(len(poses)) / FPS
    left, right = np.cos(phase) < -0.3, np.cos(phase) > 0.3
    contacts = np.stack([left, left, right, right], axis=1).astype(float)
    locked = lock_feet(poses, rest, bone_map, contacts, OPTIONS)
    before, after = read_legs(poses, rest, bone_map), read_legs(locked, rest, bone_map)
    for (old, _), (leg, sole), stands in zip(before, after, (left, right), strict=True):
        points = sole_points(leg, sole)
        step = np.linalg.norm(np.diff(points, axis=0), axis=-1)[stands[1:] & stands[:-1]]
        assert step.max() < 0.001
        assert np.abs(points[stands][..., 1]).max() < 0.001
        assert points[..., 1].min() > -0.001
        np.testing.assert_allclose(leg.length, old.length, rtol=1e-9)
        assert knee_bends(leg).min() > -1e-6


def test_untouched_bones_and_frames_stay(dolls: SimpleNamespace) -> None:
    """Arms and trunk keep their turns; a foot far from any contact keeps its way."""
    rest = dolls.make_rest()
    poses, bone_map = on_rig(make_walk(), rest)
    contacts = np.zeros((len(poses), 4))
    contacts[5:12, :2] = 1.0
    locked = lock_feet(poses, rest, bone_map, contacts, replace(OPTIONS, lowers_body=False))
    legs = {"left_hip", "left_knee", "left_ankle", "left_foot", "right_hip", "right_knee", "right_ankle", "right_foot"}
    others = [column for column, bone in enumerate(poses.bones) if bone not in legs]
    assert locked.rotations[:, others].tobytes() == poses.rotations[:, others].tobytes()
    assert locked.locations.tobytes() == poses.locations.tobytes()
    assert not np.allclose(locked.rotations[5:12], poses.rotations[5:12], atol=1e-3)
    leg, sole = read_legs(poses, rest, bone_map)[0]
    above = sole_points(leg, sole)[..., 1].min(axis=1) > 0.0
    far = np.flatnonzero(above & (np.arange(len(poses)) > 30))
    np.testing.assert_allclose(locked.rotations[far], poses.rotations[far], atol=1e-9)


@settings(max_examples=6, deadline=None)
@given(st.floats(0.0, 1.0), st.integers(0, 100))
def test_any_motion_stays_finite_and_above_ground(dolls: SimpleNamespace, strength: float, seed: int) -> None:
    rest = dolls.make_rest(rolls=np.linspace(0.0, 3.0, skeleton.JOINT_COUNT))
    poses, bone_map = on_rig(dolls.make_clip(seed, frames=40), rest)
    locked = lock_feet(poses, rest, bone_map, None, replace(OPTIONS, strength=strength))
    assert np.isfinite(locked.rotations).all() and np.isfinite(locked.locations).all()
    np.testing.assert_allclose(np.linalg.norm(locked.rotations, axis=-1), 1.0, atol=1e-9)


def test_knees_do_not_pop(dolls: SimpleNamespace) -> None:
    """Sliding feet are held without the knees jerking: angular acceleration stays of the walk's own order."""
    rest = make_short_legs(dolls, 1.4)
    poses, bone_map = on_rig(make_walk(slide=0.4), rest)
    locked = lock_feet(poses, rest, bone_map, None, OPTIONS)
    jerks = []
    for some in (poses, locked):
        bends = [knee_bends(leg) for leg, _ in read_legs(some, rest, bone_map)]
        jerks.append(np.abs(np.diff(bends, 2, axis=1)).max() * FPS**2)
    assert jerks[1] < max(3.0 * jerks[0], 250.0)


@pytest.mark.parametrize("ground", [-0.2, 0.0, 0.3])
def test_ground_height(dolls: SimpleNamespace, ground: float) -> None:
    """Standing feet come down to the ground that was set, as far as the legs allow."""
    rest = dolls.make_rest()
    clip = make_walk(frames=30, speed=0.0, slide=0.0)
    clip = replace(clip, root=clip.root + np.array([0.0, ground + 0.02, 0.0]))
    poses, bone_map = on_rig(clip, rest)
    locked = lock_feet(poses, rest, bone_map, np.ones((30, 4)), replace(OPTIONS, ground=ground))
    for leg, sole in read_legs(locked, rest, bone_map):
        assert np.abs(sole_points(leg, sole)[..., 1] - ground).max() < 0.001


def test_locked_axes_stay(dolls: SimpleNamespace) -> None:
    """Rotation axes that the rig locks keep their values."""
    rest = dolls.make_rest()
    shin = rest.bones.index("left_knee")
    locked_rotation = rest.locked_rotation.copy()
    locked_rotation[shin] = True
    rest = replace(rest, locked_rotation=locked_rotation)
    poses, bone_map = on_rig(make_walk(frames=40), rest)
    locked = lock_feet(poses, rest, bone_map, None, OPTIONS)
    if "left_knee" in poses.bones:
        column = poses.bones.index("left_knee")
        np.testing.assert_allclose(locked.rotations[:, column], poses.rotations[:, column], atol=1e-9)


@pytest.mark.parametrize("name", ZOO)
def test_no_rig_of_the_zoo_gets_worse(name: str) -> None:
    """Where the feet stand they slide hardly at all, whatever bones a rig has."""
    rig, mapped = zoo_rest(name), zoo_map(name)
    poses = to_rig(make_walk(frames=45, slide=0.3), rig, mapped, place(rig, mapped))
    phase = 2.0 * np.pi * 0.9 * np.arange(len(poses)) / FPS
    left, right = np.cos(phase) < -0.3, np.cos(phase) > 0.3
    contacts = np.stack([left, left, right, right], axis=1).astype(float)
    locked = lock_feet(poses, rig, mapped, contacts, OPTIONS)
    ways = []
    for some in (poses, locked):
        steps = [
            np.linalg.norm(np.diff(sole_points(leg, sole), axis=0), axis=-1)[stands[1:] & stands[:-1]]
            for (leg, sole), stands in zip(read_legs(some, rig, mapped), (left, right), strict=True)
        ]
        ways.append(max(step.max() for step in steps))
    assert ways[0] > 0.01
    assert ways[1] < 0.001
