# ruff: noqa: E402 - what needs bpy is imported after it is known to be there
"""`mmm retarget`: a stored motion on the rig in a file, or a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm.cli import BAD_INPUT, run
from blender_mmm.engine_door import skeleton
from tests.retarget.motions import make_motion
from tests.zoo import build, expected


def stored(folder: Path, **changes: np.ndarray) -> Path:
    clip = make_motion()
    path = folder / "steps.npz"
    arrays = {"root": clip.root, "rotations": clip.rotations, "fps": np.array(clip.fps), **changes}
    np.savez(path, **{name: array for name, array in arrays.items() if array.size})
    return path


def rig_file(folder: Path, name: str) -> Path:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    build(name)
    path = folder / f"{name}.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


@pytest.mark.parametrize("flag", ["", "--in-place", "--root-bone"])
def test_motion_in_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], flag: str) -> None:
    rig = rig_file(tmp_path, "unreal_ue4")
    out = tmp_path / "out.blend"
    typed = ["retarget", str(stored(tmp_path)), "--rig", f"{rig}:unreal_ue4", "--out", str(out), "--fps", "20"]
    assert run([*typed, *([flag] if flag else [])]) == 0
    assert "frames 1 to 110" in capsys.readouterr().out
    bpy.ops.wm.open_mainfile(filepath=str(out))
    obj = bpy.data.objects["unreal_ue4"]
    assert obj.animation_data.action.name == "steps"
    names = expected("unreal_ue4")
    travels = {name: travel(obj, name) for name in ("root", str(names["pelvis"]), str(names["head"]))}
    walked = {"": (False, True), "--in-place": (False, False), "--root-bone": (True, True)}[flag]
    assert travels["root"] > 1.5 if walked[0] else travels["root"] < 1e-4
    assert travels[str(names["head"])] > 1.5 if walked[1] else travels[str(names["head"])] < 0.5


def travel(obj: object, bone: str) -> float:
    """Metres over the floor between the first frame and the 60th."""
    places = []
    for frame in (1, 60):
        bpy.context.scene.frame_set(frame)
        places.append(np.array(obj.matrix_world @ obj.pose.bones[bone].head))
    return float(np.linalg.norm((places[1] - places[0])[:2]))


def test_bad_input_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rig = rig_file(tmp_path, "mixamo")
    out = tmp_path / "out.blend"

    def told(clip: Path | str, where: Path | str = rig) -> str:
        assert run(["retarget", str(clip), "--rig", str(where), "--out", str(out)]) == BAD_INPUT
        assert not out.exists()
        return capsys.readouterr().err

    assert "no file" in told(tmp_path / "absent.npz")
    assert "root" in told(stored(tmp_path, root=np.zeros(0)))
    assert "not numbers" in told(stored(tmp_path, root=np.full((110, 3), np.nan)))
    assert "rotation is zero" in told(stored(tmp_path, rotations=np.zeros((110, skeleton.JOINT_COUNT, 4))))
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"PK\x03\x04 nothing")
    assert "cannot be read" in told(broken)
    good = stored(tmp_path)
    assert "no file" in told(good, tmp_path / "absent.fbx")
    assert "no file a rig can be read from" in told(good, good)
