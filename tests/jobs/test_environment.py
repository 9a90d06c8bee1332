"""Finding the engine's Python: the user's choice wins, a bad one is named, looking is cheap the second time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from blender_mmm.jobs import environment
from blender_mmm.jobs.engine_process import EngineMissingError
from blender_mmm.jobs.environment import EngineSettings, find_command, find_python, private_python, probe

posix = pytest.mark.skipif(sys.platform == "win32", reason="shell scripts stand for Pythons")


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_known", {})


def make_python(path: Path, answer: str) -> Path:
    """A program that answers the probe with `answer`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{answer}'\n")
    path.chmod(0o755)
    return path


GOOD = "[[3, 11], []]"


@posix
def test_the_users_choice_comes_before_the_private_one(tmp_path: Path) -> None:
    chosen = make_python(tmp_path / "mine", GOOD)
    private = make_python(private_python(tmp_path), GOOD)
    assert find_python(EngineSettings(python=str(chosen), private_home=str(tmp_path))) == chosen
    assert find_python(EngineSettings(private_home=str(tmp_path))) == private


@posix
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ('[[3, 11], ["torch"]]', "lacks torch"),
        ("[[3, 8], []]", "3.8"),
        ("hello", "not a Python"),
        ("", "not a Python"),
        ("7", "not a Python"),
    ],
)
def test_a_chosen_python_that_will_not_do_is_named(tmp_path: Path, answer: str, says: str) -> None:
    chosen = make_python(tmp_path / "mine", answer)
    with pytest.raises(EngineMissingError) as caught:
        find_python(EngineSettings(python=str(chosen)))
    assert says in caught.value.failure.message and str(chosen) in caught.value.failure.message
    assert "preferences" in caught.value.failure.advice


def test_a_path_that_is_not_there_and_a_file_that_is_no_program(tmp_path: Path) -> None:
    assert "no Python at" in probe(tmp_path / "nothing").defect
    assert "no Python at" in probe(tmp_path).defect
    plain = tmp_path / "text.txt"
    plain.write_text("not a program")
    assert "cannot be started" in probe(plain).defect


def test_without_any_python_the_user_is_told_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(EngineMissingError) as caught:
        find_python(EngineSettings(), own=str(tmp_path / "none"))
    assert "PyTorch" in caught.value.failure.message and "pip install torch" in caught.value.failure.advice


def test_one_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    def stall(*args: object, **kwargs: object) -> subprocess.CompletedProcess[bytes]:
        raise subprocess.TimeoutExpired("python", 30)

    program = tmp_path / "python"
    program.touch()
    assert "did not answer" in probe(program, stall).defect


@posix
def test_a_good_answer_is_remembered_and_a_bad_one_asked_again(tmp_path: Path) -> None:
    asked = []

    def count(arguments: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        asked.append(arguments)
        return subprocess.run(arguments, **options)

    good, bad = make_python(tmp_path / "good", GOOD), make_python(tmp_path / "bad", "no")
    for program in (good, good, bad, bad):
        probe(program, count)
    assert [Path(arguments[0]).name for arguments in asked] == ["good", "bad", "bad"]


@posix
def test_the_command_carries_the_settings(tmp_path: Path) -> None:
    chosen = make_python(tmp_path / "mine", GOOD)
    settings = EngineSettings(str(chosen), "cpu", str(tmp_path / "weights"), str(tmp_path / "text"))
    command = find_command(settings, tmp_path)
    assert command.arguments[:5] == (str(chosen), "-s", "-m", "engine", "serve")
    assert command.arguments[5:] == (
        *("--device", "cpu"),
        *("--weights", str(tmp_path / "weights")),
        *("--text-encoder", str(tmp_path / "text")),
    )


@posix
def test_the_network_is_used_only_when_allowed(tmp_path: Path) -> None:
    chosen = str(make_python(tmp_path / "mine", GOOD))
    offline = find_command(EngineSettings(python=chosen))
    assert "--online" not in offline.arguments and dict(offline.environment)["HF_HUB_OFFLINE"] == "1"
    online = find_command(EngineSettings(python=chosen, online=True))
    assert "--online" in online.arguments and not online.environment
