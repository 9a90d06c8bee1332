"""The engine's child process: started, written to, read and stopped without ever holding up the caller.

Every blocking step has its own thread: one finds a Python, starts the child and reads its events, one
writes requests, one drains stderr. The caller only puts into and takes from queues; `close` is bounded.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, TypeAlias, cast

from ..engine_door import events, wire
from .job import Failure, readable

END_PATIENCE: Final = 0.7  # seconds given to each step of stopping: end of input, terminate, kill
STDERR_LINES: Final = 60
STDERR_LINE_BYTES: Final = 4096
INBOX_SIZE: Final = 512  # a child that talks without end is slowed down, not stored
EVENTS_PER_POLL: Final = 64


class EngineMissingError(RuntimeError):
    """The engine cannot be started; carries the sentences for the user."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


@dataclass(frozen=True)
class EngineCommand:
    """How to start the child."""

    arguments: tuple[str, ...]
    home: Path  # holds engine/ and weights/
    environment: tuple[tuple[str, str], ...] = ()  # added to the clean one


@dataclass(frozen=True)
class Gone:
    """The child has ended, could not start or had to be killed: no further message will come."""

    failure: Failure


Incoming: TypeAlias = events.Event | Gone


def clean_environment(home: Path, inherited: dict[str, str] | None = None) -> dict[str, str]:
    """The parent's environment without its Python settings, which belong to Blender's Python, not the engine's."""
    source = dict(os.environ) if inherited is None else inherited
    kept = {name: value for name, value in source.items() if not name.upper().startswith(("PYTHON", "__PYVENV"))}
    return {**kept, "PYTHONPATH": str(home), "PYTHONUTF8": "1"}


