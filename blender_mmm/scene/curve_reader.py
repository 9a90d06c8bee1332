"""Poses straight from the F-curves, where nothing but them decides the pose; much faster than playing the scene."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import bpy
import numpy as np

from ..engine_door import rotations
from ..retarget.euler import EULER_ORDERS, from_euler
from ..retarget.rig import RigRest, to_posed
from .action_channels import find_channels

#: Property of a pose bone -> how many numbers it has.
_WIDTHS: Final = {
    "location": 3,
    "rotation_quaternion": 4,
    "rotation_euler": 3,
    "rotation_axis_angle": 4,
    "scale": 3,
}
_BONE_PATH: Final = re.compile(r'pose\.bones\["((?:[^"\\]|\\.)*)"\]\.(\w+)$')
_SAME_SCALE: Final = 1e-6


def find_posed(
    obj: bpy.types.Object, rest: RigRest, frames: Sequence[float], bones: Sequence[int] | None = None
) -> np.ndarray | None:
    """Matrices [T, B, 4, 4] in armature space at `frames`; None where more than F-curves moves the bones.

    bones: all that are wanted, each with its ancestors; the matrices of others are not numbers.
    """
    if not _only_curves(obj, rest):
        return None
    values = _still_values(obj, rest)
    values = {name: np.repeat(array[None], len(frames), axis=0) for name, array in values.items()}
    channels = find_channels(obj)
    for curve in channels.fcurves if channels is not None else ():
        if not _lay_in(curve, rest, frames, values):
            return None
    scaled = np.ptp(values["scale"]) > _SAME_SCALE or abs(values["scale"].flat[0] - 1.0) > _SAME_SCALE
    if scaled and not _carries_scale(obj):
        return None
    return to_posed(rest, _to_local(values, rest, bones), bones)


def _only_curves(obj: bpy.types.Object, rest: RigRest) -> bool:
    """Whether nothing but one Action's curves (or nothing at all) moves the bones over time."""
    handlers = bpy.app.handlers
    if handlers.frame_change_pre or handlers.frame_change_post or handlers.depsgraph_update_pre:
        return False
    if obj.library is not None or any(
        mode not in (*EULER_ORDERS, "QUATERNION", "AXIS_ANGLE") for mode in rest.rotation_modes
    ):
        return False
    if any(len(bone.constraints) for bone in obj.pose.bones):
        return False
    return _is_plain(obj.animation_data) and obj.data.animation_data is None


def _is_plain(data: bpy.types.AnimData | None) -> bool:
    """No drivers, no strips, and the Action counts as it is."""
    if data is None:
        return True
    if len(data.drivers) or data.use_tweak_mode or any(len(track.strips) for track in data.nla_tracks):
        return False
    return data.action is None or (data.action_influence == 1.0 and data.action_blend_type == "REPLACE")


def _carries_scale(obj: bpy.types.Object) -> bool:
    """Whether every bone takes its parent's scale the plain way, the only one to_posed knows."""
    return all(bone.inherit_scale == "FULL" and bone.use_inherit_rotation for bone in obj.data.bones)


def _still_values(obj: bpy.types.Object, rest: RigRest) -> dict[str, np.ndarray]:
    """Property -> values [B, n] that the bones have where no curve moves them."""
    bones = obj.pose.bones
    place = {bone.name: index for index, bone in enumerate(bones)}
    order = [place[name] for name in rest.bones]
    values = {}
    for name, width in _WIDTHS.items():
        flat = np.empty(len(bones) * width, dtype=np.float32)
        bones.foreach_get(name, flat)
        values[name] = flat.reshape(-1, width)[order].astype(np.float64)
    return values


def _lay_in(curve: bpy.types.FCurve, rest: RigRest, frames: Sequence[float], values: dict[str, np.ndarray]) -> bool:
    """Write one curve's values into `values`; False when it moves what only Blender can work out."""
    if curve.mute or not curve.is_valid:
        return True
    if curve.group is not None and curve.group.mute:  # counts until 4.3, not since
        return False
    found = _BONE_PATH.match(curve.data_path)
    if found is None:  # the object's own place and custom properties do not move bones
        return not curve.data_path.startswith("pose.bones") or curve.data_path.endswith("]")
    name, kind = bpy.utils.unescape_identifier(found.group(1)), found.group(2)
    if kind not in values:
        return False
    values[kind][:, rest.bones.index(name), curve.array_index] = _curve_values(curve, frames)
    return True


def _curve_values(curve: bpy.types.FCurve, frames: Sequence[float]) -> Any:
    """Values [T] of the curve: its keys where every frame has one, Blender's own evaluation elsewhere."""
    points = curve.keyframe_points
    if len(points) and not len(curve.modifiers):
        keys = np.empty(len(points) * 2, dtype=np.float32)
        points.foreach_get("co", keys)
        times, heights = keys[::2], keys[1::2]
        wanted = np.asarray(frames, dtype=np.float32)
        nearest = np.minimum(np.searchsorted(times, wanted), len(times) - 1)
        if (times[nearest] == wanted).all():
            return heights[nearest]
    return [curve.evaluate(frame) for frame in frames]


def _to_local(values: dict[str, np.ndarray], rest: RigRest, bones: Sequence[int] | None) -> np.ndarray:
    """Matrices [T, B, 4, 4] relative to each bone's rest of channel values [T, B, n]; not numbers but of `bones`."""
    wanted = np.arange(len(rest)) if bones is None else np.asarray(bones)
    values = {name: array[:, wanted] for name, array in values.items()}
    turns = _turns(values, np.array(rest.rotation_modes)[wanted])
    local = np.zeros((*turns.shape[:2], 4, 4))
    local[..., :3, :3] = rotations.to_matrix(turns) * values["scale"][..., None, :]
    local[..., :3, 3] = values["location"]
    local[..., 3, 3] = 1.0
    whole = np.full((len(turns), len(rest), 4, 4), np.nan)
    whole[:, wanted] = local
    return whole


def _turns(values: dict[str, np.ndarray], modes: np.ndarray) -> np.ndarray:
    """Rotations [T, K, 4], each bone's from the property its rotation mode [K] names."""
    turns = rotations.normalize(values["rotation_quaternion"])
    turns[np.linalg.norm(values["rotation_quaternion"], axis=-1) == 0.0] = rotations.IDENTITY
    for mode in set(modes.tolist()) - {"QUATERNION"}:
        which = modes == mode
        if mode == "AXIS_ANGLE":
            angle, axis = np.split(values["rotation_axis_angle"][:, which], [1], axis=-1)
            turns[:, which] = rotations.about_axis(rotations.normalize(axis), angle[..., 0])
        else:
            turns[:, which] = from_euler(values["rotation_euler"][:, which], mode)
    return turns
