"""How a rig's rest differs from our T-pose, and what must be turned so that limbs point alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..engine_door import rotations, skeleton
from .axes import to_frame
from .bone_map import BoneMap, UnmappedRigError
from .hand_rest import palm_turn
from .rig import RigRest

Joint = skeleton.Joint

#: The trunk from bottom to top: extra bones between two of these share the bend between them.
TRUNK: Final = (Joint.PELVIS, Joint.SPINE1, Joint.SPINE2, Joint.SPINE3, Joint.NECK, Joint.HEAD)

#: Limb segments: the joint that turns -> the joint it points at.
LIMBS: Final = {
    Joint.LEFT_HIP: Joint.LEFT_KNEE,
    Joint.RIGHT_HIP: Joint.RIGHT_KNEE,
    Joint.LEFT_KNEE: Joint.LEFT_ANKLE,
    Joint.RIGHT_KNEE: Joint.RIGHT_ANKLE,
    Joint.LEFT_SHOULDER: Joint.LEFT_ELBOW,
    Joint.RIGHT_SHOULDER: Joint.RIGHT_ELBOW,
    Joint.LEFT_ELBOW: Joint.LEFT_WRIST,
    Joint.RIGHT_ELBOW: Joint.RIGHT_WRIST,
}

#: What may stand for the chest, from top to bottom.
_SPINES: Final = (Joint.SPINE3, Joint.SPINE2, Joint.SPINE1)

#: The data's neck leans forward by this much more than its skeleton's rest when a person stands upright, and the
#: head leans back by the same (see the data set's notes). Other rigs stand upright at rest.
NECK_NEUTRAL: Final = float(np.radians(16.2))

#: A rig whose neck leans like our own skeleton's, to this cosine, has it from there: nothing to make up for.
_SAME_NECK_COSINE: Final = float(np.cos(np.radians(4.0)))

#: Hands follow their forearm into the T-pose. Feet do not follow the shin: at rest they stand flat.
FOLLOWERS: Final = {Joint.LEFT_WRIST: Joint.LEFT_ELBOW, Joint.RIGHT_WRIST: Joint.RIGHT_ELBOW}


@dataclass(frozen=True)
class RigFit:
    """A rig seen as our body. Armature space and units."""

    bones: dict[Joint, int]  # joint -> bone index
    frame: np.ndarray  # [4] wxyz, clip axes -> armature axes at rest
    upright: dict[Joint, np.ndarray]  # joint -> [4] wxyz, orientation of its bone in our T-pose
    scale: float  # armature units per metre of our body: ratio of the leg lengths
    hip_center: np.ndarray  # [3] between the thigh heads, at rest
    ankle_height: float  # along the rig's up axis, mean of both ankles at rest

    @property
    def up(self) -> np.ndarray:
        """The rig's up direction [3]."""
        return rotations.rotate(self.frame, np.array([0.0, 1.0, 0.0]))


def fit_rig(rest: RigRest, bone_map: BoneMap) -> RigFit:
    """Measure `rest` against our T-pose; raises UnmappedRigError when the legs have no length."""
    bones = _with_chest(bone_map.indices(rest))
    matrix = _body_frame(rest, bones)
    frame = rotations.from_matrix(matrix)
    scale = _leg_length(rest, bones) / skeleton.LEG_LENGTH
    if not scale > 0:
        raise UnmappedRigError(f"The legs of “{rest.name}” have no length; check the rest pose of its leg bones.")
    ankles = rest.heads[[bones[Joint.LEFT_ANKLE], bones[Joint.RIGHT_ANKLE]]]
    hips = rest.heads[[bones[Joint.LEFT_HIP], bones[Joint.RIGHT_HIP]]]
    return RigFit(
        bones=bones,
        frame=frame,
        upright=_upright(rest, bones, frame),
        scale=scale,
        hip_center=hips.mean(axis=0),
        ankle_height=float((ankles @ matrix[:, 1]).mean()),
    )


