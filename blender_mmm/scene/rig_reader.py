"""An armature object as arrays; the scene is left as it was found."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import bpy
import numpy as np

from ..retarget.rig import RigPose, RigRest, to_local, to_posed
from .bone_choice import read_choice
from .curve_reader import find_posed

_DRIVEN_ROTATION: Final = re.compile(r'pose\.bones\["((?:[^"\\]|\\.)*)"\]\.rotation_')

#: How far apart two rest matrices may be and still count as one.
_SAME_REST: Final = 1e-5


class RigReadError(ValueError):
    """The armature's pose cannot be used; the message says why and what to do."""


def read_rest(obj: bpy.types.Object) -> RigRest:
    """Rest pose, rotation modes and locks of an armature object, in any mode."""
    if obj.mode == "EDIT":
        obj.update_from_editmode()
    carriers = _carriers(obj)
    bones = _parents_first(list(obj.data.bones), carriers)
    order = {bone.name: index for index, bone in enumerate(bones)}
    posed = [obj.pose.bones[bone.name] for bone in bones]
    return RigRest(
        name=obj.name,
        bones=tuple(order),
        parents=np.array([order.get(carriers[bone.name], -1) for bone in bones], dtype=int),
        matrices=np.array([bone.matrix_local for bone in bones], dtype=np.float64).reshape(-1, 4, 4),
        lengths=np.array([bone.length for bone in bones], dtype=np.float64),
        rotation_modes=tuple(bone.rotation_mode for bone in posed),
        inherits_rotation=np.array([bone.use_inherit_rotation for bone in bones], dtype=bool),
        local_location=np.array([bone.use_local_location for bone in bones], dtype=bool),
        connected=np.array([bone.use_connect and bone.parent is not None for bone in bones], dtype=bool),
        locked_rotation=np.array([_rotation_locks(bone) for bone in posed], dtype=bool).reshape(-1, 3),
        locked_location=np.array([list(bone.lock_location) for bone in posed], dtype=bool).reshape(-1, 3),
        world=np.array(obj.matrix_world, dtype=np.float64),
        steered_bones=_steered(obj),
        chosen=read_choice(obj),
    )


def read_pose(obj: bpy.types.Object, rest: RigRest) -> RigPose:
    """The pose at the current frame as evaluated; raises RigReadError when it holds no numbers.

    Where Blender does not evaluate the pose (edit mode, rest position, excluded collection) it follows
    from the pose channels, without constraints.
    """
    bpy.context.view_layer.update()
    local = _bone_matrices(obj, rest, "matrix_basis")
    if _is_evaluated(obj):
        posed = _bone_matrices(obj, rest, "matrix")
        # What constraints hold does not stand in the channels.
        held = [bone for bone, name in enumerate(rest.bones) if len(obj.pose.bones[name].constraints)]
        local[held] = to_local(rest, posed)[held]
    else:
        posed = to_posed(rest, local)
    _check_numbers(obj, rest, np.stack([local, posed]))
    return RigPose(local, posed)


def read_posed(
    obj: bpy.types.Object, rest: RigRest, frames: Sequence[float], bones: Sequence[int] | None = None
) -> np.ndarray:
    """Posed bones [T, B, 4, 4] in armature space at scene `frames`, as evaluated: constraints, drivers, IK included.

    A control that shares its limb with another (FK with IK) is read where the limb is, whoever steers it.
    Frames may be fractional. The scene is played only where more than the Action's curves moves the bones.
    bones: all that are wanted, each with its ancestors; the matrices of others need not be numbers.
    Raises RigReadError when a pose holds no numbers.
    """
    posed = find_posed(obj, rest, frames, bones)
    if posed is None:
        posed = play_posed(obj, rest, frames)
        for control, shown in _shown(obj, rest).items():
            posed[:, control] = posed[:, shown]
    _check_numbers(obj, rest, posed, bones)
    return posed


def play_posed(obj: bpy.types.Object, rest: RigRest, frames: Sequence[float]) -> np.ndarray:
    """read_posed by setting the scene to each of `frames`; afterwards it is at the frame where it was."""
    scene = bpy.context.scene
    posed = np.empty((len(frames), len(rest), 4, 4))
    with frame_of(scene, scene.frame_current):
        for row, frame in enumerate(frames):
            whole = math.floor(frame)
            scene.frame_set(whole, subframe=frame - whole)
            if not _is_evaluated(obj):
                posed[row] = read_pose(obj, rest).posed
                continue
            posed[row] = _bone_matrices(obj, rest, "matrix")
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


def _bone_matrices(obj: bpy.types.Object, rest: RigRest, name: str) -> np.ndarray:
    """Matrices [B, 4, 4] of the pose bones' property `name`."""
    bones = obj.pose.bones
    flat = np.empty(len(bones) * 16, dtype=np.float32)
    bones.foreach_get(name, flat)
    order = bones.keys()
    place = dict(zip(order, range(len(order)), strict=True))
    columns = flat.reshape(-1, 4, 4)[[place[bone] for bone in rest.bones]]
    return columns.swapaxes(-1, -2).astype(np.float64)