def detached_flags() -> dict[str, Any]:
    """Popen arguments: no console window on Windows; elsewhere its own group, so Ctrl+C in a terminal spares it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


@dataclass
class EngineProcess:
    """A running (or starting, or gone) engine. `find_command` may be slow or raise EngineMissingError."""

    find_command: Callable[[], EngineCommand]
    _inbox: queue.Queue[Incoming] = field(default_factory=lambda: queue.Queue(INBOX_SIZE))
    _outbox: queue.SimpleQueue[tuple[dict[str, Any], wire.Arrays] | None] = field(default_factory=queue.SimpleQueue)
    _stderr: deque[str] = field(default_factory=lambda: deque(maxlen=STDERR_LINES))
    _stopping: threading.Event = field(default_factory=threading.Event)
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self._supervisor = _in_thread(self._supervise)

    def send(self, header: dict[str, Any], arrays: wire.Arrays | None = None) -> None:
        """Hand a message to the writer. A child that is dead answers with Gone, here nothing raises."""
        self._outbox.put((header, arrays or {}))

    def poll(self) -> list[Incoming]:
        """What has arrived since the last call, oldest first, a bounded number; never waits."""
        arrived: list[Incoming] = []
        while len(arrived) < EVENTS_PER_POLL:
            try:
                arrived.append(self._inbox.get_nowait())
            except queue.Empty:
                break
        return arrived

    def stop(self) -> None:
        """Begin to stop; returns at once."""
        self._stopping.set()
        self._outbox.put(None)
        _in_thread(self._end)

    def close(self) -> None:
        """Stop, and come back when the child and our threads are gone; takes at most four times END_PATIENCE.

        A thread still alive when Blender's Python module shuts down can keep it from ending.
        """
        self._stopping.set()
        self._outbox.put(None)
        self._end()
        self._supervisor.join(END_PATIENCE)

    @property
    def pid(self) -> int | None:
        """The child's process id once it is started."""
        return self._process.pid if self._process else None

    def _supervise(self) -> None:
        try:
            process = self._start()
        except EngineMissingError as error:
            self._say(Gone(error.failure))
            return
        writer = _in_thread(self._write, process.stdin)
        drain = _in_thread(self._drain, process.stderr)
        if self._stopping.is_set():
            self._end()
        defect = self._read(cast(BinaryIO, process.stdout))
        self._end_after(process, defect)
        drain.join(END_PATIENCE)
        writer.join(END_PATIENCE)
        self._say(Gone(self._explain(process.returncode, defect)))

    def _start(self) -> subprocess.Popen[bytes]:
        command = self.find_command()
        environment = {**clean_environment(command.home), **dict(command.environment)}
        pipe = subprocess.PIPE
        try:
            self._process = subprocess.Popen(
                command.arguments,
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                cwd=command.home,  # `-m` puts the working folder first on sys.path: never the user's
                env=environment,
                **detached_flags(),
            )
        except (OSError, ValueError) as error:
            advice = "Choose another Python in the extension's preferences."
            message = f"The motion engine could not be started with {command.arguments[0]}: {error}."
            raise EngineMissingError(Failure(message, advice)) from error
        return self._process

    def _read(self, stream: BinaryIO) -> str:
        """Pass on events until the stream ends; the text returned tells what was wrong with it, if anything was."""
        try:
            while not self._stopping.is_set():
                message = wire.read_message(stream)
                if message is None:
                    return ""
                self._say(events.from_message(*message))
        except (wire.WireError, events.EventError, ValueError, ArithmeticError, MemoryError, OSError) as error:
            return readable(f"{type(error).__name__}: {error}")
        return ""

    def _write(self, stream: BinaryIO) -> None:
        try:
            with stream:
                while (message := self._outbox.get()) is not None:
                    wire.write_message(stream, *message)
        except OSError:
            return  # the child is gone: the reader meets the end of the stream and says so

    def _drain(self, stream: IO[bytes]) -> None:
        while line := stream.readline(STDERR_LINE_BYTES):
            self._stderr.append(line.decode("utf-8", "replace").rstrip())

    def _say(self, incoming: Incoming) -> None:
        while not self._stopping.is_set():
            try:
                self._inbox.put(incoming, timeout=0.2)
                return
            except queue.Full:
                continue

    def _end_after(self, process: subprocess.Popen[bytes], defect: str) -> None:
        """The child closed its output, or talks nonsense: it is of no more use."""
        self._outbox.put(None)
        try:
            process.wait(0.0 if defect else END_PATIENCE)
        except subprocess.TimeoutExpired:
            self._end()

    def _end(self) -> None:
        process = self._process
        if process is None:  # not started yet: the supervisor sees the flag and ends it
            return
        for act in (None, signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
            if act is not None:
                _signal_group(process, act)
            try:
                process.wait(END_PATIENCE)
                return
            except subprocess.TimeoutExpired:
                continue

    def _explain(self, code: int | None, defect: str) -> Failure:
        tail = "\n".join(self._stderr)
        if defect:
            message = "The motion engine sent something that cannot be read, so it was stopped."
            return Failure(message, "Generate again; it starts anew.", f"{defect}\n{tail}".strip())
        message = f"The motion engine stopped unexpectedly ({_exit_name(code)})."
        last = readable(self._stderr[-1], 200) if self._stderr else ""
        advice = "Generate again; it starts anew." + (f" Its last words: {last}" if last else "")
        return Failure(message, advice, tail)


def _in_thread(function: Callable[..., None], *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=function, args=arguments, daemon=True, name=f"mmm{function.__name__}")
    thread.start()
    return thread


def _signal_group(process: subprocess.Popen[bytes], act: signal.Signals) -> None:
    """Signal the child and whatever it started; a child already gone is fine."""
    try:
        if sys.platform == "win32":
            process.kill()
        elif process.poll() is None:
            os.killpg(process.pid, act)
    except (ProcessLookupError, PermissionError):
        return


def _exit_name(code: int | None) -> str:
    if code is None:
        return "it does not answer"
    if code >= 0:
        return f"exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"{name}, perhaps out of memory" if name == "SIGKILL" else name