def _with_chest(bones: dict[Joint, int]) -> dict[Joint, int]:
    """`bones` with the topmost spine bone as the chest: it carries neck and arms, so it turns as the chest does."""
    top = next((joint for joint in _SPINES if joint in bones), None)
    if top is None or top == Joint.SPINE3:
        return bones
    return {(Joint.SPINE3 if joint == top else joint): bone for joint, bone in bones.items()}


def _body_frame(rest: RigRest, bones: dict[Joint, int]) -> np.ndarray:
    """Rotation matrix [3, 3] from clip axes to the axes the rig's body has at rest."""
    heads = rest.heads
    hips = [heads[bones[Joint.LEFT_HIP]], heads[bones[Joint.RIGHT_HIP]]]
    shoulders = [heads[bones[Joint.LEFT_SHOULDER]], heads[bones[Joint.RIGHT_SHOULDER]]]
    left = hips[0] - hips[1] + shoulders[0] - shoulders[1]
    up = (shoulders[0] + shoulders[1]) - (hips[0] + hips[1])
    return to_frame(left, up)


def _leg_length(rest: RigRest, bones: dict[Joint, int]) -> float:
    """Hip to ankle along the leg, mean of both sides."""
    thighs = [segment(rest, bones, joint) for joint in (Joint.LEFT_HIP, Joint.RIGHT_HIP)]
    shins = [segment(rest, bones, joint) for joint in (Joint.LEFT_KNEE, Joint.RIGHT_KNEE)]
    return float(np.linalg.norm(thighs + shins, axis=-1).sum() / 2.0)


def segment(rest: RigRest, bones: dict[Joint, int], joint: Joint) -> np.ndarray:
    """Rest vector [3] from the joint's bone to the next joint's, or to the bone's own tail."""
    start = bones[joint]
    end = bones.get(LIMBS[joint])
    # Tails of imported rigs point anywhere: where the next joint sits is what counts.
    point = rest.tails[start] if end is None else rest.heads[end]
    vector: np.ndarray = point - rest.heads[start]
    return vector


def _upright(rest: RigRest, bones: dict[Joint, int], frame: np.ndarray) -> dict[Joint, np.ndarray]:
    """Orientation [4] of each mapped bone once the limbs point as in our T-pose.

    Limbs are turned from the trunk outwards, each by the smallest rotation, so that an A-pose comes
    up the way a person lifts the arms and nothing twists.
    """
    forward = rotations.rotate(frame, np.array([0.0, 0.0, 1.0]))
    turned: dict[Joint, np.ndarray] = {}
    result: dict[Joint, np.ndarray] = {}
    for joint, bone in bones.items():
        carried = turned.get(Joint(max(skeleton.PARENTS[joint], 0)), rotations.IDENTITY)
        if joint in LIMBS:
            now = rotations.rotate(carried, segment(rest, bones, joint))
            wanted = rotations.rotate(frame, skeleton.REST_OFFSETS[LIMBS[joint]])
            carried = rotations.multiply(rotations.between(now, wanted), carried)
            turned[joint] = carried
        elif joint not in FOLLOWERS:
            carried = _neck_neutral(rest, bones, frame) if joint == Joint.NECK else rotations.IDENTITY
        if joint in FOLLOWERS:
            along = rotations.rotate(frame, skeleton.REST_OFFSETS[joint])
            carried = rotations.multiply(palm_turn(rest, bone, carried, along, forward), carried)
        result[joint] = rotations.multiply(carried, rest.orientations[bone])
    return result


def _neck_neutral(rest: RigRest, bones: dict[Joint, int], frame: np.ndarray) -> np.ndarray:
    """What turns the neck back [4] so that it stands as at rest when the clip's stands as people do."""
    if Joint.HEAD not in bones:
        return rotations.IDENTITY
    leaning = rest.heads[bones[Joint.HEAD]] - rest.heads[bones[Joint.NECK]]
    ours = rotations.rotate(frame, skeleton.REST_OFFSETS[Joint.HEAD])
    if rotations.normalize(leaning) @ rotations.normalize(ours) > _SAME_NECK_COSINE:
        return rotations.IDENTITY
    left = rotations.rotate(frame, np.array([1.0, 0.0, 0.0]))
    return rotations.about_axis(left, np.asarray(-NECK_NEUTRAL))
