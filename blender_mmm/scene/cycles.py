"""One round of a cycle into a curve, and Blender's own means to repeat it."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from .frame_range import FrameRange
from .key_table import make_keys, write_keys


@dataclass(frozen=True)
class Cycle:
    """One channel over one round: its last frame is the first of the next round."""

    values: np.ndarray  # [N]
    gains: bool = False  # each round starts where the last one ended, instead of at the first value
    steps: bool = False  # switches, which must not be interpolated


def write_cycle(curve: bpy.types.FCurve, frames: FrameRange, cycle: Cycle) -> None:
    """Only these keys, repeated before and after by the Cycles modifier."""
    places = np.arange(frames.start, frames.stop)
    write_keys(curve, make_keys(places, cycle.values, "CONSTANT" if cycle.steps else "LINEAR", "AUTO_CLAMPED"))
    for modifier in list(curve.modifiers):  # they are in the values
        curve.modifiers.remove(modifier)
    modifier = curve.modifiers.new("CYCLES")
    modifier.mode_before = modifier.mode_after = "REPEAT_OFFSET" if cycle.gains else "REPEAT"


def repeat_action(action: bpy.types.Action, frames: FrameRange) -> None:
    """Tell Blender that the action is a cycle over `frames`."""
    action.use_frame_range = True
    action.frame_start, action.frame_end = frames.start, frames.stop - 1
    action.use_cyclic = True
