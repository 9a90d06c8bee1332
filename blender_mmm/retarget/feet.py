"""Feet on the ground: heels and balls that stand are held in place on the rig's own legs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..engine_door import contacts as contact_rules
from ..engine_door import foot_lock, rotations, skeleton
from .bone_map import BoneMap
from .euler import clamp_locked
from .legs import LegBones, leg_bones, rest_floor, to_armature_turn, to_leg_poses, to_sole
from .rest_alignment import RigFit, fit_rig
from .rig import BonePoses, RigPose, RigRest, parent_spaces, to_rotations
from .to_rig import rest_pose

Joint = skeleton.Joint
FootPath = foot_lock.FootPath
LegPoses = foot_lock.LegPoses
Sole = foot_lock.Sole


@dataclass(frozen=True)
class FootLockOptions:
    """How feet are held."""

    fps: float
    strength: float = 1.0  # 0 = not at all, 1 = they do not slide
    ground: float | None = None  # height along the rig's up in armature units; None = where it stands at rest
    blend_seconds: float = 0.2  # how long a foot takes to come from and go back to its own way
    lowers_body: bool = True  # go down a little where a leg is too short for its standing foot
    envelope: np.ndarray | None = None  # [T] in 0..1: share of the strength at each frame


@dataclass(frozen=True)
class LockedFeet:
    """What holds the feet of one rig. Armature space."""

    turns: dict[int, np.ndarray]  # leg bone -> [T, 4], before its orientation
    carried: dict[int, int]  # leg bone -> the leg bone that carries it
    lowered: np.ndarray  # [T, 3] how the body is moved, armature units

    def to_local(self, bone: int, local: np.ndarray, posed: np.ndarray, rest: RigRest) -> np.ndarray:
        """Local rotations [T, 4] of a leg bone that had `local` [T, 4] and stood `posed` [T, 4, 4]."""
        turn = self.turns[bone]
        if bone in self.carried and rest.inherits_rotation[bone]:
            turn = rotations.multiply(rotations.inverse(self.turns[self.carried[bone]]), turn)
        own = to_rotations(posed)
        turned = rotations.multiply(rotations.inverse(own), rotations.multiply(turn, own))
        return clamp_locked(rotations.multiply(local, turned), rest, bone, local)


def lock_feet(
    poses: BonePoses,
    rest: RigRest,
    bone_map: BoneMap,
    contacts: np.ndarray | None,
    options: FootLockOptions,
    held: RigPose | None = None,
) -> BonePoses:
    """`poses` with feet that do not slide.

    contacts [T, 4] in 0..1: left heel, left ball, right heel, right ball are known to stand; None = to be seen from
    the motion. held: the pose of bones that `poses` leaves alone (their rest by default). Strength 0 gives
    `poses` itself.
    """
    if options.strength <= 0.0:
        return poses
    fit = fit_rig(rest, bone_map)
    posed = pose_legs(poses, rest, fit, held if held is not None else rest_pose(rest))
    locked = lock_posed(posed, rest, bone_map, contacts, options, _can_lower(poses, rest))
    turned = poses.rotations.copy()
    for bone in locked.turns:
        if rest.bones[bone] in poses.bones:
            column = poses.bones.index(rest.bones[bone])
            local = locked.to_local(bone, poses.rotations[:, column], posed[:, bone], rest)
            turned[:, column] = rotations.continuous(local)
    locations = poses.locations + _lower(poses, rest, posed, locked.lowered)
    return replace(poses, rotations=turned, locations=locations)


def find_steps(
    poses: BonePoses,
    rest: RigRest,
    bone_map: BoneMap,
    contacts: np.ndarray | None,
    options: FootLockOptions,
    held: RigPose | None = None,
) -> np.ndarray:
    """Frames [T, 2] (left, right) in which lock_feet has a foot step that slides too far to be held."""
    fit = fit_rig(rest, bone_map)
    posed = pose_legs(poses, rest, fit, held if held is not None else rest_pose(rest))
    prepared = _prepare(posed, rest, fit, contacts, options, _can_lower(poses, rest))
    return np.stack([foot.stepping for foot in prepared.feet], axis=1)


def lock_posed(
    posed: np.ndarray,
    rest: RigRest,
    bone_map: BoneMap,
    contacts: np.ndarray | None,
    options: FootLockOptions,
    can_lower: bool = True,
) -> LockedFeet:
    """What holds the feet of bones posed [T, B, 4, 4] (armature space; only the legs' are looked at)."""
    fit = fit_rig(rest, bone_map)
    ready = _prepare(posed, rest, fit, contacts, options, can_lower)
    blend = max(1, round(options.blend_seconds * options.fps))
    paths = tuple(
        foot_lock.to_foot_path(foot.leg, foot.sole, foot.standing, foot.stepping, blend, ready.strength)
        for foot in ready.feet
    )
    legs = tuple(foot.leg for foot in ready.feet)
    drop = foot_lock.to_drop(legs, paths, options.fps) * ready.strength * float(options.lowers_body and can_lower)
    locked = _collect(fit, leg_bones(fit), legs, paths, drop)
    return replace(locked, lowered=-fit.scale * (ready.sunk + drop)[:, None] * fit.up)


@dataclass(frozen=True)
class _Foot:
    """A foot before it is held."""

    leg: LegPoses
    sole: Sole
    standing: np.ndarray  # [T, 2] bool: heel, ball
    stepping: np.ndarray  # [T] bool


@dataclass(frozen=True)
class _Prepared:
    """Both feet on a body brought level with the ground."""

    feet: tuple[_Foot, ...]
    sunk: np.ndarray  # [T] how far the body was lowered for that
    strength: np.ndarray  # [T] in 0..1


def _prepare(
    posed: np.ndarray,
    rest: RigRest,
    fit: RigFit,
    contacts: np.ndarray | None,
    options: FootLockOptions,
    can_lower: bool,
) -> _Prepared:
    floor = rest_floor(rest, fit) if options.ground is None else options.ground
    bones = leg_bones(fit)
    legs = tuple(to_leg_poses(posed, rest, fit, side, floor) for side in bones)
    soles = tuple(to_sole(rest, fit, side) for side in bones)
    strength = np.full(len(posed), min(options.strength, 1.0))
    if options.envelope is not None:
        strength = strength * options.envelope
    sunk = strength * to_floor(legs, soles, options) * float(options.lowers_body and can_lower)
    legs = tuple(leg.lowered(sunk) for leg in legs)
    standing = to_standing(legs, soles, contacts, options)
    feet = []
    for side, (leg, sole) in enumerate(zip(legs, soles, strict=True)):
        stands = standing[:, 2 * side : 2 * side + 2].copy()
        stepping = contact_rules.split_slides(foot_lock.sole_points(leg, sole), stands, options.fps, 0.5 * side)
        feet.append(_Foot(leg, sole, stands, stepping))
    return _Prepared(tuple(feet), sunk, strength)


def to_floor(legs: tuple[LegPoses, ...], soles: tuple[Sole, ...], options: FootLockOptions) -> np.ndarray:
    """How high the body floats over the ground [T], slowly changing."""
    points = np.concatenate([foot_lock.sole_points(leg, sole) for leg, sole in zip(legs, soles, strict=True)], axis=1)
    return contact_rules.find_floor(points, options.fps)


def to_standing(
    legs: tuple[LegPoses, ...], soles: tuple[Sole, ...], contacts: np.ndarray | None, options: FootLockOptions
) -> np.ndarray:
    """Whether left heel, left ball, right heel, right ball stand [T, 4] bool."""
    if contacts is not None:
        return np.asarray(contacts) >= 0.5
    points = (foot_lock.sole_points(leg, sole) for leg, sole in zip(legs, soles, strict=True))
    return np.concatenate([contact_rules.find_contacts(foot, options.fps) for foot in points], axis=1)


def _collect(
    fit: RigFit,
    bones: tuple[LegBones, ...],
    legs: tuple[LegPoses, ...],
    paths: tuple[FootPath, ...],
    drop: np.ndarray,
) -> LockedFeet:
    turns: dict[int, np.ndarray] = {}
    carried: dict[int, int] = {}
    for side, leg, path in zip(bones, legs, paths, strict=True):
        locked = foot_lock.lock_leg(leg, path, drop)
        turns[side.thigh] = to_armature_turn(locked.turns.thigh, fit)
        turns[side.shin] = to_armature_turn(locked.turns.shin, fit)
        turns[side.foot] = to_armature_turn(rotations.multiply(path.foot, rotations.inverse(leg.foot)), fit)
        carried |= {side.shin: side.thigh, side.foot: side.shin}
        if side.toe is not None:
            turns[side.toe] = to_armature_turn(rotations.multiply(path.toe, rotations.inverse(leg.toe)), fit)
            carried[side.toe] = side.foot
    return LockedFeet(turns, carried, np.zeros((len(drop), 3)))


def carries_legs(rest: RigRest, bone_map: BoneMap) -> bool:
    """Whether both legs hang on the pelvis bone by parents alone, as lock_feet needs it."""
    fit = fit_rig(rest, bone_map)
    pelvis = fit.bones[Joint.PELVIS]
    return all(pelvis in rest.ancestors(side.thigh) for side in leg_bones(fit))


def _can_lower(poses: BonePoses, rest: RigRest) -> bool:
    """Whether the bone that carries the body is free to move."""
    return bool(poses.moved_bones) and not rest.locked_location[_mover_of(poses, rest)].any()


def _mover_of(poses: BonePoses, rest: RigRest) -> int:
    """The moved bone nearest to the body, where a root bone moves too."""
    return max(rest.bones.index(name) for name in poses.moved_bones)


def _lower(poses: BonePoses, rest: RigRest, posed: np.ndarray, lowered: np.ndarray) -> np.ndarray:
    """Change of the location channels [T, M, 3] for a body moved by `lowered` [T, 3], armature space."""
    change = np.zeros_like(poses.locations)
    if np.any(lowered):
        mover = _mover_of(poses, rest)
        change[:, poses.moved_bones.index(rest.bones[mover])] = to_location(rest, mover, posed, lowered)
    return change


def to_location(rest: RigRest, mover: int, posed: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """Change of a bone's location channels [T, 3] that moves it by `moved` [T, 3] in armature space."""
    parent = int(rest.parents[mover])
    _, place = parent_spaces(rest, mover, posed[:, parent] if parent >= 0 else None)
    location: np.ndarray = (np.linalg.inv(place[..., :3, :3]) @ moved[..., None])[..., 0]
    return location


def pose_legs(poses: BonePoses, rest: RigRest, fit: RigFit, held: RigPose) -> np.ndarray:
    """Posed matrices [T, B, 4, 4], armature space, of the leg bones and all that carry them; the rest is NaN."""
    legs = [bone for side in leg_bones(fit) for bone in side.all]
    involved = sorted({ancestor for bone in legs for ancestor in rest.ancestors(bone)} | set(legs))
    written = {rest.bones.index(name) for name in (*poses.bones, *poses.moved_bones)}
    posed = np.full((len(poses), len(rest), 4, 4), np.nan)
    for bone in involved:
        if not written & {bone, *rest.ancestors(bone)}:  # where it really stands, constraints included
            posed[:, bone] = held.posed[..., bone, :, :]
            continue
        parent = int(rest.parents[bone])
        turn, place = parent_spaces(rest, bone, posed[:, parent] if parent >= 0 else None)
        local = _local_of(poses, rest, bone, held)
        posed[:, bone] = turn @ local
        posed[:, bone, :3, 3] = place[..., :3, 3]
        if not rest.connected[bone]:
            posed[:, bone, :3, 3] += (place[..., :3, :3] @ local[..., :3, 3:])[..., 0]
    return posed


def _local_of(poses: BonePoses, rest: RigRest, bone: int, held: RigPose) -> np.ndarray:
    """Local matrices [T, 4, 4] of one bone: as written where `poses` writes it, else as held."""
    name = rest.bones[bone]
    local = np.broadcast_to(held.local[..., bone, :, :], (len(poses), 4, 4)).copy()
    if name in poses.bones:
        size = np.linalg.norm(local[:, :3, :3], axis=-2, keepdims=True)
        local[:, :3, :3] = rotations.to_matrix(poses.rotations[:, poses.bones.index(name)]) * size
    if name in poses.moved_bones:
        local[:, :3, 3] = poses.locations[:, poses.moved_bones.index(name)]
    return local
