# ruff: noqa: E402 - what needs bpy is imported after it is known to be there
"""`mmm bones`: the map of a rig in any kind of file as JSON, or a sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm.cli import BAD_INPUT, run
from blender_mmm.engine_door import skeleton
from tests.zoo import build, expected

EXPORTERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    ".glb": ("io_scene_gltf2", lambda path: bpy.ops.export_scene.gltf(filepath=path)),
    ".fbx": ("io_scene_fbx", lambda path: bpy.ops.export_scene.fbx(filepath=path, object_types={"ARMATURE"})),
    ".bvh": ("io_anim_bvh", lambda path: bpy.ops.export_anim.bvh(filepath=path)),
    ".blend": ("", lambda path: bpy.ops.wm.save_as_mainfile(filepath=path)),
}


def written(folder: Path, name: str, suffix: str) -> Path:
    """The rig of the zoo as a file."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    build(name)
    path = folder / f"rig{suffix}"
    module, export = EXPORTERS[".glb" if suffix == ".vrm" else suffix]
    if module:
        bpy.ops.preferences.addon_enable(module=module)
    export(str(path.with_suffix(".glb") if suffix == ".vrm" else path))
    if suffix == ".vrm":
        shutil.move(path.with_suffix(".glb"), path)
    if module:
        bpy.ops.preferences.addon_disable(module=module)
    return path


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("vroid", ".vrm"),
        ("mixamo", ".glb"),
        ("unreal_ue4", ".fbx"),
        ("cmu_bvh", ".bvh"),
        ("foreign_russian", ".bvh"),
        ("daz_genesis8", ".blend"),
    ],
)
def test_files_of_every_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, suffix: str) -> None:
    if suffix == ".fbx" and bpy.app.version[:2] == (5, 0):
        pytest.skip("Blender 5.0's FBX reader is not reliable in the module")
    path = written(tmp_path, name, suffix)
    capsys.readouterr()
    assert run(["bones", str(path)]) == 0
    table = json.loads(capsys.readouterr().out)
    assert tuple(table) == skeleton.JOINT_NAMES
    assert {joint: entry["bone"] for joint, entry in table.items()} == expected(name)
    assert all(entry["why"] for entry in table.values())


def test_one_of_several_armatures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    build("smpl")
    build("chair")
    path = tmp_path / "two.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    capsys.readouterr()
    assert run(["bones", f"{path}:smpl"]) == 0
    assert json.loads(capsys.readouterr().out)["left_hip"]["bone"] == "f_avg_L_Hip"
    assert run(["bones", f"{path}:chair"]) == BAD_INPUT
    assert "No person was found in “chair”: it lacks two legs" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["nowhere.fbx", "rig.txt", "broken.glb", "broken.bvh", "broken.fbx"])
def test_files_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    if text.startswith(("broken", "rig")):
        (tmp_path / text).write_bytes(b"this is no rig at all\n" * 3)
    assert run(["bones", str(tmp_path / text)]) == BAD_INPUT
    error = capsys.readouterr().err
    assert error.startswith("mmm: ") and text in error and error.count("\n") == 1
