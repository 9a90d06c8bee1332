"""MotionClip + RigRest -> BonePoses: the same motion on another body."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ..engine_door import clip as clips
from ..engine_door import kinematics, rotations, skeleton
from .bone_map import BoneMap
from .euler import clamp_locked
from .rest_alignment import TRUNK, RigFit, fit_rig
from .rig import BonePoses, RigPose, RigRest, to_rotations
from .root_motion import Placement, find_placement, pelvis_path, pelvis_spaces
from .twists import twist_orientations

Joint = skeleton.Joint


def rest_pose(rest: RigRest) -> RigPose:
    """The pose of a rig that nobody touched."""
    return RigPose(np.broadcast_to(np.eye(4), (len(rest), 4, 4)).copy(), rest.matrices.copy())


def place(rest: RigRest, bone_map: BoneMap, pose: RigPose | None = None, on_root_bone: bool = False) -> Placement:
    """Where a clip starts so that the rig goes on from `pose` (from its rest by default).

    on_root_bone: the way over the floor goes to the rig's root bone, if it has one, and not to the pelvis.
    """
    return find_placement(rest, fit_rig(rest, bone_map), pose if pose is not None else rest_pose(rest), on_root_bone)


def to_rig(clip: clips.MotionClip, rest: RigRest, bone_map: BoneMap, placement: Placement) -> BonePoses:
    """Poses of the mapped bones, one for each frame of `clip`.

    Limbs point where the clip's limbs point, whatever the rig's rest; trunk, head and feet turn from
    their own rest as the clip's do; the root path is scaled by the ratio of the leg lengths.
    """
    fit = fit_rig(rest, bone_map)
    wanted = _wanted_orientations(clip, rest, fit, placement)
    local, posed = _solve(rest, wanted, placement.held)
    path = pelvis_path(rest, fit, clip, posed, placement)
    moved = _locations(rest, fit, path, placement)
    return BonePoses(
        bones=tuple(rest.bones[bone] for bone in local),
        rotations=np.stack([rotations.continuous(turn) for turn in local.values()], axis=1),
        moved_bones=tuple(moved),
        locations=np.stack(list(moved.values()), axis=1),
    )


def _locations(rest: RigRest, fit: RigFit, path: np.ndarray, placement: Placement) -> dict[str, np.ndarray]:
    """Location channels [T, 3] of the bones that travel so that the pelvis head follows `path` [T, 3]."""
    pelvis, carrier = fit.bones[Joint.PELVIS], placement.carrier
    mover = next((bone for bone in [pelvis, *rest.ancestors(pelvis)] if not rest.connected[bone]), pelvis)
    if carrier is None or carrier == mover:
        return {rest.bones[mover]: _mover_location(rest, pelvis, mover, path, placement.held)}
    way = path - placement.spot
    level = way - np.outer(way @ fit.up, fit.up)
    return {
        rest.bones[carrier]: _carrier_location(rest, carrier, level, placement.held),
        rest.bones[mover]: _mover_location(rest, pelvis, mover, path - level, placement.held),
    }


def _carrier_location(rest: RigRest, carrier: int, travel: np.ndarray, held: RigPose) -> np.ndarray:
    """Location channel [T, 3] of the bone that carries the body by `travel` [T, 3] further than it is held."""
    _, space = pelvis_spaces(rest, carrier, held)
    moved: np.ndarray = (np.linalg.inv(space[..., :3, :3]) @ travel[..., None])[..., 0]
    return held.local[..., carrier, :3, 3] + moved


def _wanted_orientations(
    clip: clips.MotionClip, rest: RigRest, fit: RigFit, placement: Placement
) -> dict[int, np.ndarray]:
    """Bone index -> orientation [T, 4] in armature space, for every bone that is to turn."""
    world = kinematics.world_rotations(clip.rotations)
    facing = rotations.multiply(fit.frame, rotations.about_y(np.asarray(placement.heading)))
    turns = rotations.multiply(rotations.multiply(facing, world), rotations.inverse(fit.frame))
    wanted = {bone: rotations.multiply(turns[:, joint], fit.upright[joint]) for joint, bone in fit.bones.items()}
    if placement.shares_bends:
        wanted.update(_shared_bends(rest, fit, wanted))
        wanted.update(twist_orientations(rest, fit, wanted))
    return wanted


def _shared_bends(rest: RigRest, fit: RigFit, wanted: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
    """Orientations [T, 4] of trunk bones between two mapped ones: the bend in equal parts."""
    shared = {}
    trunk = [fit.bones[joint] for joint in TRUNK if joint in fit.bones]
    for lower, upper in pairwise(trunk):
        ancestors = rest.ancestors(upper)
        if lower not in ancestors:
            continue
        below, above = (rotations.multiply(wanted[b], rotations.inverse(rest.orientations[b])) for b in (lower, upper))
        extra = ancestors[: ancestors.index(lower)][::-1]
        for step, bone in enumerate(extra, start=1):
            part = np.full(len(below), step / (len(extra) + 1))
            turn = rotations.slerp(below, above, part)
            shared[bone] = rotations.multiply(turn, rest.orientations[bone])
    return shared


def _solve(
    rest: RigRest, wanted: dict[int, np.ndarray], held: RigPose
) -> tuple[dict[int, np.ndarray], dict[int, np.ndarray]]:
    """Local rotations [T, 4] of the wanted bones, and the orientations [T, 4] all of them come to.

    Bones in between that are not wanted keep their held pose, and so do wanted ones that are locked:
    the bones after them make up for it.
    """
    frames = len(next(iter(wanted.values())))
    involved = sorted({ancestor for bone in wanted for ancestor in rest.ancestors(bone)} | set(wanted))
    local: dict[int, np.ndarray] = {}
    posed: dict[int, np.ndarray] = {}
    for bone in involved:
        parent = int(rest.parents[bone])
        own = rest.orientations[bone]
        space = np.broadcast_to(own, (frames, 4))
        if parent >= 0 and rest.inherits_rotation[bone]:
            in_parent = rotations.multiply(rotations.inverse(rest.orientations[parent]), own)
            space = rotations.multiply(posed[parent], in_parent)
        if bone in wanted and not rest.locked_rotation[bone].all():
            turn = rotations.multiply(rotations.inverse(space), wanted[bone])
            local[bone] = clamp_locked(turn, rest, bone, to_rotations(held.local[..., bone, :, :]))
            posed[bone] = rotations.multiply(space, local[bone])
        elif local:
            posed[bone] = rotations.multiply(space, to_rotations(held.local[..., bone, :, :]))
        else:  # above the pelvis: where it really stands, constraints included
            posed[bone] = np.broadcast_to(to_rotations(held.posed[..., bone, :, :]), (frames, 4))
    return local, posed


def _mover_location(rest: RigRest, pelvis: int, mover: int, path: np.ndarray, held: RigPose) -> np.ndarray:
    """Location channel [T, 3] of the bone that carries the body, for the pelvis head on `path`.

    A pelvis bone that is connected to its parent cannot travel; then the bone it hangs on does.
    """
    _, pelvis_place = pelvis_spaces(rest, pelvis, held)
    _, mover_place = pelvis_spaces(rest, mover, held)
    travel = (np.linalg.inv(mover_place[..., :3, :3]) @ (path - pelvis_place[..., :3, 3])[..., None])[..., 0]
    current = held.local[..., mover, :3, 3]
    if mover != pelvis:
        travel = travel + current
    return np.where(rest.locked_location[mover], current, travel)
