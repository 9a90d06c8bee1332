# ruff: noqa: E402 - what needs bpy is imported after it is known to be there
"""The Bones panel: what it shows, choices by hand and where they are kept, presets under a name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm import apply, mapping
from blender_mmm.engine_door import skeleton
from blender_mmm.mapping import Source
from blender_mmm.scene import user_presets
from tests.zoo import build, expected

Joint = skeleton.Joint


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty preset folder."""
    monkeypatch.setattr(user_presets, "preset_folder", lambda: tmp_path / "bone_presets")
    monkeypatch.setattr(mapping, "preset_folder", lambda: tmp_path / "bone_presets")
    return tmp_path / "bone_presets"


def test_fields_show_what_was_found(addon: Any, folder: Path) -> None:
    obj = build("unreal_ue5")
    assert {name: getattr(obj.mmm.bones, name) or None for name in skeleton.JOINT_NAMES} == expected("unreal_ue5")
    found = mapping.find_mapping(obj)
    assert found.family == "Unreal mannequin" and not found.problem and not found.is_changed
    assert {row.source for row in found.rows} == {Source.NAME}


def test_a_choice_is_kept_with_the_file_and_honoured(addon: Any, folder: Path, tmp_path: Path) -> None:
    obj = build("unreal_ue4")
    obj.mmm.bones.left_shoulder = "upperarm_twist_01_l"
    obj.mmm.bones.right_foot = ""
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "kept.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "kept.blend"))
    obj = bpy.data.objects["unreal_ue4"]
    rows = mapping.find_mapping(obj).rows
    assert (rows[Joint.LEFT_SHOULDER].bone, rows[Joint.LEFT_SHOULDER].source) == ("upperarm_twist_01_l", Source.HAND)
    assert (rows[Joint.RIGHT_FOOT].bone, rows[Joint.RIGHT_FOOT].why) == (None, "left out by hand")
    bones = apply.check_target(obj).bones
    assert bones[Joint.LEFT_SHOULDER] == "upperarm_twist_01_l" and bones[Joint.RIGHT_FOOT] is None
    assert bpy.ops.mmm.find_bones(joint="left_shoulder") == {"FINISHED"}
    assert obj.mmm.bones.left_shoulder == "upperarm_l" and obj.mmm.bones.right_foot == ""
    assert bpy.ops.mmm.find_bones() == {"FINISHED"}
    assert obj.mmm.bones.right_foot == "ball_r" and "mmm_bones" not in obj


def test_the_active_bone_is_picked(addon: Any, folder: Path) -> None:
    obj = build("smpl")
    obj.data.bones.active = obj.data.bones["f_avg_L_Hand"]
    assert bpy.ops.mmm.pick_bone(joint="left_wrist") == {"FINISHED"}
    assert obj.mmm.bones.left_wrist == "f_avg_L_Hand"


def test_a_rig_that_could_not_be_told_is_mapped_by_hand(addon: Any, folder: Path) -> None:
    obj = build("quadruped")
    assert "trunk lies flat" in mapping.find_mapping(obj).problem
    with pytest.raises(apply.TargetError):
        apply.check_target(obj)
    obj.mmm.bones.left_foot = "toe.L"  # who maps it by hand knows what it is
    assert apply.check_target(obj).bones[Joint.LEFT_FOOT] == "toe.L"


def test_presets_are_kept_loaded_and_recognised(addon: Any, folder: Path) -> None:
    obj = build("foreign_russian")
    obj.mmm.bones.spine1 = "спина2"  # noqa: RUF001 - a Russian word
    obj.mmm.bones.spine3 = ""
    wanted = [getattr(obj.mmm.bones, name) for name in skeleton.JOINT_NAMES]
    assert bpy.ops.mmm.save_bone_preset(name="Наши герои / 2") == {"FINISHED"}
    assert [path.name for path in folder.iterdir()] == ["Наши герои _ 2.json"]
    bpy.ops.mmm.find_bones()
    assert [getattr(obj.mmm.bones, name) for name in skeleton.JOINT_NAMES] == wanted  # now recognised by its names
    assert mapping.find_mapping(obj).family == "Наши герои / 2"
    other = build("mixamo")
    with pytest.raises(RuntimeError, match="none of the bones"):
        bpy.ops.mmm.load_bone_preset(preset="Наши герои / 2")
    assert mapping.find_mapping(other).family == "Mixamo"


def test_a_broken_preset_is_told_and_harms_nothing(addon: Any, folder: Path) -> None:
    folder.mkdir()
    (folder / "broken.json").write_text('{"format": 1, "name": "x", "bones": {"tail": "Tail"}}', "utf-8")
    obj = build("mixamo")
    assert mapping.find_mapping(obj).family == "Mixamo"
    assert "broken.json" in mapping.preset_problems()[0] and "no joint 'tail'" in mapping.preset_problems()[0]
