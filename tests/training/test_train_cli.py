"""The training commands refuse what cannot end well, with a sentence and before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.training.cli import main
from engine.training.runs import Run


def test_one_part_learns_only_beside_one_that_has_learnt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    assert main(["tokenizer", "--data", str(tmp_path), "--run", str(run), "--only", "upper"]) == 2
    assert "--start" in capsys.readouterr().err
    assert not run.exists()


def test_going_on_from_a_run_that_has_nothing_says_what_to_train(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--data", str(tmp_path), "--run", str(tmp_path / "none"), "--weights", str(tmp_path)]) == 2
    assert "Train it first" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, b"", b"no archive"])
def test_own_motion_that_cannot_be_read_is_a_sentence(
    tmp_path: Path, content: bytes | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.npz"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setattr(Run, "motion_set", lambda run: None)
    assert main(["length", "--data", str(tmp_path), "--run", str(tmp_path / "run"), "--own", str(file)]) == 2
    assert "evaluate choose" in capsys.readouterr().err
