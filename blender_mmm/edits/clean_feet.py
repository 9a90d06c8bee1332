"""Clean up feet: hold the standing feet of any action in place."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from .. import apply
from ..engine_door import rotations
from ..retarget.feet import FootLockOptions, LockedFeet, lock_posed, to_location
from ..retarget.rig import BonePoses
from ..scene.frame_range import FrameRange
from .errors import EditError
from .rig_motion import RigMotion, check_free_legs, read_rig_motion, to_local_turns
from .writing import report, write_copy


@dataclass(frozen=True)
class CleanFeetOptions:
    """How the feet of an action are cleaned up."""

    strength: float = 1.0  # 0..1
    ground: float | None = None  # height in the world; None = where the armature stands at rest
    blend_seconds: float = 0.2
    lowers_body: bool = True  # where a leg is too short; else only bones of the legs are written


def clean_feet(
    obj: bpy.types.Object | None,
    scene: bpy.types.Scene,
    target: FrameRange | None = None,
    options: CleanFeetOptions | None = None,
) -> apply.ApplyReport:
    """Write legs whose standing feet do not slide into a copy of the action of `obj`, in the frames of `target`.

    Everything else stays bit-identical. target: the whole action by default. Raises EditError or TargetError with a
    sentence; then nothing was changed.
    """
    options = options or CleanFeetOptions()
    motion = read_rig_motion(obj, scene, target, legs_only=True)
    check_free_legs(motion)
    if options.strength <= 0.0:
        raise EditError("The strength is 0, so the feet would stay as they are. Choose a higher one.")
    lock = FootLockOptions(
        motion.fps,
        strength=options.strength,
        ground=None if options.ground is None else to_armature_height(motion, options.ground),
        blend_seconds=options.blend_seconds,
        lowers_body=options.lowers_body,
        envelope=motion.envelope(round(options.blend_seconds * motion.fps)),
    )
    source = motion.source
    can_lower = not source.rest.locked_location[motion.mover].any()
    locked = lock_posed(motion.posed, source.rest, source.bone_map, None, lock, can_lower)
    edits = motion.to_edits(locked_poses(motion, locked))
    copy = write_copy(motion.handover, edits)
    return report(source, copy, motion.target, motion.handover.notes())


def locked_poses(motion: RigMotion, locked: LockedFeet) -> BonePoses:
    """New channels of the leg bones, and of the bone that carries the body where it is lowered."""
    rest = motion.source.rest
    bones, turns = to_local_turns(
        motion,
        sorted(locked.turns),
        lambda bone, own: rotations.continuous(locked.to_local(bone, own, motion.posed[:, bone], rest)),
    )
    if not np.any(locked.lowered):
        return BonePoses(bones, turns, (), np.zeros((len(turns), 0, 3)))
    path = motion.locations(motion.mover) + to_location(rest, motion.mover, motion.posed, locked.lowered)
    return BonePoses(bones, turns, (rest.bones[motion.mover],), path[:, None])


def to_armature_height(motion: RigMotion, height: float) -> float:
    """A height in the world along the up axis of the rig, in armature units."""
    world, fit = motion.source.rest.world, motion.fit
    point = np.array([world[0, 3], world[1, 3], height, 1.0])
    return float((np.linalg.inv(world) @ point)[:3] @ fit.up)
