"""Retargeted bones -> channel values that meet the bones' own values at the frames beside the range."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..engine_door import rotations, seams
from ..retarget.euler import EULER_ORDERS, from_euler, to_axis_angle, to_euler
from ..retarget.rig import BonePoses, RigRest

Values = Callable[[str, str, int], np.ndarray]  # bone, property, width -> the bone's own values [F, width]

_PROPERTIES = {"QUATERNION": ("rotation_quaternion", 4), "AXIS_ANGLE": ("rotation_axis_angle", 4)}


@dataclass(frozen=True)
class Joint:
    """How the frames of a motion lie between the frames that are known."""

    known_first: bool  # the first frame is the known one before the range
    known_last: bool  # the last frame is the known one after the range
    fade: int  # frames over which a difference at a known frame fades

    def corrections(self, count: int, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """What is missing at the known frames ([n] each), faded over `count` frames: [count, n]."""
        if not (self.known_first or self.known_last):
            return np.zeros((count, len(first)))
        start, end = first if self.known_first else None, last if self.known_last else None
        return seams.fade_offsets(count, start, end, reach=self.fade + 1)

    def shares(self, count: int) -> np.ndarray:
        """How much [count] of a change may come in: nothing at known frames, all of it away from them."""
        rise = np.ones(count)
        if self.known_first:
            rise = np.minimum(rise, np.arange(count) / (self.fade + 1))
        if self.known_last:
            rise = np.minimum(rise, np.arange(count)[::-1] / (self.fade + 1))
        eased: np.ndarray = rise * rise * (3.0 - 2.0 * rise)
        return eased


@dataclass(frozen=True)
class JoinedChannel:
    """One channel over all frames of the motion, known ones included."""

    bone: str
    property: str
    index: int
    values: np.ndarray  # [T]
    turns_differ: bool = False  # its last known value counts turns or signs differently


def join_channels(poses: BonePoses, rest: RigRest, joint: Joint, own: Values) -> Iterator[JoinedChannel]:
    """Channels of `poses` without locked ones. own: values at the first and the last frame, [2, width]."""
    for column, bone in enumerate(poses.moved_bones):
        ends = own(bone, "location", 3)
        path = _join_offsets(poses.locations[:, column], ends, joint)
        locked = rest.locked_location[rest.bones.index(bone)]
        yield from _spread(bone, "location", path, locked)
    for column, bone in enumerate(poses.bones):
        index = rest.bones.index(bone)
        yield from _rotation_channels(bone, poses.rotations[:, column], rest, index, joint, own)


def _rotation_channels(
    bone: str, turns: np.ndarray, rest: RigRest, index: int, joint: Joint, own: Values
) -> Iterator[JoinedChannel]:
    mode = rest.rotation_modes[index]
    name, width = _PROPERTIES.get(mode, ("rotation_euler", 3))
    ends = own(bone, name, width)
    turns = rotations.continuous(_join_turns(turns, to_quaternions(ends, mode), joint))
    locked = rest.locked_rotation[index] if name == "rotation_euler" else np.zeros(4, dtype=bool)
    values = to_values(turns, mode, ends, joint)
    jump = float(np.abs(values[-1] - ends[1]).max())
    limit = np.pi if name == "rotation_euler" else 1.0
    yield from _spread(bone, name, values, locked, joint.known_last and jump > limit)


def to_quaternions(values: np.ndarray, mode: str) -> np.ndarray:
    """Unit quaternions [N, 4] of channel values [N, width]; all zeros are no turn."""
    if mode == "QUATERNION":
        empty = np.linalg.norm(values, axis=-1, keepdims=True) == 0.0
        return np.where(empty, rotations.IDENTITY, rotations.normalize(values))
    if mode == "AXIS_ANGLE":
        return rotations.about_axis(rotations.normalize(values[:, 1:]), values[:, 0])
    return from_euler(values, mode)


def to_values(turns: np.ndarray, mode: str, ends: np.ndarray, joint: Joint) -> np.ndarray:
    """Channel values [T, width] of turns [T, 4] that start as the known frame does (or end so)."""
    at, near = (0, ends[0]) if joint.known_first or not joint.known_last else (-1, ends[1])
    if mode in EULER_ORDERS:
        if at == 0:
            return to_euler(turns, mode, near)
        return to_euler(turns[::-1], mode, near)[::-1]
    if mode == "AXIS_ANGLE":
        values = to_axis_angle(turns)
        if values[at, 1:] @ near[1:] < 0.0:
            values = -values
        values[:, 0] += 2.0 * np.pi * np.round((near[0] - values[at, 0]) / (2.0 * np.pi))
        return values
    return -turns if turns[at] @ near < 0.0 else turns


def _join_turns(turns: np.ndarray, ends: np.ndarray, joint: Joint) -> np.ndarray:
    """Turns [T, 4] bent so that they equal `ends` [2, 4] at the known frames."""
    missing = rotations.to_vector(rotations.multiply(ends, rotations.inverse(turns[[0, -1]])))
    correction = rotations.from_vector(joint.corrections(len(turns), missing[0], missing[1]))
    return rotations.multiply(correction, turns)


def _join_offsets(path: np.ndarray, ends: np.ndarray, joint: Joint) -> np.ndarray:
    """Locations [T, 3] moved so that they equal `ends` [2, 3] at the known frames."""
    moved: np.ndarray = path + joint.corrections(len(path), ends[0] - path[0], ends[1] - path[-1])
    return moved


def _spread(
    bone: str, name: str, values: np.ndarray, locked: np.ndarray, turns_differ: bool = False
) -> Iterator[JoinedChannel]:
    for index in range(values.shape[1]):
        if not locked[index]:
            yield JoinedChannel(bone, name, index, values[:, index], turns_differ)
