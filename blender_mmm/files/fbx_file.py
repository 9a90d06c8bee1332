"""The armature with its meshes and the motion as binary FBX."""

from __future__ import annotations

from pathlib import Path

import bpy

from .exporting import enable_add_on, prepared
from .outcome import Outcome
from .quiet import quiet_output
from .whole_file import whole_file


def check_ready() -> None:
    """Raise FileError if Blender lacks its exporter."""
    enable_add_on("io_scene_fbx")


def write(outcome: Outcome, path: Path) -> None:
    """One take with a key at every frame of the motion."""
    with prepared(outcome), whole_file(path) as beside, quiet_output():
        bpy.ops.export_scene.fbx(
            filepath=str(beside.absolute()),
            use_selection=True,
            object_types={"ARMATURE", "MESH"},
            add_leaf_bones=False,
            bake_anim=True,
            bake_anim_use_nla_strips=False,
            bake_anim_use_all_actions=False,
            bake_anim_simplify_factor=0.0,
        )
