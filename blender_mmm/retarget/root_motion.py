"""Where the body goes: from the clip's pelvis path to the place of the rig's pelvis bone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..engine_door import clip as clips
from ..engine_door import kinematics, rotations, skeleton
from .rest_alignment import RigFit, segment
from .rig import RigPose, RigRest, parent_spaces, to_rotations

Joint = skeleton.Joint

_HIP_OFFSET: Final = (skeleton.REST_OFFSETS[Joint.LEFT_HIP] + skeleton.REST_OFFSETS[Joint.RIGHT_HIP]) / 2.0
_LEGS: Final = (
    (Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE),
    (Joint.RIGHT_HIP, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE),
)
_ANKLE_HEIGHT: Final = skeleton.REST_PELVIS_HEIGHT + float(skeleton.REST_OFFSETS[list(_LEGS[0]), 1].sum())

_TOE_HEIGHT: Final = _ANKLE_HEIGHT + float(skeleton.REST_OFFSETS[Joint.LEFT_FOOT, 1])

#: Metres; a foot this much higher than the other has a third of its say in how high the body stands.
FOOT_SOFTNESS: Final = 0.04


@dataclass(frozen=True)
class Placement:
    """Where a clip's start (the origin, facing +z) goes on a rig, and the pose it starts from."""

    spot: np.ndarray  # [3] armature space: the pelvis bone's head; its height is not used
    heading: float  # rad about the rig's up, 0 = as at rest
    lift: float  # armature units: how far the floor lies above the rest pose's
    held: RigPose  # bones that are not mapped stay as they are here; frame by frame if it has frames
    carrier: int | None = None  # a bone above the pelvis that takes the way over the floor; None: the pelvis does
    shares_bends: bool = True  # extra trunk and twist bones take part; else they are held like all others


def find_root_bone(rest: RigRest, pelvis: int) -> int | None:
    """The topmost bone above the pelvis that can travel, None where the pelvis is the top."""
    above = [bone for bone in rest.ancestors(pelvis) if not rest.locked_location[bone].any()]
    return next((bone for bone in reversed(above) if not rest.connected[bone]), None)


def find_placement(rest: RigRest, fit: RigFit, pose: RigPose, on_root_bone: bool = False) -> Placement:
    """Go on from where the rig stands in `pose`; on_root_bone: its root bone takes the way, if it has one."""
    pelvis = fit.bones[Joint.PELVIS]
    turn = rotations.multiply(to_rotations(pose.posed[pelvis]), rotations.inverse(rest.orientations[pelvis]))
    in_clip = rotations.multiply(rotations.inverse(fit.frame), rotations.multiply(turn, fit.frame))
    _, place = pelvis_spaces(rest, pelvis, pose)
    lift = float((place[:3, 3] - rest.heads[pelvis]) @ fit.up)
    carrier = find_root_bone(rest, pelvis) if on_root_bone else None
    return Placement(pose.posed[pelvis][:3, 3], float(rotations.heading(in_clip)), lift, pose, carrier)


def pelvis_spaces(rest: RigRest, pelvis: int, pose: RigPose) -> tuple[np.ndarray, np.ndarray]:
    """parent_spaces of the pelvis bone as its parents stand in `pose`."""
    parent = int(rest.parents[pelvis])
    return parent_spaces(rest, pelvis, pose.posed[..., parent, :, :] if parent >= 0 else None)


def pelvis_path(
    rest: RigRest, fit: RigFit, clip: clips.MotionClip, posed: dict[int, np.ndarray], placement: Placement
) -> np.ndarray:
    """Head of the pelvis bone [T, 3], armature space. posed: orientations [T, 4] of the leg bones.

    The hip joints, not the pelvis bones, take the clip's path: rigs put the pelvis bone anywhere
    between crotch and waist.
    """
    pelvis = fit.bones[Joint.PELVIS]
    facing = rotations.multiply(fit.frame, rotations.about_y(np.asarray(placement.heading)))
    pelvis_turn = _since_rest(rest, pelvis, posed)
    to_hips = fit.hip_center - rest.heads[pelvis]

    around = rotations.multiply(facing, rotations.inverse(fit.frame))
    floor = _with_height(placement.spot + rotations.rotate(around, to_hips), fit, fit.ankle_height + placement.lift)
    source_hips = clip.root + rotations.rotate(clip.rotations[:, 0], _HIP_OFFSET)
    start = np.array([_HIP_OFFSET[0], _ANKLE_HEIGHT, _HIP_OFFSET[2]])
    hips = floor + fit.scale * rotations.rotate(facing, source_hips - start)
    path = hips - rotations.rotate(pelvis_turn, to_hips)
    raised = _correction(rest, fit, clip, posed, path, fit.ankle_height + placement.lift)
    corrected: np.ndarray = path + raised[:, None] * fit.up
    return corrected


def _with_height(point: np.ndarray, fit: RigFit, height: float) -> np.ndarray:
    moved: np.ndarray = point + fit.up * (height - point @ fit.up)
    return moved


def _since_rest(rest: RigRest, bone: int, posed: dict[int, np.ndarray]) -> np.ndarray:
    """How far the bone [T, 4] is turned from its rest."""
    turn: np.ndarray = rotations.multiply(posed[bone], rotations.inverse(rest.orientations[bone]))
    return turn


def _correction(
    rest: RigRest, fit: RigFit, clip: clips.MotionClip, posed: dict[int, np.ndarray], path: np.ndarray, floor: float
) -> np.ndarray:
    """How much to raise the body [T] so that the ankles come as high as the clip's, scaled.

    A rig with longer thighs and shorter shins than ours would sink or float with bent knees; the
    lower foot decides, softly.
    """
    heights = kinematics.forward_kinematics(clip.root, clip.rotations)[..., 1]
    risen = heights[:, [leg[-1] for leg in _LEGS]] - _ANKLE_HEIGHT
    toes = heights[:, [Joint.LEFT_FOOT, Joint.RIGHT_FOOT]] - _TOE_HEIGHT
    actual = np.stack([_ankle_path(rest, fit, posed, path, leg) @ fit.up for leg in _LEGS], axis=1)
    lowest = np.minimum(risen, toes)
    say = np.exp((lowest.min(axis=1, keepdims=True) - lowest) / FOOT_SOFTNESS)
    raised: np.ndarray = (say * (floor + fit.scale * risen - actual)).sum(axis=1) / say.sum(axis=1)
    return raised


def _ankle_path(
    rest: RigRest, fit: RigFit, posed: dict[int, np.ndarray], path: np.ndarray, leg: tuple[Joint, Joint, Joint]
) -> np.ndarray:
    """Ankle positions [T, 3] of a body whose pelvis bone follows `path`."""
    pelvis, hip, knee = fit.bones[Joint.PELVIS], fit.bones[leg[0]], fit.bones[leg[1]]
    to_hip = rest.heads[hip] - rest.heads[pelvis]
    thigh, shin = segment(rest, fit.bones, leg[0]), segment(rest, fit.bones, leg[1])
    ankles: np.ndarray = (
        path
        + rotations.rotate(_since_rest(rest, pelvis, posed), to_hip)
        + rotations.rotate(_since_rest(rest, hip, posed), thigh)
        + rotations.rotate(_since_rest(rest, knee, posed), shin)
    )
    return ankles
