# ruff: noqa: E402 - what needs bpy is imported after it is known to be there
"""`mmm generate`: a sentence becomes files that other programs read, or a sentence tells why not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm.cli import run
from blender_mmm.engine_door import kinematics, skeleton

ROOT = Path(__file__).resolve().parents[2]
FAKE = ROOT / "tests" / "jobs" / "fakes" / "fake_engine.py"
Joint = skeleton.Joint


@pytest.fixture
def engine(tmp_path: Path) -> list[str]:
    """Arguments that put the fake engine in the place of the real one."""
    if sys.platform == "win32":
        pytest.skip("the fake engine is started by a shell script")
    folder = tmp_path / "engine"
    folder.mkdir()
    program = folder / "fake_python"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE}" "$@"\n')
    program.chmod(0o755)
    return ["--engine-python", str(program)]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def rig_file(tmp_path: Path) -> Path:
    """A file at 30 frames a second, at frame 11, with two armatures (the active one unmappable) and a cube."""
    from blender_mmm.files.mixamo_rig import create_mixamo_rig

    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.scene.render.fps = 30
    bpy.context.scene.frame_set(11)
    bpy.ops.mesh.primitive_cube_add()
    hero = create_mixamo_rig(bpy.context)
    hero.name = "Hero: one"
    bpy.ops.object.armature_add()
    bpy.context.object.name = "Prop"
    path = tmp_path / "rigs.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


def generate(*arguments: object) -> int:
    return run(["generate", *map(str, arguments)])


def armature() -> Any:
    found = [obj for obj in bpy.data.objects if obj.type == "ARMATURE"]
    assert len(found) == 1
    return found[0]


def heads(obj: Any, frame: int, *bones: str) -> np.ndarray:
    bpy.context.scene.frame_set(frame)
    posed = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return np.array([posed.matrix_world @ posed.pose.bones[bone].head for bone in bones])


LIMBS = ("left_wrist", "right_wrist", "left_knee", "right_ankle", "head")


def test_every_format_carries_the_same_motion(engine: list[str], out: Path) -> None:
    names = ("walk.blend", "walk.glb", "walk.fbx", "walk.bvh", "walk.npz", "walk.png", "walk.gif")
    wanted = [argument for name in names for argument in ("--out", out / name)]
    # Held feet would move legs away from what the .npz says.
    assert generate("a person walks", "--frames", 40, "--seed", 5, "--foot-lock", 0, *wanted, *engine) == 0
    assert sorted(p.name for p in out.iterdir()) == sorted(names)

    clip = np.load(out / "walk.npz", allow_pickle=False)
    assert str(clip["text"]) == "a person walks" and int(clip["seed"]) == 5 and float(clip["fps"]) == 20.0
    assert clip["joints"].shape[1:] == (skeleton.JOINT_COUNT, 3)
    assert np.allclose(clip["joints"], kinematics.forward_kinematics(clip["root"], clip["rotations"]), atol=1e-4)

    bpy.ops.wm.open_mainfile(filepath=str(out / "walk.blend"))
    scene = bpy.context.scene
    assert (scene.frame_start, scene.frame_end, scene.render.fps) == (1, 40, 24)
    frames = (1, 13, 25)
    truth = {frame: heads(armature(), frame, *LIMBS) for frame in frames}
    for frame in frames:  # model frames 0, 10 and 20
        model = clip["joints"][round((frame - 1) * 20 / 24)][[Joint[name.upper()] for name in LIMBS]]
        assert np.allclose(truth[frame], model[:, [0, 2, 1]] * [1, -1, 1], atol=0.02)

    importers = {
        "walk.glb": lambda path: bpy.ops.import_scene.gltf(filepath=path),
        "walk.fbx": lambda path: bpy.ops.import_scene.fbx(filepath=path, automatic_bone_orientation=False),
        "walk.bvh": lambda path: bpy.ops.import_anim.bvh(filepath=path),
    }
    for name, read in importers.items():
        bpy.ops.wm.read_factory_settings(use_empty=True)
        bpy.context.scene.render.fps = 24
        read(str(out / name))
        obj = armature()
        offset = round(obj.animation_data.action.frame_range[0]) - 1
        for frame in frames:
            assert np.allclose(heads(obj, frame + offset, *LIMBS), truth[frame], atol=0.02), (name, frame)


def test_the_same_command_twice_gives_the_same_clip(engine: list[str], out: Path) -> None:
    for name in ("a", "b"):
        assert generate("a person walks", "--seed", 3, "--out", out / f"{name}.npz", *engine) == 0
    assert (out / "a.npz").read_bytes() == (out / "b.npz").read_bytes()
    assert generate("a person walks", "--seed", 4, "--out", out / "c.npz", *engine) == 0
    assert (out / "a.npz").read_bytes() != (out / "c.npz").read_bytes()


@pytest.mark.parametrize(("rig", "bone"), [("mixamo", "mixamorig:Hips"), ("rigify", "spine")])
def test_named_rigs_walk(engine: list[str], out: Path, rig: str, bone: str) -> None:
    assert generate("a person walks", "--rig", rig, "--fps", 30, "--out", out / "rig.blend", *engine) == 0
    assert "rigify" not in bpy.context.preferences.addons
    bpy.ops.wm.open_mainfile(filepath=str(out / "rig.blend"))
    scene = bpy.context.scene
    assert scene.render.fps / scene.render.fps_base == 30
    (first,), (last,) = heads(armature(), 1, bone), heads(armature(), scene.frame_end, bone)
    assert 1.0 < first[1] - last[1] < 3.0  # two seconds at a metre a second, along -y, longer legs farther
    assert abs(first[0] - last[0]) < 0.01


def test_an_armature_in_a_file_moves_from_its_current_frame_at_its_rate(
    engine: list[str], out: Path, rig_file: Path
) -> None:
    before = rig_file.read_bytes()
    command = ["a person walks", "--seconds", 2, "--rig", f"{rig_file}:Hero: one", "--out", out / "hero.blend"]
    assert generate(*command, *engine) == 0
    assert rig_file.read_bytes() == before
    bpy.ops.wm.open_mainfile(filepath=str(out / "hero.blend"))
    hero = bpy.data.objects["Hero: one"]
    assert tuple(hero.animation_data.action.frame_range) == (11.0, 70.0)
    assert bpy.data.objects["Prop"].animation_data is None
    assert len([o for o in bpy.data.objects if o.type == "ARMATURE"]) == 2 and "Cube" in bpy.data.objects


def test_rigs_that_cannot_be_used_are_explained(
    engine: list[str], out: Path, rig_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = {
        f"{rig_file}:Nobody": ("Nobody", "Hero: one", "Prop"),
        f"{rig_file}:Cube": ("Cube", "no armature", "Hero: one"),
        f"{rig_file}:Prop": ("Prop", "No person was found"),
        f"{rig_file}": ("Prop", "No person was found"),  # the active one
        f"{out}/none.blend": ("no file", "none.blend"),
        "skeleton": ("skeleton", "rigify", "mixamo"),
        str(FAKE): ("fake_engine.py", "unknown"),
    }
    for rig, words in cases.items():
        assert generate("a person walks", "--rig", rig, "--out", out / "a.png", *engine) == 2
        told = capsys.readouterr().err
        assert all(word in told for word in words) and "Traceback" not in told, told
    assert not list(out.iterdir())


BAD = {
    "no text": (["", "--out", "a.png"], "text"),
    "only signs": (["\n\t!!", "--out", "a.png"], "text"),
    "long text": (["walk " * 2000, "--out", "a.png"], "characters"),
    "no suffix": (["walk", "--out", "a"], "no ending"),
    "unknown suffix": (["walk", "--out", "a.obj"], ".obj"),
    "twice": (["walk", "--out", "a.png", "--out", "a.png"], "twice"),
    "no folder": (["walk", "--out", "none/a.png"], "folder"),
    "both lengths": (["walk", "--out", "a.png", "--seconds", "2", "--frames", "9"], "both"),
    "no seconds": (["walk", "--out", "a.png", "--seconds", "0"], "more than 0"),
    "not a number": (["walk", "--out", "a.png", "--seconds", "nan"], "more than 0"),
    "endless": (["walk", "--out", "a.png", "--seconds", "1e9"], "longest"),
    "no frames": (["walk", "--out", "a.png", "--frames", "-3"], "at least 1"),
    "many frames": (["walk", "--out", "a.png", "--frames", "100000"], "longest"),
    "no rate": (["walk", "--out", "a.png", "--fps", "0"], "rate"),
    "negative seed": (["walk", "--out", "a.png", "--seed", "-1"], "seed"),
    "engine refuses": (["walk fail", "--out", "a.png"], "Ask for something else"),
    "engine dies": (["walk die", "--out", "a.png"], "stopped unexpectedly"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_a_sentence_and_leaves_nothing(
    case: str, engine: list[str], out: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(out)
    arguments, word = BAD[case]
    assert generate(*arguments, *engine) == 2
    told = capfd.readouterr()
    assert word in told.err and "Traceback" not in told.err and told.out == ""
    assert told.err.startswith("mmm: ") and told.err.count("\n") == 1
    assert not list(out.iterdir())


def test_a_missing_package_is_told_before_the_work(
    engine: list[str], out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    assert generate("walk die", "--out", out / "a.mp4", *engine) == 2
    assert "pip install imageio imageio-ffmpeg" in capsys.readouterr().err
    assert not list(out.iterdir())


def test_a_film_can_be_read_back(engine: list[str], out: Path) -> None:
    pytest.importorskip("imageio_ffmpeg")
    import imageio.v2 as imageio

    assert generate("a person walks", "--frames", 24, "--out", out / "walk.mp4", *engine) == 0
    with imageio.get_reader(out / "walk.mp4") as film:
        assert film.get_meta_data()["fps"] == 24
        assert film.count_frames() == 24


def run_mmm(arguments: list[str], environment: dict[str, str], limit: str = "") -> subprocess.CompletedProcess[str]:
    """As a user does, in a process of its own; limit: bytes a file may have."""
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}));" if limit else ""
    program = f"{limited}from blender_mmm.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "generate", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.mark.parametrize(
    ("text", "start", "status"), [("walk", "", 0), ("walk fail", "", 2), ("walk", "weights", 2), ("walk", "die", 2)]
)
def test_the_process_ends_by_itself(engine: list[str], out: Path, text: str, start: str, status: int) -> None:
    done = run_mmm([text, "--rig", "rigify", "--out", str(out / "a.npz"), *engine], {"MMM_FAKE_START": start})
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert [p.name for p in out.iterdir()] == ([] if status else ["a.npz"])


@pytest.mark.skipif(sys.platform == "win32", reason="file sizes cannot be limited there")
@pytest.mark.parametrize("name", ["a.npz", "a.blend", "a.glb", "a.fbx", "a.bvh", "a.png", "a.gif"])
def test_a_full_disk_leaves_nothing(engine: list[str], out: Path, name: str) -> None:
    done = run_mmm(["a person walks", "--out", str(out / name), *engine], {}, limit="5000")
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr and name in done.stderr and "mmm: " in done.stderr
    assert not list(out.iterdir())
