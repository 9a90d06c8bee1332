"""The bone curves of an action, found by bone, property and index; lives no longer than one edit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import bpy
import numpy as np

from .action_channels import new_curve

Address = tuple[str, str, int]  # bone, property of the pose bone, index

_BONE_PATH: Final = re.compile(r'pose\.bones\["((?:[^"\\]|\\.)*)"\]\.(\w+)$')
CYCLES: Final = "CYCLES"


def to_address(curve: bpy.types.FCurve) -> Address | None:
    """What the curve moves; None when it is no channel of a bone."""
    found = _BONE_PATH.match(curve.data_path)
    if found is None:
        return None
    return bpy.utils.unescape_identifier(found.group(1)), found.group(2), int(curve.array_index)


def to_path(bone: str, name: str) -> str:
    """RNA path of a property of a pose bone."""
    return f'pose.bones["{bpy.utils.escape_identifier(bone)}"].{name}'


class CurveBook:
    """Curves of one slot of an action (`channels`, see action_channels) that an armature `obj` is moved by."""

    def __init__(self, obj: bpy.types.Object, channels: Any) -> None:
        self._obj, self._channels = obj, channels
        self._curves: dict[Address, bpy.types.FCurve] = {}
        for curve in channels.fcurves:
            address = to_address(curve)
            if address is not None:
                self._curves.setdefault(address, curve)

    def __iter__(self) -> Iterator[tuple[Address, bpy.types.FCurve]]:
        return iter(self._curves.items())

    def find(self, address: Address) -> bpy.types.FCurve | None:
        """The curve of a channel."""
        return self._curves.get(address)

    def ensure(self, address: Address) -> bpy.types.FCurve:
        """The curve of a channel; a new one without keys where there is none."""
        curve = self._curves.get(address)
        if curve is None:
            bone, name, index = address
            curve = self._curves[address] = new_curve(self._channels, to_path(bone, name), index, bone)
        return curve

    def still_value(self, address: Address) -> float:
        """What the channel is where no curve moves it."""
        bone, name, index = address
        return float(getattr(self._obj.pose.bones[bone], name)[index])

    def values(self, address: Address, frames: np.ndarray) -> np.ndarray:
        """Values [N] of a channel at scene `frames` [N], as the bone gets them."""
        curve = self._curves.get(address)
        if curve is None or curve.mute or not len(curve.keyframe_points):
            return np.full(len(frames), self.still_value(address))
        return np.array([curve.evaluate(frame) for frame in frames.tolist()])

    def span(self) -> tuple[float, float] | None:
        """First and last frame that has a key on any bone; None without keys."""
        ends = []
        for curve in self._curves.values():
            points = curve.keyframe_points
            if len(points):
                ends += [points[0].co[0], points[-1].co[0]]
        return (min(ends), max(ends)) if ends else None


@contextmanager
def without_modifiers(curve: bpy.types.FCurve, only: str | None = None) -> Iterator[None]:
    """Evaluate the curve by its keys alone (or with all modifiers but those of the type `only`)."""
    changed = [mod for mod in curve.modifiers if not mod.mute and (only is None or mod.type == only)]
    for mod in changed:
        mod.mute = True
    try:
        yield
    finally:
        for mod in changed:
            mod.mute = False


def sample_keys(curve: bpy.types.FCurve, frames: np.ndarray) -> np.ndarray:
    """What the keys alone give at `frames` [N] float32, without modifiers."""
    with without_modifiers(curve):
        return np.array([curve.evaluate(frame) for frame in frames.tolist()], dtype=np.float32)


def modifier_effect(curve: bpy.types.FCurve, frames: np.ndarray) -> np.ndarray:
    """What modifiers add to the keys at `frames` [N]; without Cycles, which does nothing between the keys."""
    if not any(not mod.mute and mod.type != CYCLES for mod in curve.modifiers):
        return np.zeros(len(frames))
    with without_modifiers(curve, CYCLES):
        whole = np.array([curve.evaluate(frame) for frame in frames.tolist()])
    effect: np.ndarray = whole - sample_keys(curve, frames)
    return effect


def has_cycles(curve: bpy.types.FCurve) -> bool:
    """Whether the curve repeats itself beyond its keys."""
    return any(mod.type == CYCLES and not mod.mute for mod in curve.modifiers)
