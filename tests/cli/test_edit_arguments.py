"""What may be typed after `mmm fill`, `part`, `loop` and `story`: ranges, and sentences for everything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blender_mmm.cli import run
from blender_mmm.cli.edit_command import join_ranges, to_span
from blender_mmm.cli.errors import CommandError

WHOLE = st.integers(-9999, 9999)


@given(WHOLE, st.integers(1, 9999))
def test_a_range_is_read_as_it_was_meant(start: int, length: int) -> None:
    assert to_span(f"{start}:{start + length}") == (start, start + length)
    typed = ["fill", "a.blend", "--range", f"{start}:{start + length}", "--seed", "-1"]
    assert join_ranges(typed) == ["fill", "a.blend", f"--range={start}:{start + length}", "--seed", "-1"]


@given(WHOLE, st.integers(0, 9999))
def test_an_empty_range_is_refused(start: int, back: int) -> None:
    with pytest.raises(CommandError, match="empty"):
        to_span(f"{start}:{start - back}")


@pytest.mark.parametrize("text", ["", "5", ":", "5:", "a:b", "1.5:9", "1:2:3", "1-9", "9999999999:5"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="no range"):
        to_span(text)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.blend").write_bytes(b"not looked into")
    (tmp_path / "in.fbx").write_bytes(b"")
    (tmp_path / "empty.txt").write_text("# nothing\n\n")
    (tmp_path / "bad.txt").write_text("walks\nsits | soon\n")
    (tmp_path / "latin.txt").write_bytes(b"l\xe4uft")
    (tmp_path / "good.txt").write_text("walks | 2\nsits\n")
    return tmp_path


OUT = ["--out", "out.blend"]
BAD = {
    "no file": (["fill", "none.blend", "--range", "1:9", *OUT], "no file"),
    "another format": (["fill", "in.fbx", "--range", "1:9", *OUT], "no Blender file"),
    "out is no blend": (["fill", "in.blend", "--range", "1:9", "--out", "out.fbx"], "no Blender file"),
    "no folder": (["fill", "in.blend", "--range", "1:9", "--out", "none/out.blend"], "folder"),
    "no range": (["fill", "in.blend", "--range", "soon", *OUT], "no range"),
    "empty range": (["loop", "in.blend", "--range", "9:9", *OUT], "empty"),
    "two ranges": (["loop", "in.blend", "--range", "1:9", "--range", "20:30", *OUT], "one --range"),
    "texts": (
        ["fill", "in.blend", "--range", "1:9", "--text", "a", "--text", "b", *OUT],
        "one for each",
    ),
    "no text": (["part", "in.blend", "--range", "1:9", "--text", "!", *OUT], "no text"),
    "seed": (["fill", "in.blend", "--range", "1:9", "--seed", "-1", *OUT], "seed"),
    "takes": (["fill", "in.blend", "--range", "1:9", "--takes", "0", *OUT], "takes"),
    "blend": (["fill", "in.blend", "--range", "1:9", "--blend", "-1", *OUT], "blend"),
    "reduce": (["fill", "in.blend", "--range", "1:9", "--reduce", "nan", *OUT], "reduced"),
    "no story": (["story", "none.txt", *OUT], "none.txt"),
    "empty story": (["story", "empty.txt", *OUT], "no line"),
    "bad line": (["story", "bad.txt", *OUT], "Line 2"),
    "no text file": (["story", "latin.txt", *OUT], "UTF-8"),
    "story format": (["story", "good.txt", "--out", "out.obj"], ".obj"),
    "feet": (["story", "good.txt", "--foot-lock", "1.5", *OUT], "between 0 and 1"),
    "feet of a new motion": (["generate", "walks", "--foot-lock", "nan", *OUT], "between 0 and 1"),
    "story takes": (["story", "good.txt", "--takes", "99", *OUT], "takes"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_a_sentence(case: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments, word = BAD[case]
    before = sorted(folder.iterdir())
    assert run(arguments) == 2
    told = capsys.readouterr()
    assert word in told.err and "Traceback" not in told.err and told.out == ""
    assert told.err.startswith("mmm: ") and told.err.count("\n") == 1
    assert sorted(folder.iterdir()) == before
