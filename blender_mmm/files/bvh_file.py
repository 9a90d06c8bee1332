"""The armature's motion as BVH: bones only, in the scene's units (metres)."""

from __future__ import annotations

from pathlib import Path

import bpy

from .exporting import enable_add_on, prepared
from .outcome import Outcome
from .quiet import quiet_output
from .whole_file import whole_file


def check_ready() -> None:
    """Raise FileError if Blender lacks its exporter."""
    enable_add_on("io_anim_bvh")


def write(outcome: Outcome, path: Path) -> None:
    """Every frame of the motion; the root alone travels."""
    with prepared(outcome), whole_file(path) as beside, quiet_output():
        bpy.ops.export_anim.bvh(
            filepath=str(beside.absolute()),
            frame_start=outcome.first_frame,
            frame_end=outcome.last_frame,
            root_transform_only=True,
        )
