"""Twist bones of arms and legs: each takes its share of the turn about the limb, so that the skin does not wring."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..engine_door import rotations, skeleton
from .rest_alignment import LIMBS, RigFit, segment
from .rig import RigRest

Joint = skeleton.Joint

#: What such bones are called: twist, roll; and in Japanese and Chinese names.
_NAMES: Final = re.compile("twist|roll|捩|捻|扭", re.IGNORECASE)

#: Joints whose own twist the segment before them takes part in; the others twist with the joint the limb hangs on.
_ENDS: Final = {
    Joint.LEFT_ELBOW: Joint.LEFT_WRIST,
    Joint.RIGHT_ELBOW: Joint.RIGHT_WRIST,
    Joint.LEFT_KNEE: Joint.LEFT_ANKLE,
    Joint.RIGHT_KNEE: Joint.RIGHT_ANKLE,
}

#: A bone between two others that sits this near the limb's end is a helper of what comes next.
_END_SHARE: Final = 0.95

#: A bone further off the line of the limb than this share of its length is none of its twist bones.
_OFF_LINE: Final = 0.15


@dataclass(frozen=True)
class TwistBone:
    """An extra bone on the line of a limb."""

    bone: int
    limb: Joint  # whose segment it lies on
    share: float  # where: 0 = at the limb's start, 1 = at its end


def find_twist_bones(rest: RigRest, fit: RigFit) -> list[TwistBone]:
    """Bones that lie along a limb and hang on it: between its bones, or beside them by name."""
    taken = set(fit.bones.values())
    found = []
    for limb in LIMBS:
        if LIMBS[limb] not in fit.bones or limb not in fit.bones:
            continue
        start, end = fit.bones[limb], fit.bones[LIMBS[limb]]
        between = rest.ancestors(end)
        for bone in range(len(rest)):
            on_limb = bone not in taken and (start == rest.parents[bone] or bone in between)
            named = bone not in between and _NAMES.search(rest.bones[bone]) is not None
            chained = bone in between and start in rest.ancestors(bone) and limb in _ENDS
            if on_limb and (named or chained) and not rest.steered[bone]:
                found += _placed(rest, fit, bone, limb)
    return found


def twist_orientations(rest: RigRest, fit: RigFit, wanted: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
    """Orientations [T, 4] of the twist bones, from those of the mapped bones; armature space."""
    turned = {}
    for twist in find_twist_bones(rest, fit):
        bone = fit.bones[twist.limb]
        turn = rotations.multiply(wanted[bone], rotations.inverse(rest.orientations[bone]))
        axis = rotations.rotate(turn, rotations.normalize(segment(rest, fit.bones, twist.limb)))
        angle = _twist_at_end(fit, wanted, twist.limb, axis) * twist.share if twist.limb in _ENDS else None
        if angle is None:
            angle = -_twist_at_start(fit, wanted, twist.limb, axis) * (1.0 - twist.share)
        rolled = rotations.multiply(rotations.about_axis(axis, angle), turn)
        turned[twist.bone] = rotations.multiply(rolled, rest.orientations[twist.bone])
    return turned


def _placed(rest: RigRest, fit: RigFit, bone: int, limb: Joint) -> list[TwistBone]:
    along = segment(rest, fit.bones, limb)
    offset = rest.heads[bone] - rest.heads[fit.bones[limb]]
    share = float(offset @ along / (along @ along))
    off_line = np.linalg.norm(offset - share * along) > _OFF_LINE * np.linalg.norm(along)
    return [] if off_line or share > _END_SHARE else [TwistBone(bone, limb, float(np.clip(share, 0.0, 1.0)))]


def _twist_at_end(fit: RigFit, wanted: dict[int, np.ndarray], limb: Joint, axis: np.ndarray) -> np.ndarray:
    """How far [T] the hand or foot is turned about the limb against it (rad)."""
    return _twist(_since_level(fit, wanted, limb), _since_level(fit, wanted, _ENDS[limb]), axis)


def _twist_at_start(fit: RigFit, wanted: dict[int, np.ndarray], limb: Joint, axis: np.ndarray) -> np.ndarray:
    """How far [T] the limb is turned about itself against what it hangs on (rad)."""
    above = Joint(skeleton.PARENTS[limb])
    while above not in fit.bones:
        above = Joint(skeleton.PARENTS[above])
    return _twist(_since_level(fit, wanted, above), _since_level(fit, wanted, limb), axis)


def _since_level(fit: RigFit, wanted: dict[int, np.ndarray], joint: Joint) -> np.ndarray:
    """Turn [T, 4] of a joint since the T-pose."""
    turn: np.ndarray = rotations.multiply(wanted[fit.bones[joint]], rotations.inverse(fit.upright[joint]))
    return turn


def _twist(a: np.ndarray, b: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Angle [T] about `axis` [T, 3] of the rotation from `a` to `b` [T, 4], free of leaps in time."""
    q = rotations.multiply(b, rotations.inverse(a))
    angle = 2.0 * np.arctan2((q[..., 1:] * axis).sum(-1), q[..., 0])
    wrapped = angle - 2.0 * np.pi * np.round(angle / (2.0 * np.pi))
    unwrapped: np.ndarray = np.unwrap(wrapped)
    return unwrapped