def _check_numbers(
    obj: bpy.types.Object, rest: RigRest, matrices: np.ndarray, bones: Sequence[int] | None = None
) -> None:
    """matrices [..., B, 4, 4]; bones: those that count, by default all."""
    counting = np.arange(len(rest)) if bones is None else np.asarray(bones)
    numbers = np.isfinite(matrices[..., counting, :, :]).all(axis=(-2, -1)).reshape(-1, len(counting)).all(axis=0)
    if not numbers.all():
        name = rest.bones[int(counting[np.argmin(numbers)])]
        raise RigReadError(
            f"The pose of bone “{name}” in “{obj.name}” holds values that are not numbers. "
            "Clear its transforms (Pose > Clear Transform > All) or check the drivers on it, then try again."
        )


def _carriers(obj: bpy.types.Object) -> dict[str, str | None]:
    """The bone each bone hangs on: its parent, or the control from which that parent takes its whole pose."""
    posed = obj.pose.bones if obj.pose else ()  # none before the first evaluation
    copied = {bone.name: copied for bone in posed if (copied := _find_copied(obj, bone)) is not None}
    hung = {bone.name: owner for bone in posed if (owner := _find_armature_parent(obj, bone)) is not None}
    carriers = {}
    for bone in obj.data.bones:
        parent = bone.parent.name if bone.parent else hung.get(bone.name)
        seen = {bone.name}
        while parent in copied and parent not in seen:
            seen.add(parent)
            parent = copied[parent]
        # A control that hangs on its own copy would make a ring.
        carriers[bone.name] = parent if parent not in seen else (bone.parent.name if bone.parent else None)
    return carriers


def _find_copied(obj: bpy.types.Object, bone: bpy.types.PoseBone) -> str | None:
    """The bone of the same rest that `bone` copies through and through, as generated rigs copy their controls."""
    if len(bone.constraints) != 1:
        return None
    constraint = bone.constraints[0]
    if (
        constraint.type != "COPY_TRANSFORMS"
        or constraint.target != obj
        or constraint.mute
        or constraint.influence < 1.0
    ):
        return None
    if (constraint.target_space, constraint.owner_space, constraint.mix_mode) != ("WORLD", "WORLD", "REPLACE"):
        return None
    target = obj.data.bones.get(constraint.subtarget)
    if target is None or constraint.head_tail != 0.0:
        return None
    apart = np.abs(np.array(target.matrix_local) - np.array(bone.bone.matrix_local)).max()
    return str(target.name) if apart <= _SAME_REST * max(1.0, bone.bone.length) else None


def _steered(obj: bpy.types.Object) -> frozenset[str]:
    """Bones with a constraint that acts, or with a driver on their rotation."""
    held = {bone.name for bone in (obj.pose.bones if obj.pose else ()) if any(not c.mute for c in bone.constraints)}
    for curve in obj.animation_data.drivers if obj.animation_data else ():
        found = _DRIVEN_ROTATION.match(curve.data_path)
        if found is not None:
            held.add(bpy.utils.unescape_identifier(found.group(1)))
    return frozenset(held)


def _find_armature_parent(obj: bpy.types.Object, bone: bpy.types.PoseBone) -> str | None:
    """The one bone to which a constraint parents a bone without parent, as generated rigs hang bodies on their root."""
    constraints = [constraint for constraint in bone.constraints if not constraint.mute]
    if bone.parent is not None or len(constraints) != 1 or constraints[0].type != "ARMATURE":
        return None
    targets = [target for target in constraints[0].targets if target.weight > 0.0]
    if len(targets) != 1 or targets[0].target != obj or constraints[0].influence < 1.0:
        return None
    return str(targets[0].subtarget) if targets[0].subtarget in obj.data.bones else None


def _shown(obj: bpy.types.Object, rest: RigRest) -> dict[int, int]:
    """Control -> the bone of the same rest that copies it or others by turns: where the limb really is."""
    place = {name: index for index, name in enumerate(rest.bones)}
    shown = {}
    for bone in obj.pose.bones:
        copies = [c for c in bone.constraints if c.type == "COPY_TRANSFORMS" and c.target == obj]
        for constraint in copies if len(copies) > 1 else ():
            control, limb = place.get(constraint.subtarget), place[bone.name]
            if control is not None and np.allclose(rest.matrices[control], rest.matrices[limb], atol=_SAME_REST):
                shown.setdefault(control, limb)
    return shown


def _parents_first(bones: list[bpy.types.Bone], carriers: dict[str, str | None]) -> list[bpy.types.Bone]:
    children: dict[str | None, list[bpy.types.Bone]] = {}
    for bone in bones:
        children.setdefault(carriers[bone.name], []).append(bone)
    ordered: list[bpy.types.Bone] = []
    waiting = children.get(None, [])
    while waiting:
        ordered += waiting
        waiting = [child for bone in waiting for child in children.get(bone.name, ())]
    return ordered


def _rotation_locks(bone: bpy.types.PoseBone) -> list[bool]:
    return list(bone.lock_rotation)


def _is_evaluated(obj: bpy.types.Object) -> bool:
    """Hidden objects are; those in excluded collections or other scenes are not."""
    present = any(other == obj for other in list(bpy.context.view_layer.objects))
    return present and obj.mode != "EDIT" and obj.data.pose_position == "POSE"
