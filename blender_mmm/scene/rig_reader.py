"""An armature object as arrays; the scene is left as it was found."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import bpy
import numpy as np

from ..retarget.rig import RigPose, RigRest, to_posed
from .curve_reader import find_posed


class RigReadError(ValueError):
    """The armature's pose cannot be used; the message says why and what to do."""


def read_rest(obj: bpy.types.Object) -> RigRest:
    """Rest pose, rotation modes and locks of an armature object, in any mode."""
    if obj.mode == "EDIT":
        obj.update_from_editmode()
    bones = _parents_first(obj.data.bones)
    order = {bone.name: index for index, bone in enumerate(bones)}
    posed = [obj.pose.bones[bone.name] for bone in bones]
    return RigRest(
        name=obj.name,
        bones=tuple(order),
        parents=np.array([order[bone.parent.name] if bone.parent else -1 for bone in bones], dtype=int),
        matrices=np.array([bone.matrix_local for bone in bones], dtype=np.float64).reshape(-1, 4, 4),
        lengths=np.array([bone.length for bone in bones], dtype=np.float64),
        rotation_modes=tuple(bone.rotation_mode for bone in posed),
        inherits_rotation=np.array([bone.use_inherit_rotation for bone in bones], dtype=bool),
        local_location=np.array([bone.use_local_location for bone in bones], dtype=bool),
        connected=np.array([bone.use_connect and bone.parent is not None for bone in bones], dtype=bool),
        locked_rotation=np.array([_rotation_locks(bone) for bone in posed], dtype=bool).reshape(-1, 3),
        locked_location=np.array([list(bone.lock_location) for bone in posed], dtype=bool).reshape(-1, 3),
        world=np.array(obj.matrix_world, dtype=np.float64),
    )


def read_pose(obj: bpy.types.Object, rest: RigRest) -> RigPose:
    """The pose at the current frame as evaluated; raises RigReadError when it holds no numbers.

    Where Blender does not evaluate the pose (edit mode, rest position, excluded collection) it follows
    from the pose channels, without constraints.
    """
    bpy.context.view_layer.update()
    local = np.array([obj.pose.bones[name].matrix_basis for name in rest.bones], dtype=np.float64)
    if _is_evaluated(obj):
        posed = np.array([obj.pose.bones[name].matrix for name in rest.bones], dtype=np.float64)
    else:
        posed = to_posed(rest, local)
    _check_numbers(obj, rest, np.stack([local, posed]))
    return RigPose(local, posed)


def read_posed(obj: bpy.types.Object, rest: RigRest, frames: Sequence[float]) -> np.ndarray:
    """Posed bones [T, B, 4, 4] in armature space at scene `frames`, as evaluated: constraints, drivers, IK included.

    Frames may be fractional. The scene is played only where more than the Action's curves moves the bones.
    Raises RigReadError when a pose holds no numbers.
    """
    posed = find_posed(obj, rest, frames)
    if posed is None:
        posed = play_posed(obj, rest, frames)
    _check_numbers(obj, rest, posed)
    return posed


def play_posed(obj: bpy.types.Object, rest: RigRest, frames: Sequence[float]) -> np.ndarray:
    """read_posed by setting the scene to each of `frames`; afterwards it is at the frame where it was."""
    scene = bpy.context.scene
    posed = np.empty((len(frames), len(rest), 4, 4))
    place = {bone.name: index for index, bone in enumerate(obj.pose.bones)}
    order = [place[name] for name in rest.bones]
    flat = np.empty(len(place) * 16, dtype=np.float32)
    with frame_of(scene, scene.frame_current):
        for row, frame in enumerate(frames):
            whole = math.floor(frame)
            scene.frame_set(whole, subframe=frame - whole)
            if not _is_evaluated(obj):
                posed[row] = read_pose(obj, rest).posed
                continue
            obj.pose.bones.foreach_get("matrix", flat)
            posed[row] = flat.reshape(-1, 4, 4)[order].swapaxes(-1, -2)
    return posed


@contextmanager
def frame_of(scene: bpy.types.Scene, frame: int) -> Iterator[None]:
    """`scene` at `frame`; afterwards at the frame where it was."""
    current, subframe = scene.frame_current, scene.frame_subframe
    if (current, subframe) != (frame, 0.0):
        scene.frame_set(frame)
    try:
        yield
    finally:
        scene.frame_set(current, subframe=subframe)


def _check_numbers(obj: bpy.types.Object, rest: RigRest, matrices: np.ndarray) -> None:
    """matrices [..., B, 4, 4]"""
    sound = np.isfinite(matrices).all(axis=(-2, -1)).reshape(-1, len(rest)).all(axis=0)
    if not sound.all():
        name = rest.bones[int(np.argmin(sound))]
        raise RigReadError(
            f"The pose of bone “{name}” in “{obj.name}” holds values that are not numbers. "
            "Clear its transforms (Pose > Clear Transform > All) or check the drivers on it, then try again."
        )


def _parents_first(bones: bpy.types.bpy_prop_collection) -> list[bpy.types.Bone]:
    ordered: list[bpy.types.Bone] = []
    waiting = [bone for bone in bones if bone.parent is None]
    while waiting:
        ordered += waiting
        waiting = [child for bone in waiting for child in bone.children]
    return ordered


def _rotation_locks(bone: bpy.types.PoseBone) -> list[bool]:
    return list(bone.lock_rotation)


def _is_evaluated(obj: bpy.types.Object) -> bool:
    """Hidden objects are; those in excluded collections or other scenes are not."""
    present = any(other == obj for other in list(bpy.context.view_layer.objects))
    return present and obj.mode != "EDIT" and obj.data.pose_position == "POSE"
