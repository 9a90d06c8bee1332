"""Follow a path: an action's way over the ground along a curve, a straight line, or nowhere; feet held on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import bpy
import numpy as np

from .. import apply
from ..engine_door import rotations, skeleton
from ..retarget.feet import FootLockOptions, LockedFeet, lock_posed, to_location, to_standing
from ..retarget.legs import leg_bones, rest_floor, to_armature_turn, to_leg_poses, to_sole
from ..retarget.path import GroundMove, GroundPath, PathError, Speed, follow, stay, straighten, to_ground_path
from ..retarget.rig import BonePoses, to_rotations
from ..scene.path_reader import PathReadError, read_curve
from .errors import EditError
from .rig_motion import RigMotion, check_free_legs, read_rig_motion, to_local_turns
from .writing import report, write_copy

__all__ = ["PathOptions", "Speed", "Way", "follow_path"]


class Way(Enum):
    """Where the body is to go."""

    CURVE = "CURVE"
    STRAIGHT = "STRAIGHT"
    IN_PLACE = "IN_PLACE"


@dataclass(frozen=True)
class PathOptions:
    """How an action's way is bent."""

    way: Way = Way.CURVE
    curve: bpy.types.Object | None = None  # for Way.CURVE
    speed: Speed = Speed.KEEP
    foot_strength: float = 1.0  # 0..1: how much the feet are held


def follow_path(obj: bpy.types.Object | None, scene: bpy.types.Scene, options: PathOptions) -> apply.ApplyReport:
    """Write the bent way into a copy of the action of `obj`, over its whole length.

    New keys get only the bone that carries the body, the legs, and limbs that did not hang on it (IK). Raises
    EditError or TargetError with a sentence; then nothing was changed.
    """
    motion = read_rig_motion(obj, scene, None)
    _check_mover(motion)
    holds = options.foot_strength > 0.0 and options.way is not Way.IN_PLACE
    if holds:
        check_free_legs(motion)
    try:
        move = _to_move(motion, options)
    except (PathError, PathReadError) as error:
        raise EditError(str(error)) from error
    moved = _to_posed(motion, move)
    locked = _lock(motion, moved, options.foot_strength) if holds else None
    copy = write_copy(motion.handover, motion.to_edits(_to_poses(motion, move, moved, locked)))
    return report(motion.source, copy, motion.target, motion.handover.notes())


def _check_mover(motion: RigMotion) -> None:
    rest, mover = motion.source.rest, motion.mover
    if rest.locked_location[mover].any() or rest.locked_rotation[mover].any():
        raise EditError(
            f"“{rest.bones[mover]}” carries the body but has locked channels, so it cannot follow a path. "
            "Unlock its location and rotation (Item tab of the sidebar) first."
        )


def _to_ground(motion: RigMotion, points: np.ndarray) -> np.ndarray:
    """Armature space [..., 3] -> the ground [..., 2]: forward and left of the body at rest."""
    turned = rotations.rotate(rotations.inverse(motion.fit.frame), points)
    return turned[..., [2, 0]]


def _to_move(motion: RigMotion, options: PathOptions) -> GroundMove:
    travel = _to_ground(motion, motion.posed[:, motion.fit.bones[skeleton.Joint.PELVIS], :3, 3])
    if options.way is Way.IN_PLACE:
        return stay(travel, motion.fps)
    if options.way is Way.STRAIGHT:
        return straighten(travel, motion.fps, motion.fit.scale)
    path = _curve_on_ground(motion, options)
    return follow(travel, path, motion.fps, motion.fit.scale, options.speed)


def _curve_on_ground(motion: RigMotion, options: PathOptions) -> GroundPath:
    curve = read_curve(options.curve)
    inverse = np.linalg.inv(motion.source.rest.world)
    points = curve.points @ inverse[:3, :3].T + inverse[:3, 3]
    return to_ground_path(_to_ground(motion, points), curve.closed)


def _turn_of(motion: RigMotion, move: GroundMove) -> np.ndarray:
    """The move's turn [T, 4] in armature space."""
    return to_armature_turn(rotations.about_y(move.turn), motion.fit)


def _to_posed(motion: RigMotion, move: GroundMove) -> np.ndarray:
    """The whole body moved over the ground [T, B, 4, 4]."""
    shift = np.zeros((len(move.turn), 3))
    shift[:, [2, 0]] = move.shift
    matrices = np.broadcast_to(np.eye(4), (len(shift), 4, 4)).copy()
    matrices[:, :3, :3] = rotations.to_matrix(_turn_of(motion, move))
    matrices[:, :3, 3] = rotations.rotate(motion.fit.frame, shift)
    moved: np.ndarray = matrices[:, None] @ motion.posed
    return moved


def _lock(motion: RigMotion, moved: np.ndarray, strength: float) -> LockedFeet:
    """Hold the feet of the moved body where those of the unmoved one stand still."""
    source, fit = motion.source, motion.fit
    options = FootLockOptions(motion.fps, strength=strength)
    floor, sides = rest_floor(source.rest, fit), leg_bones(fit)
    legs = tuple(to_leg_poses(motion.posed, source.rest, fit, side, floor) for side in sides)
    soles = tuple(to_sole(source.rest, fit, side) for side in sides)
    standing = to_standing(legs, soles, None, options)
    return lock_posed(moved, source.rest, source.bone_map, standing, options)


def _to_poses(motion: RigMotion, move: GroundMove, moved: np.ndarray, locked: LockedFeet | None) -> BonePoses:
    rest, mover = motion.source.rest, motion.mover
    turn = _turn_of(motion, move)
    legs = sorted(locked.turns) if locked is not None else []

    def turned(bone: int, own: np.ndarray) -> np.ndarray:
        if locked is not None and bone in locked.turns:
            return rotations.continuous(locked.to_local(bone, own, moved[:, bone], rest))
        if bone != mover:
            return rotations.continuous(own)
        now = to_rotations(motion.posed[:, bone])
        change = rotations.multiply(rotations.inverse(now), rotations.multiply(turn, now))
        return rotations.continuous(rotations.multiply(own, change))

    others = {rest.bones.index(name) for name in motion.elsewhere} - {mover, *legs}
    bones, turns = to_local_turns(motion, [mover, *legs, *sorted(others)], turned)
    travel = moved[:, mover, :3, 3] - motion.posed[:, mover, :3, 3]
    if locked is not None:
        travel = travel + locked.lowered
    path = motion.locations(mover) + to_location(rest, mover, motion.posed, travel)
    return BonePoses(bones, turns, (rest.bones[mover],), path[:, None])
