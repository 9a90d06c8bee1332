"""Posed bones of any rig -> MotionClip: the inverse of to_rig."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..engine_door import clip as clips
from ..engine_door import kinematics, rotations, skeleton
from .bone_map import BoneMap
from .rest_alignment import TRUNK, RigFit, fit_rig
from .rig import RigPose, RigRest, to_local, to_rotations
from .root_motion import Placement, pelvis_path
from .to_rig import rest_pose

Joint = skeleton.Joint

#: m/s; a foot joint that is slower stands on the floor. The published extraction's bound of 0.002 m² a frame.
CONTACT_SPEED: Final = float(np.sqrt(0.002)) * skeleton.MODEL_FPS


def place_of_source(rest: RigRest, bone_map: BoneMap, posed: np.ndarray | None = None) -> Placement:
    """The placement with which to_rig puts a clip of from_rig back where it was read.

    posed [T, B, 4, 4]: the frames that were read; bones that are not mapped stay as they are there, frame by
    frame. Without it they stay at rest, and extra trunk bones share the bend. Only bones that mapped ones hang on
    have numbers in the placement then.
    """
    fit = fit_rig(rest, bone_map)
    held = rest_pose(rest) if posed is None else RigPose(to_local(rest, posed, bone_map.carrying(rest)), posed)
    return Placement(rest.heads[fit.bones[Joint.PELVIS]], 0.0, 0.0, held, shares_bends=posed is None)


def from_rig(posed: np.ndarray, rest: RigRest, bone_map: BoneMap, fps: float) -> clips.MotionClip:
    """The motion of bones posed [T, B, 4, 4] (armature space), in our axes and on our skeleton's size.

    Place and heading are those on the rig, counted from where it stands at rest. Joints without a bone
    follow their parent; missing trunk joints lie between their neighbours.
    """
    fit = fit_rig(rest, bone_map)
    turned = {joint: to_rotations(posed[:, bone]) for joint, bone in fit.bones.items()}
    world = _world_rotations(turned, fit)
    relative = world.copy()
    for joint in list(Joint)[1:]:
        relative[:, joint] = rotations.multiply(rotations.inverse(world[:, skeleton.PARENTS[joint]]), world[:, joint])
    relative = rotations.continuous(rotations.normalize(relative))
    root = _root(posed, rest, bone_map, fit, relative)
    return clips.MotionClip(root, relative, detect_contacts(root, relative, fps), float(fps))


def detect_contacts(root: np.ndarray, turns: np.ndarray, fps: float) -> np.ndarray:
    """Contact channels [T, 4] (0 or 1) of root [T, 3] (m) and parent-relative rotations [T, 22, 4].

    What the model is told of known frames: it learnt from labels made by the published extraction's one bound on
    the joints' speed, whatever their height, so no better rule will do here. Where feet stand so that they can be
    held is another question, which contacts.find_contacts answers from soles, heights and speeds.
    """
    feet = kinematics.forward_kinematics(root, turns)[:, list(skeleton.CONTACT_JOINTS)]
    if len(feet) < 2:
        return np.zeros(feet.shape[:2])
    speed = np.linalg.norm(np.diff(feet, axis=0), axis=-1) * fps
    slow = (speed < CONTACT_SPEED).astype(np.float64)
    return np.concatenate([slow, slow[-1:]])


def _world_rotations(turned: dict[Joint, np.ndarray], fit: RigFit) -> np.ndarray:
    """Rotations since our T-pose [T, 22, 4], in our axes, of orientations [T, 4] in armature space."""
    world = np.empty((len(turned[Joint.PELVIS]), skeleton.JOINT_COUNT, 4))
    back = rotations.inverse(fit.frame)
    for joint, orientation in turned.items():
        since = rotations.multiply(orientation, rotations.inverse(fit.upright[joint]))
        world[:, joint] = rotations.multiply(rotations.multiply(back, since), fit.frame)
    known = [place for place, joint in enumerate(TRUNK) if joint in turned]
    for joint in Joint:
        if joint in turned:
            continue
        world[:, joint] = world[:, skeleton.PARENTS[joint]]
        if joint in TRUNK and TRUNK.index(joint) < known[-1]:
            place = TRUNK.index(joint)
            above = next(other for other in known if other > place)
            part = np.full(len(world), 1.0 / (above - place + 1))
            world[:, joint] = rotations.slerp(world[:, TRUNK[place - 1]], world[:, TRUNK[above]], part)
    return world


def _root(posed: np.ndarray, rest: RigRest, bone_map: BoneMap, fit: RigFit, turns: np.ndarray) -> np.ndarray:
    """Pelvis path [T, 3] in metres for which to_rig brings the pelvis bone to where it is in `posed`."""
    still = clips.MotionClip(np.zeros((len(turns), 3)), turns, np.zeros((len(turns), len(skeleton.CONTACT_JOINTS))))
    orientations = {bone: to_rotations(posed[:, bone]) for bone in fit.bones.values()}
    # The rig's path is the clip's, scaled, plus what the pose alone decides: its path with no root tells that part.
    place = pelvis_path(rest, fit, still, orientations, place_of_source(rest, bone_map))
    travel = posed[:, fit.bones[Joint.PELVIS], :3, 3] - place
    root: np.ndarray = rotations.rotate(rotations.inverse(fit.frame), travel) / fit.scale
    return root
