"""apply_edit: what the engine made of a prepared edit, onto the armature it was prepared for."""

from __future__ import annotations

import bpy

from .. import apply
from ..engine_door import clip as clips
from ..scene.frame_range import FrameRange
from .looping import write_loop
from .records import EditKind, EditOptions, PreparedEdit
from .source import open_source
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
        if prepared.kind is EditKind.LOOP:
            return report(source, write_loop(source, prepared, clip, options.action_name), prepared.ranges[0])
        edits = edit_ranges(
            source, clip, prepared.clock, prepared.ranges, prepared.blend_frames, options.keep_hand_keys
        )
        copy = write_copy(source, edits, options.action_name, options.reduce_error)
        return report(source, copy, FrameRange(prepared.ranges[0].start, prepared.ranges[-1].stop))
