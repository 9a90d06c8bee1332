"""The legs of a rig, between armature space and the size and axes of our skeleton."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..engine_door import foot_lock, rotations, skeleton
from .rest_alignment import RigFit
from .rig import RigRest, to_rotations

Joint = skeleton.Joint
LegPoses = foot_lock.LegPoses
Sole = foot_lock.Sole

#: Hip, knee, ankle, toe of both legs.
LEGS: Final = (
    (Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE, Joint.LEFT_FOOT),
    (Joint.RIGHT_HIP, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE, Joint.RIGHT_FOOT),
)
#: The heel lies this part of the way from ankle to ball behind the ankle.
_HEEL_BEHIND: Final = 0.3
#: Toes reach this part of the way from ankle to ball beyond the ball, where the rig does not tell.
_TOES_BEYOND: Final = 0.45
#: Lowest point of the feet over the armature's origin, in leg lengths, up to which the origin is the floor.
_FLOOR_NEAR: Final = 0.15
_LEFT: Final = np.array([1.0, 0.0, 0.0])
_FORWARD: Final = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class LegBones:
    """Bone indices of one leg; a rig may have no bone for the toes."""

    thigh: int
    shin: int
    foot: int
    toe: int | None

    @property
    def all(self) -> tuple[int, ...]:
        """Every bone there is, from the hip down."""
        bones = (self.thigh, self.shin, self.foot)
        return bones if self.toe is None else (*bones, self.toe)


def leg_bones(fit: RigFit) -> tuple[LegBones, ...]:
    """Both legs' bones, left first."""
    return tuple(
        LegBones(fit.bones[hip], fit.bones[knee], fit.bones[ankle], fit.bones.get(toe))
        for hip, knee, ankle, toe in LEGS
    )


def rest_floor(rest: RigRest, fit: RigFit) -> float:
    """Height of the floor a rig stands on at rest, along its up axis: the origin if the feet are near it."""
    points = []
    for bones in leg_bones(fit):
        points += [rest.heads[bones.foot], _ball_of(rest, fit, bones)]
    lowest = float((np.array(points) @ fit.up).min())
    leg = skeleton.LEG_LENGTH * fit.scale
    return 0.0 if -1e-3 * leg <= lowest <= _FLOOR_NEAR * leg else lowest


def to_sole(rest: RigRest, fit: RigFit, bones: LegBones) -> Sole:
    """The sole under one foot: flat on the floor at rest."""
    floor = rest_floor(rest, fit) / fit.scale
    ankle = _to_body(rest.heads[bones.foot], fit)
    joint = _to_body(_ball_of(rest, fit, bones), fit)
    ahead = (joint - ankle) * [1.0, 0.0, 1.0]
    heel, ball = ankle - _HEEL_BEHIND * ahead, joint.copy()
    tip = _tip_of(rest, fit, bones, joint, ahead)
    for point in (heel, ball, tip):
        point[1] = floor
    return Sole(heel - ankle, ball - ankle, joint - ankle, tip - ankle)


def _ball_of(rest: RigRest, fit: RigFit, bones: LegBones) -> np.ndarray:
    """Where the toes begin at rest [3], armature space."""
    if bones.toe is not None:
        return rest.heads[bones.toe]
    ankle, tail = rest.heads[bones.foot], rest.tails[bones.foot]
    ahead = rotations.rotate(fit.frame, _FORWARD)
    # Tails of imported rigs point anywhere; a foot points forward.
    if (tail - ankle) @ ahead > 0.5 * rest.lengths[bones.foot]:
        return tail
    ours = skeleton.REST_OFFSETS[Joint.LEFT_FOOT] * [0.0, 1.0, 1.0]
    guess: np.ndarray = ankle + fit.scale * rotations.rotate(fit.frame, ours)
    return guess


def _tip_of(rest: RigRest, fit: RigFit, bones: LegBones, joint: np.ndarray, ahead: np.ndarray) -> np.ndarray:
    """Tip of the toes at rest [3], our axes; the ball itself on rigs without a toe bone."""
    if bones.toe is None:
        return joint.copy()
    way = (_to_body(rest.tails[bones.toe], fit) - joint) * [1.0, 0.0, 1.0]
    size, foot = float(np.linalg.norm(way)), float(np.linalg.norm(ahead))
    told = way @ ahead > 0.7 * size * foot and 0.2 * foot < size < foot
    tip: np.ndarray = joint + (way if told else _TOES_BEYOND * ahead)
    return tip


def _to_body(points: np.ndarray, fit: RigFit) -> np.ndarray:
    """Armature space [..., 3] -> our axes and size."""
    turned: np.ndarray = rotations.rotate(rotations.inverse(fit.frame), points) / fit.scale
    return turned


def to_leg_poses(posed: np.ndarray, rest: RigRest, fit: RigFit, bones: LegBones, floor: float) -> LegPoses:
    """One leg of bones posed [T, B, 4, 4], armature space, over a floor at that height along the rig's up."""
    down = np.array([0.0, floor / fit.scale, 0.0])
    heads = [_to_body(posed[:, bone, :3, 3], fit) - down for bone in (bones.thigh, bones.shin, bones.foot)]
    foot = turn_since(posed[:, bones.foot], rest.orientations[bones.foot], fit)
    toe = foot if bones.toe is None else turn_since(posed[:, bones.toe], rest.orientations[bones.toe], fit)
    joint = next(joint for joint, bone in fit.bones.items() if bone == bones.thigh)
    thigh = turn_since(posed[:, bones.thigh], fit.upright[joint], fit)
    return LegPoses(heads[0], heads[1], heads[2], foot, toe, rotations.rotate(thigh, _LEFT))


def turn_since(posed: np.ndarray, start: np.ndarray, fit: RigFit) -> np.ndarray:
    """Turn [T, 4] in our axes since the orientation `start` [4] of bones posed [T, 4, 4]."""
    turn = rotations.multiply(to_rotations(posed), rotations.inverse(start))
    return to_body_turn(turn, fit)


def to_body_turn(turn: np.ndarray, fit: RigFit) -> np.ndarray:
    """A turn [..., 4] about armature axes -> about our axes."""
    return rotations.multiply(rotations.multiply(rotations.inverse(fit.frame), turn), fit.frame)


def to_armature_turn(turn: np.ndarray, fit: RigFit) -> np.ndarray:
    """A turn [..., 4] about our axes -> about armature axes."""
    return rotations.multiply(rotations.multiply(fit.frame, turn), rotations.inverse(fit.frame))
