"""The work of `mmm fill`, `mmm part` and `mmm loop`."""

from __future__ import annotations

import sys
from collections.abc import Callable

import bpy

from .. import edits
from ..apply import TargetError
from ..files import blend_file
from ..files.rigs import open_rig
from ..session import Applied, EditTarget, ObjectReference
from .edit_command import EditOptions
from .errors import CommandError
from .fill_command import FillOptions
from .loop_command import LoopOptions
from .part_command import PartOptions
from .running import run_job
from .target_scene import to_outcome

Prepare = Callable[[bpy.types.Object, bpy.types.Scene, tuple[edits.FrameRange, ...]], edits.PreparedEdit]


def fill(options: FillOptions) -> None:
    """Fill the gaps; raises CommandError, FileError or RequestError with a sentence."""
    edit = options.edit

    def prepare(
        obj: bpy.types.Object, scene: bpy.types.Scene, ranges: tuple[edits.FrameRange, ...]
    ) -> edits.PreparedEdit:
        return edits.prepare_fill(
            obj, scene, ranges, options.texts, seed=edit.seed, takes=edit.takes, blend_frames=edit.blend_frames
        )

    _edit(edit, prepare)


def part(options: PartOptions) -> None:
    """Make a body part new; raises CommandError, FileError or RequestError with a sentence."""
    edit = options.edit

    def prepare(
        obj: bpy.types.Object, scene: bpy.types.Scene, ranges: tuple[edits.FrameRange, ...]
    ) -> edits.PreparedEdit:
        return edits.prepare_part(
            obj,
            scene,
            ranges[0],
            options.part,
            options.text,
            seed=edit.seed,
            takes=edit.takes,
            blend_frames=edit.blend_frames,
        )

    _edit(edit, prepare)


def loop(options: LoopOptions) -> None:
    """Make a range cyclic; raises CommandError, FileError or RequestError with a sentence."""
    edit = options.edit

    def prepare(
        obj: bpy.types.Object, scene: bpy.types.Scene, ranges: tuple[edits.FrameRange, ...]
    ) -> edits.PreparedEdit:
        return edits.prepare_loop(
            obj, scene, ranges[0], options.in_place, options.text, seed=edit.seed, takes=edit.takes
        )

    _edit(edit, prepare)


def _edit(options: EditOptions, prepare: Prepare) -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    obj = open_rig(f"{options.source}:{options.armature}" if options.armature else str(options.source))
    try:
        ranges = tuple(edits.FrameRange(start, stop) for start, stop in options.ranges)
        prepared = prepare(obj, bpy.context.scene, ranges)
    except TargetError as error:
        raise CommandError(str(error)) from error
    writing = edits.EditOptions(keep_hand_keys=options.keep_hand_keys, reduce_error=options.reduce_error)
    target = EditTarget(ObjectReference.to(obj), prepared, writing)
    applied, takes = run_job(prepared.request, target, options.engine)
    blend_file.write(to_outcome(applied, takes[0], ""), options.out)
    _tell(options, applied, ranges)


def _tell(options: EditOptions, applied: Applied, ranges: tuple[edits.FrameRange, ...]) -> None:
    frames = ", ".join(map(str, ranges))
    print(f"{options.out}: frames {frames} of “{applied.object.name}”, {to_listing(applied)}", file=sys.stdout)


def to_listing(applied: Applied) -> str:
    """The names of the Actions that were made."""
    names = ", ".join(f"“{name}”" for name in applied.actions)
    return f"takes {names}" if len(applied.actions) > 1 else f"action {names}"
