"""apply_edit: what the engine made of a prepared edit, onto the armature it was prepared for."""

from __future__ import annotations

import bpy

from .. import apply
from ..engine_door import clip as clips
from ..scene.frame_range import FrameRange
from .looping import write_loop
from .records import EditKind, EditOptions, PreparedEdit
from .source import open_source
from .switching import find_handover
from .writing import edit_ranges, playing, report, write_copy

_DEFAULTS = EditOptions()


def apply_edit(
    obj: bpy.types.Object, prepared: PreparedEdit, clip: clips.MotionClip, options: EditOptions = _DEFAULTS
) -> apply.ApplyReport:
    """Write one take into a copy of the action the edit was asked for; `obj` plays the copy afterwards.

    Keys and channels outside the ranges are those of the action, bit for bit. Raises EditError or TargetError;
    then nothing was changed.
    """
    with playing(obj, prepared.action_name, prepared.slot):
        source = open_source(obj, prepared.part)
        handover = find_handover(source, prepared.ranges)
        if prepared.kind is EditKind.LOOP:
            copy = write_loop(handover, prepared, clip, options.action_name)
            return report(source, copy, prepared.ranges[0], handover.notes())
        edits = edit_ranges(
            handover, clip, prepared.clock, prepared.ranges, prepared.blend_frames, options.keep_hand_keys
        )
        copy = write_copy(handover, edits, options.action_name, options.reduce_error)
        frames = FrameRange(prepared.ranges[0].start, prepared.ranges[-1].stop)
        return report(source, copy, frames, handover.notes())
