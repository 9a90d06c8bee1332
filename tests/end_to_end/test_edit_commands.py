# ruff: noqa: E402 - what needs bpy is imported after it is known to be there
"""`mmm fill`, `part`, `loop` and `story` on real files, with the fake engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm.cli import run
from blender_mmm.scene.action_channels import find_channels


@pytest.fixture
def engine(fake_python: str) -> list[str]:
    return ["--engine-python", fake_python]


@pytest.fixture
def walk(tmp_path: Path, engine: list[str]) -> Path:
    """A file with a character that walks from frame 1 to 96, and another that stands still."""
    path = tmp_path / "walk.blend"
    assert run(["generate", "a person walks", "--frames", "96", "--out", str(path), *engine]) == 0
    from blender_mmm import apply

    bpy.ops.wm.open_mainfile(filepath=str(path))
    apply.create_character(bpy.context).name = "Still"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


def edit(command: str, source: Path, out: Path, *arguments: object) -> int:
    words = [command, str(source), "--armature", "MMM Character", *map(str, arguments), "--out", str(out)]
    return run(words)


def keys(path: Path, name: str = "MMM Character") -> dict[tuple[str, int], np.ndarray]:
    bpy.ops.wm.open_mainfile(filepath=str(path))
    curves = find_channels(bpy.data.objects[name]).fcurves
    return {(c.data_path, c.array_index): np.array([k.co for k in c.keyframe_points]) for c in curves}


def differing(before: dict[Any, np.ndarray], after: dict[Any, np.ndarray]) -> set[int]:
    one = {(name, *key) for name, rows in before.items() for key in map(tuple, rows)}
    two = {(name, *key) for name, rows in after.items() for key in map(tuple, rows)}
    return {round(key[1]) for key in one ^ two}


def test_fill_changes_the_half_open_ranges_only(walk: Path, tmp_path: Path, engine: list[str]) -> None:
    out = tmp_path / "filled.blend"
    before, content = keys(walk), walk.read_bytes()
    ranges = ("--range", "11:21", "--range", "40:60")
    assert edit("fill", walk, out, *ranges, "--text", "", "--text", "jumps", *engine) == 0
    assert walk.read_bytes() == content
    changed = differing(before, keys(out))
    assert changed and changed <= {*range(11, 21), *range(40, 60)}


def test_the_same_seed_is_the_same_and_takes_are_actions(walk: Path, tmp_path: Path, engine: list[str]) -> None:
    first, second = tmp_path / "first.blend", tmp_path / "second.blend"
    for out in (first, second):
        assert edit("fill", walk, out, "--range", "30:50", "--seed", 4, "--takes", 2, *engine) == 0
    assert not differing(keys(first), keys(second))
    names = {action.name for action in bpy.data.actions}
    assert {"a person walks", "Fill gaps / a person walks", "Fill gaps / a person walks.001"} <= names


def test_part_leaves_the_legs(walk: Path, tmp_path: Path, engine: list[str]) -> None:
    out = tmp_path / "part.blend"
    before = keys(walk)
    assert edit("part", walk, out, "--part", "upper", "--range", "20:60", "--text", "waves", *engine) == 0
    after = keys(out)
    moved = {name[0] for name in before if not np.array_equal(before[name], after[name])}
    assert moved and not any(word in path for path in moved for word in ("hip", "knee", "ankle", "foot", "pelvis"))
    assert differing(before, after) <= set(range(20, 60))


def test_loop_repeats(walk: Path, tmp_path: Path, engine: list[str]) -> None:
    out = tmp_path / "loop.blend"
    assert edit("loop", walk, out, "--range", "20:61", "--in-place", *engine) == 0
    keys(out)
    curves = [c for c in find_channels(bpy.data.objects["MMM Character"]).fcurves if len(c.modifiers)]
    assert curves
    for curve in curves:
        assert curve.evaluate(20) == pytest.approx(curve.evaluate(60), abs=1e-5)
        assert curve.evaluate(27) == pytest.approx(curve.evaluate(67), abs=1e-5)


def test_a_story_has_a_marker_for_each_line(tmp_path: Path, engine: list[str]) -> None:
    text, out = tmp_path / "story.txt", tmp_path / "story.blend"
    text.write_text("# a short day\na person walks | 2\n\nsits down\n")
    assert run(["story", str(text), "--fps", "30", "--out", str(out), *engine]) == 0
    bpy.ops.wm.open_mainfile(filepath=str(out))
    markers = [(marker.name, marker.frame) for marker in bpy.context.scene.timeline_markers]
    assert markers == [("a person walks", 1), ("sits down", 61)]
    assert bpy.context.scene.frame_end == 119


BAD = {
    "unknown armature": (["--armature", "Nobody", "--range", "10:20"], "Nobody"),
    "no animation": (["--armature", "Still", "--range", "10:20"], "no animation"),
    "far outside": (["--range", "5000:5020"], "action"),
    "everything": (["--range", "0:500"], "whole action"),
    "10,000 frames": (["--range", "50:10050"], "frames"),
    "overlap": (["--range", "10:20", "--range", "15:30"], "overlap"),
    "engine refuses": (["--range", "10:20", "--text", "fail"], "Ask for something else"),
    "engine dies": (["--range", "10:20", "--text", "die"], "stopped unexpectedly"),
    "negative and empty": (["--range", "-20:-30"], "empty"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_a_sentence_and_leaves_nothing(
    case: str, walk: Path, tmp_path: Path, engine: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    arguments, word = BAD[case]
    named = [] if "--armature" in arguments else ["--armature", "MMM Character"]
    out = tmp_path / "out.blend"
    out.write_bytes(b"older")
    capfd.readouterr()
    assert run(["fill", str(walk), *named, *arguments, "--out", str(out), *engine]) == 2
    told = capfd.readouterr()
    assert word in told.err and "Traceback" not in told.err and told.err.count("\n") == 1, told.err
    assert out.read_bytes() == b"older"


def test_a_file_that_is_no_blender_file_is_a_sentence(
    tmp_path: Path, engine: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    fake = tmp_path / "fake.blend"
    fake.write_text("nothing")
    assert run(["fill", str(fake), "--range", "1:9", "--out", str(tmp_path / "out.blend"), *engine]) == 2
    assert "cannot be opened" in capfd.readouterr().err and not (tmp_path / "out.blend").exists()
