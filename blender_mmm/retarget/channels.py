"""BonePoses to the numbers of animation channels, in each bone's own rotation mode."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .euler import EULER_ORDERS, to_axis_angle, to_euler
from .rig import BonePoses, RigRest


@dataclass(frozen=True)
class Channel:
    """One number of one bone over time."""

    bone: str
    property: str  # of the pose bone: 'location', 'rotation_quaternion', 'rotation_euler', 'rotation_axis_angle'
    index: int
    values: np.ndarray  # [T]


def to_channels(poses: BonePoses, rest: RigRest) -> tuple[Channel, ...]:
    """Channels of `poses`, without those that are locked."""
    channels: list[Channel] = []
    for column, bone in enumerate(poses.moved_bones):
        locked = rest.locked_location[rest.bones.index(bone)]
        channels += _spread(bone, "location", poses.locations[:, column], locked)
    for column, bone in enumerate(poses.bones):
        index = rest.bones.index(bone)
        channels += _rotation_channels(bone, poses.rotations[:, column], rest, index)
    return tuple(channels)


def _rotation_channels(bone: str, turns: np.ndarray, rest: RigRest, index: int) -> list[Channel]:
    mode = rest.rotation_modes[index]
    # A part of a quaternion or of an axis cannot be left out: there locks are in the values.
    if mode == "QUATERNION":
        return _spread(bone, "rotation_quaternion", turns, np.zeros(4, dtype=bool))
    if mode == "AXIS_ANGLE":
        return _spread(bone, "rotation_axis_angle", to_axis_angle(turns), np.zeros(4, dtype=bool))
    if mode not in EULER_ORDERS:
        raise ValueError(f"Bone “{bone}” has the unknown rotation mode {mode}; set it to Quaternion.")
    return _spread(bone, "rotation_euler", to_euler(turns, mode), rest.locked_rotation[index])


def _spread(bone: str, name: str, values: np.ndarray, locked: np.ndarray) -> list[Channel]:
    return [Channel(bone, name, i, values[:, i]) for i in range(values.shape[1]) if not locked[i]]
