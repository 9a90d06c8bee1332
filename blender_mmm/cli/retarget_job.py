"""The work of `mmm retarget`."""

from __future__ import annotations

import sys

import bpy

from ..apply import ApplyOptions, TargetError, apply_clip
from ..files import clip_reader
from ..files.formats import get_writer
from ..files.outcome import Outcome
from ..files.rig_import import close_importers, open_rig_file, to_rig_path
from ..files.rig_names import MIXAMO, RIGIFY
from ..files.rigs import close_rigs, open_rig
from .errors import CommandError
from .retarget_command import RetargetOptions
from .target_scene import set_time, show_range


def retarget(options: RetargetOptions) -> None:
    """Put the motion on the rig and write every file; raises CommandError or FileError with a sentence."""
    for path in options.outputs:
        get_writer(path)  # what is missing is told before the work
    motion = clip_reader.read(options.clip)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    try:
        rig = _open(options.rig)
        set_time(options.fps)
        outcome = _apply(rig, bpy.context.scene, motion, options)
        show_range(outcome)
        for path in options.outputs:
            get_writer(path).write(outcome, path)
            print(f"{path}: frames {outcome.first_frame} to {outcome.last_frame} of “{outcome.object_name}”")
    finally:
        close_importers()
        close_rigs()


def _open(text: str) -> bpy.types.Object:
    return open_rig(text) if text in (RIGIFY, MIXAMO) else open_rig_file(to_rig_path(text))


def _apply(
    rig: bpy.types.Object, scene: bpy.types.Scene, motion: clip_reader.StoredMotion, options: RetargetOptions
) -> Outcome:
    placing = ApplyOptions(
        start_frame=scene.frame_current,
        scene_fps=scene.render.fps / scene.render.fps_base,
        action_name=options.clip.stem,
        in_place=options.in_place,
        on_root_bone=options.on_root_bone,
        foot_lock=options.foot_lock,
    )
    try:
        report = apply_clip(rig, motion.clip, placing)
    except TargetError as error:
        raise CommandError(str(error)) from error
    for note in report.notes:
        print(f"mmm: {note}", file=sys.stderr)
    return Outcome(rig.name, report.first_frame, report.last_frame, motion.clip, motion.text, motion.seed)
