"""The child process as a user meets it: it answers, it dies, it talks nonsense, it is never left behind."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from blender_mmm.engine_door import ENGINE_HOME, events, messages, requests
from blender_mmm.jobs.engine_process import (
    END_PATIENCE,
    EngineCommand,
    EngineMissingError,
    EngineProcess,
    Gone,
    Incoming,
    clean_environment,
)
from blender_mmm.jobs.job import Failure

StartFake = Callable[..., EngineProcess]


def collect(engine: EngineProcess, until: Callable[[Incoming], bool], seconds: float = 20.0) -> list[Incoming]:
    """Everything the engine says up to the first message for which `until` holds."""
    heard: list[Incoming] = []
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        for incoming in engine.poll():
            heard.append(incoming)
            if until(incoming):
                return heard
        time.sleep(0.01)
    raise AssertionError(f"not heard within {seconds} s; heard {heard}")


def is_gone(incoming: Incoming) -> bool:
    return isinstance(incoming, Gone)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def ask(text: str, job: int = 1) -> dict[str, object]:
    return {**messages.to_message(requests.GenerateRequest(text, 2.0, 0))[0], "id": job}


def test_ready_then_progress_then_one_clip(start_fake: StartFake) -> None:
    engine = start_fake()
    engine.send(ask("a person walks"))
    heard = collect(engine, lambda e: isinstance(e, events.Finished))
    assert isinstance(heard[0], events.Ready)
    assert [type(e) for e in heard[1:-1]] == [events.Progress] * 4
    assert len(heard[-1].clip) == 40


def test_close_ends_the_child(start_fake: StartFake) -> None:
    engine = start_fake()
    collect(engine, lambda e: isinstance(e, events.Ready))
    pid = engine.pid
    began = time.monotonic()
    engine.close()
    assert time.monotonic() - began < 4 * END_PATIENCE + 0.5
    assert not is_alive(pid)


def test_a_child_that_ignores_everything_is_killed_in_bounded_time(start_fake: StartFake) -> None:
    stubborn = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('up', file=sys.stderr, flush=True)\n"
        "time.sleep(600)"
    )
    engine = start_fake(script=stubborn)
    while not engine._stderr:
        time.sleep(0.01)
    began = time.monotonic()
    engine.close()
    assert time.monotonic() - began < 4 * END_PATIENCE + 0.5
    assert not is_alive(engine.pid)


def test_closing_during_the_start_leaves_no_child(start_fake: StartFake) -> None:
    engine = start_fake("slow")
    engine.close()
    engine._supervisor.join(10)
    assert engine.pid is None or not is_alive(engine.pid)


def test_what_the_child_said_last_is_in_the_report(start_fake: StartFake) -> None:
    engine = start_fake()
    engine.send(ask("die"))
    gone = collect(engine, is_gone)[-1]
    assert "exit code 3" in gone.failure.message
    assert "fake engine dies as told" in gone.failure.detail
    assert "Generate again" in gone.failure.advice


def test_stderr_without_end_neither_blocks_nor_grows(start_fake: StartFake) -> None:
    noisy = "import sys\nfor n in range(20000): print('noise', n, file=sys.stderr)\nsys.exit(5)"
    gone = collect(start_fake(script=noisy), is_gone)[-1]
    assert "exit code 5" in gone.failure.message
    assert "noise 19999" in gone.failure.detail
    assert len(gone.failure.detail) < 10_000


def say_line(header: str) -> str:
    """A child that sends one line and then keeps its output open."""
    return f"import time; print({header!r}, flush=True); time.sleep(60)"


GARBAGE = {
    "random bytes": "import os,sys; [sys.stdout.buffer.write(os.urandom(65536)) for _ in range(64)]",
    "one line without end": "import sys\nwhile True: sys.stdout.buffer.write(b'x' * 65536)",
    "not an object": say_line("[1, 2]"),
    "nested without end": say_line("[" * 100_000),
    "infinite shape": say_line('{"arrays": [["a", "<f8", [1e999]]]}'),
    "huge array": say_line('{"arrays": [["a", "<f8", [99999999999]]]}'),
    "absurd shape": say_line('{"arrays": [["a", "<f8", [0, 10000000000000000000000]]]}'),
    "unknown kind": say_line('{"kind": "surprise"}'),
    "clip without arrays": say_line('{"kind": "finished", "job": 1, "fps": 20}'),
    "a library's print": say_line("Loading weights..."),
}


@pytest.mark.parametrize("script", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_ends_the_child_with_a_sentence(start_fake: StartFake, script: str) -> None:
    engine = start_fake(script=script)
    gone = collect(engine, is_gone)[-1]
    assert gone.failure.message == "The motion engine sent something that cannot be read, so it was stopped."
    assert gone.failure.detail
    assert not is_alive(engine.pid)


def test_a_child_that_never_stops_talking_does_not_fill_the_memory(start_fake: StartFake) -> None:
    chatter = (
        "import sys\n"
        'line = b\'{"kind": "progress", "job": 1, "fraction": 0.5, "message": "\' + b"x" * 1000 + b\'"}\\n\'\n'
        "while True: sys.stdout.buffer.write(line)"
    )
    engine = start_fake(script=chatter)
    time.sleep(1.5)
    assert engine._inbox.qsize() <= engine._inbox.maxsize
    assert 0 < len(engine.poll()) <= 64
    engine.close()
    assert not is_alive(engine.pid)


def test_a_write_to_a_dead_child_does_not_raise(start_fake: StartFake) -> None:
    engine = start_fake("die")
    heard = collect(engine, is_gone)
    engine.send(ask("a person walks"))
    assert "exit code 7" in heard[-1].failure.message


def test_a_large_request_does_not_block_when_the_child_does_not_read(start_fake: StartFake) -> None:
    engine = start_fake(script="import time; time.sleep(600)")
    began = time.monotonic()
    for _ in range(100):
        engine.send({"kind": "generate", "text": "x" * 100_000})
    assert time.monotonic() - began < 0.1


def test_a_missing_program_becomes_a_sentence() -> None:
    engine = EngineProcess(lambda: EngineCommand(("/nowhere/python",), ENGINE_HOME))
    gone = collect(engine, is_gone)[-1]
    assert "/nowhere/python" in gone.failure.message and "preferences" in gone.failure.advice


def test_a_missing_environment_becomes_a_sentence() -> None:
    def refuse() -> EngineCommand:
        raise EngineMissingError(Failure("There is none.", "Make one."))

    assert collect(EngineProcess(refuse), is_gone)[-1].failure == Failure("There is none.", "Make one.")


def test_a_slow_search_for_python_does_not_hold_up_the_caller() -> None:
    def search() -> EngineCommand:
        time.sleep(2)
        raise EngineMissingError(Failure("none"))

    began = time.monotonic()
    engine = EngineProcess(search)
    engine.poll()
    engine.stop()
    assert time.monotonic() - began < 0.1


def test_the_child_gets_none_of_blenders_python_settings(
    start_fake: StartFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
    monkeypatch.setenv("SOME_SETTING", "kept")
    clean = clean_environment(Path("home"))
    assert "PYTHONHOME" not in clean and clean["PYTHONPATH"] == "home" and clean["SOME_SETTING"] == "kept"
    collect(start_fake(), lambda e: isinstance(e, events.Ready))  # with PYTHONHOME it could not start at all


def test_the_users_folder_is_not_on_the_childs_path(
    start_fake: StartFake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise RuntimeError('the user has a file of this name')")
    monkeypatch.chdir(tmp_path)
    collect(start_fake(), lambda e: isinstance(e, events.Ready))


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
def test_the_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    """As when Blender crashes: nobody is left to stop the engine; the closed pipe does."""
    import signal
    import subprocess

    fake = Path(__file__).parent / "fakes" / "fake_engine.py"
    parent_script = (
        "import sys, time\n"
        f"sys.path.insert(0, {str(ENGINE_HOME)!r})\n"
        "from pathlib import Path\n"
        "from blender_mmm.jobs.engine_process import EngineCommand, EngineProcess\n"
        f"home, fake = Path({str(ENGINE_HOME)!r}), {str(fake)!r}\n"
        "c = EngineCommand((sys.executable, fake, '-s', '-m', 'engine', 'serve'), home)\n"
        "e = EngineProcess(lambda: c)\n"
        "while not e.poll(): time.sleep(0.01)\n"
        "print(e.pid, flush=True); time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", parent_script], stdout=subprocess.PIPE)
    child = int(parent.stdout.readline())
    assert is_alive(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    give_up = time.monotonic() + 5
    while is_alive(child) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert not is_alive(child)
