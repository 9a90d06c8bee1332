"""The armature with its meshes and the motion as binary glTF (y up, metres)."""

from __future__ import annotations

from pathlib import Path

import bpy

from .exporting import enable_add_on, prepared
from .outcome import Outcome
from .quiet import quiet_output
from .whole_file import whole_file


def check_ready() -> None:
    """Raise FileError if Blender lacks its exporter."""
    enable_add_on("io_scene_gltf2")


def write(outcome: Outcome, path: Path) -> None:
    """One animation, named after the action, sampled at every frame."""
    with prepared(outcome) as obj, whole_file(path) as beside, quiet_output():
        bpy.ops.export_scene.gltf(
            filepath=str(beside.absolute()),
            export_format="GLB",
            use_selection=True,
            export_animation_mode="ACTIVE_ACTIONS",
            export_nla_strips_merged_animation_name=obj.animation_data.action.name,
            export_frame_range=True,
            export_force_sampling=True,
            export_optimize_animation_size=False,
        )
