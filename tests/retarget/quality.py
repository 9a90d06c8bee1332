"""How well a motion came over to a rig: the same measures for the tests and the benchmark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from blender_mmm.engine_door import clip as clips
from blender_mmm.engine_door import kinematics, rotations, skeleton
from blender_mmm.retarget.bone_map import BoneMap
from blender_mmm.retarget.channels import to_channels
from blender_mmm.retarget.from_rig import from_rig, place_of_source
from blender_mmm.retarget.rest_alignment import LIMBS, fit_rig
from blender_mmm.retarget.rig import BonePoses, RigRest, to_posed
from blender_mmm.retarget.to_rig import place, to_rig

Joint = skeleton.Joint

#: What knees and left and right elbows bend forward about, in the clip's axes.
KNEE_AXIS = np.array([1.0, 0.0, 0.0])
ELBOW_AXES = {Joint.LEFT_ELBOW: np.array([0.0, -1.0, 0.0]), Joint.RIGHT_ELBOW: np.array([0.0, 1.0, 0.0])}


@dataclass(frozen=True)
class Quality:
    """Worst figures over a motion, degrees and metres of a body of our size."""

    limbs: float  # direction of a limb segment against the source's
    head: float  # orientation of the head, since rest, against the source's
    hands: float  # orientation of the hands, since the arms were level with palms down
    feet: float  # orientation of the feet, since rest
    euler: float  # change of an Euler angle from one frame to the next
    backwards: float  # how much further knees and elbows bend backwards than the source's
    turn: float  # round trip rig -> clip -> rig: orientation of mapped bones
    shift: float  # and their place, metres


def measure(
    clip: clips.MotionClip, rest: RigRest, bone_map: BoneMap, level_hands: dict[Joint, np.ndarray] | None = None
) -> Quality:
    """Put `clip` on a rig that stands at rest, and compare.

    level_hands: orientation [4] of the hand bones once the arms are level and the palms face down, for those that
    are known; without it the rig's rest must be that.
    """
    poses = to_rig(clip, rest, bone_map, place(rest, bone_map))
    posed = to_frames(rest, poses)
    bones = fit_rig(rest, bone_map).bones
    frame = fit_rig(rest, bone_map).frame
    world = in_rig(kinematics.world_rotations(clip.rotations), frame)
    joints = rotations.rotate(frame, kinematics.forward_kinematics(clip.root, clip.rotations))
    turns = {joint: since(posed, rest, bone) for joint, bone in bones.items()}
    hands = [joint for joint in (Joint.LEFT_WRIST, Joint.RIGHT_WRIST) if joint in bones]
    if level_hands is None:
        level_hands = {joint: rest.orientations[bones[joint]] for joint in hands}
    turn, shift = round_trip(posed, rest, bone_map, clip.fps)
    return Quality(
        limbs=limb_error(posed, rest, bones, joints),
        head=max([apart(turns[Joint.HEAD], world[:, Joint.HEAD])] if Joint.HEAD in bones else [0.0]),
        hands=max(
            [
                apart(
                    rotations.from_matrix(matrices(posed[:, bones[joint]])),
                    rotations.multiply(world[:, joint], level_hands[joint]),
                )
                for joint in hands
                if joint in level_hands
            ],
            default=0.0,
        ),
        feet=max(apart(turns[joint], world[:, joint]) for joint in (Joint.LEFT_ANKLE, Joint.RIGHT_ANKLE)),
        euler=euler_jump(poses, rest),
        backwards=backward_bend(posed, rest, bones, world, joints, frame),
        turn=turn,
        shift=shift,
    )


def to_frames(rest: RigRest, poses: BonePoses) -> np.ndarray:
    """Armature-space matrices [T, B, 4, 4] of a rig at rest with `poses` written on it."""
    local = np.broadcast_to(np.eye(4), (len(poses), len(rest), 4, 4)).copy()
    for column, name in enumerate(poses.bones):
        local[:, rest.bones.index(name), :3, :3] = rotations.to_matrix(poses.rotations[:, column])
    for column, name in enumerate(poses.moved_bones):
        local[:, rest.bones.index(name), :3, 3] = poses.locations[:, column]
    return to_posed(rest, local)


def in_rig(turns: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """Turns [T, J, 4] of the clip's axes in the rig's."""
    return rotations.multiply(rotations.multiply(frame, turns), rotations.inverse(frame))


def matrices(posed: np.ndarray) -> np.ndarray:
    columns = posed[..., :3, :3]
    return columns / np.linalg.norm(columns, axis=-2, keepdims=True)


def since(posed: np.ndarray, rest: RigRest, bone: int) -> np.ndarray:
    """How far a bone [T, 4] is turned from its rest."""
    return rotations.multiply(
        rotations.from_matrix(matrices(posed[:, bone])), rotations.inverse(rest.orientations[bone])
    )


def apart(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.degrees(rotations.angle(rotations.multiply(rotations.inverse(a), b)).max()))


def directions(posed: np.ndarray, bones: dict[Joint, int], joint: Joint) -> np.ndarray:
    """Where a limb segment points [T, 3]."""
    return rotations.normalize(posed[:, bones[LIMBS[joint]], :3, 3] - posed[:, bones[joint], :3, 3])


def limb_error(posed: np.ndarray, rest: RigRest, bones: dict[Joint, int], joints: np.ndarray) -> float:
    worst = 0.0
    for start, end in LIMBS.items():
        if end in bones:
            wanted = rotations.normalize(joints[:, end] - joints[:, start])
            got = directions(posed, bones, start)
            angle = np.arctan2(np.linalg.norm(np.cross(got, wanted), axis=-1), (got * wanted).sum(-1))
            worst = max(worst, float(np.degrees(angle).max()))
    return worst


def euler_jump(poses: BonePoses, rest: RigRest) -> float:
    """Largest step in degrees of an Euler angle when all bones were in Euler modes."""
    modes = tuple(("XYZ", "ZYX", "YXZ")[bone % 3] for bone in range(len(rest)))
    channels = to_channels(poses, replace(rest, rotation_modes=modes))
    steps = [np.abs(np.diff(c.values)).max(initial=0.0) for c in channels if c.property == "rotation_euler"]
    return float(np.degrees(max(steps)))


def backward_bend(
    posed: np.ndarray,
    rest: RigRest,
    bones: dict[Joint, int],
    world: np.ndarray,
    joints: np.ndarray,
    frame: np.ndarray,
) -> float:
    """Degrees by which a knee or an elbow bends past straight, beyond what the source does."""
    worst = 0.0
    for upper, lower in ((a, b) for a, b in LIMBS.items() if b in LIMBS and LIMBS[b] in bones):
        axis = rotations.rotate(frame, ELBOW_AXES.get(lower, KNEE_AXIS))
        hinge = rotations.rotate(world[:, upper], axis)
        source = [rotations.normalize(joints[:, b] - joints[:, a]) for a, b in pairwise((upper, lower, LIMBS[lower]))]
        target = [directions(posed, bones, joint) for joint in (upper, lower)]
        worst = max(worst, float((bend(*source, hinge) - bend(*target, hinge)).max()))
    return worst


def bend(upper: np.ndarray, lower: np.ndarray, hinge: np.ndarray) -> np.ndarray:
    """Degrees [T] by which the lower segment is turned forward, negative when bent backwards."""
    return np.degrees(np.arctan2((np.cross(upper, lower) * hinge).sum(-1), (upper * lower).sum(-1)))


def round_trip(posed: np.ndarray, rest: RigRest, bone_map: BoneMap, fps: float) -> tuple[float, float]:
    """Largest change of a mapped bone: degrees, and metres of a body of our size."""
    clip = from_rig(posed, rest, bone_map, fps)
    again = to_frames(rest, to_rig(clip, rest, bone_map, place_of_source(rest, bone_map)))
    bones = list(bone_map.indices(rest).values())
    turn = np.swapaxes(matrices(posed[:, bones]), -1, -2) @ matrices(again[:, bones])
    shift = np.linalg.norm((posed - again)[:, bones, :3, 3], axis=-1).max() / fit_rig(rest, bone_map).scale
    return float(np.degrees(rotations.angle(rotations.from_matrix(turn)).max())), float(shift)
