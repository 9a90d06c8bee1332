"""The server in a real child process, over real pipes, with a fake pipeline."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.motion.clip import MotionClip
from engine.motion.skeleton import CONTACT_JOINTS, JOINT_COUNT
from engine.protocol import events, messages, requests, wire

ROOT = Path(__file__).resolve().parents[2]

#: A pipeline whose behaviour the text chooses: so the tests read like conversations.
CHILD = """
import os, sys, time
import numpy as np
from engine.motion.clip import MotionClip
from engine.motion.skeleton import CONTACT_JOINTS, JOINT_COUNT
from engine.protocol.events import Take
from engine.service.process import run

class Fake:
    title, device = "fake 1", "cpu"
    def run(self, asked, on_step, is_cancelled):
        if hasattr(asked, "clip"):
            return (Take(asked.clip, np.ones(2), asked.seed),)
        text = asked.text
        print("a library prints in the middle of a job")
        os.write(1, b"and another one below Python")
        if text == "break":
            raise ValueError("a bone is loose")
        if text == "memory":
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        if text == "hang":
            on_step(0.0, "hanging")
            time.sleep(60)  # a kernel that looks at nothing
        for step in range(200 if text == "slow" else 4):
            on_step(step / 4, f"step {step}")
            if is_cancelled():
                raise RuntimeError("what is raised after a cancel is nobody's business")
            time.sleep(0.02 if text == "slow" else 0.0)
        frames = 8
        rotations = np.zeros((frames, JOINT_COUNT, 4))
        rotations[..., 0] = 1
        root = np.full((frames, 3), float(asked.seed))
        clip = MotionClip(root, rotations, np.zeros((frames, len(CONTACT_JOINTS))))
        return tuple(Take(clip, np.array([0.5, 1.0]), asked.seed + i) for i in range(asked.takes))

def load():
    mode = sys.argv[1]
    if mode == "slow start":
        time.sleep(60)
    if mode == "no package":
        raise ModuleNotFoundError("No module named 'torch'")
    return Fake()

run(load)
"""


class Child:
    """One engine process and a conversation with it."""

    def __init__(self, mode: str = "normal") -> None:
        command = [sys.executable, "-s", "-c", CHILD, mode]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, bufsize=0
        )
        self.input, output = self.process.stdin, self.process.stdout
        assert self.input is not None and output is not None
        self.output = io.BufferedReader(output)  # type: ignore[arg-type, type-var]

    def ask(self, job: object, text: object = "walk", **fields: Any) -> None:
        self.send({"kind": "generate", "id": job, "text": text, "seconds": None, "seed": 7, **fields})

    def send(self, header: dict[str, Any], arrays: dict[str, Any] | None = None) -> None:
        packet = io.BytesIO()
        wire.write_message(packet, header, arrays)
        self.raw(packet.getvalue())

    def raw(self, data: bytes) -> None:
        assert self.input is not None
        self.input.write(data)

    def next(self) -> events.Event:
        message = wire.read_message(self.output)
        assert message is not None, "the engine closed its side"
        return events.from_message(*message)

    def ending(self) -> events.Event:
        """The next event that is no progress."""
        while isinstance(event := self.next(), events.Progress):
            pass
        return event

    def close(self) -> int:
        assert self.input is not None
        self.input.close()
        return self.process.wait(timeout=10)


@pytest.fixture
def child() -> Iterator[Child]:
    started = Child()
    assert isinstance(started.next(), events.Ready)
    yield started
    started.process.kill()
    started.process.wait()


def test_the_first_event_is_ready_and_names_weights_and_device() -> None:
    child = Child()
    ready = child.next()
    assert (ready.weights, ready.device) == ("fake 1", "cpu")  # type: ignore[union-attr]
    assert child.close() == 0


def test_a_job_reports_every_step_and_ends_once_with_its_clip(child: Child) -> None:
    child.ask(3)
    steps = [child.next() for _ in range(4)]
    assert [step.fraction for step in steps] == [0, 0.25, 0.5, 0.75]  # type: ignore[union-attr]
    finished = child.next()
    assert isinstance(finished, events.Finished)
    assert finished.job == 3
    assert finished.clip.root[0, 0] == 7
    assert finished.confidence.tolist() == [0.5, 1.0]


def test_what_libraries_print_does_not_reach_the_protocol(child: Child) -> None:
    for job in range(3):
        child.ask(job)
        assert isinstance(child.ending(), events.Finished)


@pytest.mark.parametrize("text", ["slow", "hang"])
def test_cancel_is_answered_within_the_promised_time(child: Child, text: str) -> None:
    child.ask(1, text)
    child.next()
    started = time.monotonic()
    child.send(messages.to_message(requests.CancelRequest(1))[0])
    assert child.ending() == events.Cancelled(1)
    assert time.monotonic() - started < 0.3


def test_a_cancelled_job_has_one_ending_and_the_next_one_runs(child: Child) -> None:
    child.ask(1, "slow")
    child.ask(2, "walk")
    child.ask(3, "walk")
    child.next()
    child.send(messages.to_message(requests.CancelRequest(2))[0])  # still waiting
    child.send(messages.to_message(requests.CancelRequest(1))[0])  # running
    child.send(messages.to_message(requests.CancelRequest(1))[0])  # again
    child.send(messages.to_message(requests.CancelRequest(99))[0])  # never heard of
    assert [child.ending() for _ in range(2)] == [events.Cancelled(2), events.Cancelled(1)]
    last = child.ending()
    assert isinstance(last, events.Finished) and last.job == 3


def test_an_exception_is_a_sentence_and_the_engine_lives_on(child: Child) -> None:
    child.ask(1, "break")
    failed = child.ending()
    assert isinstance(failed, events.Failed)
    assert failed.kind is events.FailureKind.INTERNAL
    assert "a bone is loose" in failed.message and "Traceback" in failed.traceback and failed.advice
    child.ask(2, "memory")
    failed = child.ending()
    assert isinstance(failed, events.Failed) and failed.kind is events.FailureKind.MEMORY
    child.ask(3)
    assert isinstance(child.ending(), events.Finished)


@pytest.mark.parametrize(
    "fields",
    [
        {"text": ""},
        {"text": "\x00\x07 \n"},
        {"text": "a" * 10_000},
        {"text": 5},
        {"text": None},
        {"seconds": 0},
        {"seconds": -1},
        {"seconds": 1e9},
        {"seconds": "long"},
        {"seconds": True},
        {"seconds": [1]},
        {"seconds": 10**400},
        {"seed": -1},
        {"seed": 2**31},
        {"seed": 1.5},
        {"seed": None},
        {"kind": "fly"},
        {"kind": ["generate"]},
        {"extra": 1},
    ],
)
def test_a_request_that_cannot_be_served_fails_with_a_sentence(child: Child, fields: dict[str, Any]) -> None:
    child.ask(1, **fields)
    failed = child.ending()
    assert isinstance(failed, events.Failed)
    assert (failed.job, failed.kind) == (1, events.FailureKind.REQUEST)
    assert len(failed.message) > 10 and not failed.traceback
    child.ask(2)
    assert isinstance(child.ending(), events.Finished)


@pytest.mark.parametrize(
    "data",
    [
        b"\n",
        b"hello\n",
        b"\xff\xfe\x00\x80\n",
        b"[1, 2]\n",
        b"null\n",
        b"{" * 100_000 + b"\n",
        b'{"arrays": 5}\n',
        b'{"arrays": [["x", "|O8", [1]]]}\n',
        b'{"arrays": [["x", "<f8", [-1]]]}\n',
        b'{"arrays": [["x", "<f8", [Infinity]]]}\n',
        b'{"arrays": [["x", "<f8", [999999999999]]]}\n',
        b"{}\n",
        b'{"kind": "generate"}\n',
        b'{"kind": "generate", "id": "one"}\n',
        b'{"kind": "generate", "id": true}\n',
    ],
)
def test_bytes_that_are_no_message_are_answered_and_survived(child: Child, data: bytes) -> None:
    child.raw(data)
    failed = child.ending()
    assert isinstance(failed, events.Failed)
    assert (failed.job, failed.kind) == (None, events.FailureKind.REQUEST)
    child.ask(2)
    assert isinstance(child.ending(), events.Finished)


def test_a_cancel_of_no_job_at_all_is_ignored(child: Child) -> None:
    for job in ([1], None, "x", {}):
        child.send({"kind": "cancel", "job": job})
    child.ask(2)
    assert isinstance(child.ending(), events.Finished)


def test_a_job_number_in_use_is_refused_without_ending_that_job(child: Child) -> None:
    child.ask(1, "slow")
    child.ask(1, "walk")
    refused = child.ending()
    assert isinstance(refused, events.Failed) and refused.job is None
    child.send(messages.to_message(requests.CancelRequest(1))[0])
    assert child.ending() == events.Cancelled(1)


@pytest.mark.parametrize("text", ["", "slow", "hang"])
def test_closing_stdin_ends_the_engine_whatever_it_does(child: Child, text: str) -> None:
    if text:
        child.ask(1, text)
        child.next()
    started = time.monotonic()
    child.close()
    assert time.monotonic() - started < 5


def test_closing_stdin_ends_an_engine_that_is_still_loading() -> None:
    child = Child("slow start")
    time.sleep(0.5)
    started = time.monotonic()
    child.close()
    assert time.monotonic() - started < 5


def test_a_start_that_fails_says_so_and_exits() -> None:
    child = Child("no package")
    failed = child.next()
    assert isinstance(failed, events.Failed)
    assert failed.job is None and "torch" in failed.message and failed.advice
    assert child.process.wait(timeout=10) == 1


def test_a_listener_that_vanishes_ends_the_engine() -> None:
    child = Child()
    child.next()
    child.ask(1, "slow")
    child.next()
    child.output.close()
    assert child.process.wait(timeout=10) == 0
    assert child.input is not None
    child.input.close()


def test_a_clip_goes_in_and_comes_out(child: Child) -> None:
    rotations = np.tile([1.0, 0, 0, 0], (8, JOINT_COUNT, 1))
    clip = MotionClip(np.arange(24.0).reshape(8, 3), rotations, np.zeros((8, len(CONTACT_JOINTS))))
    header, arrays = messages.to_message(requests.FillRequest(clip, (requests.Gap(2, 4),), 5))
    child.send({**header, "id": 1}, arrays)
    finished = child.ending()
    assert isinstance(finished, events.Finished) and finished.takes[0].seed == 5
    np.testing.assert_array_equal(finished.clip.root, clip.root)
    child.send({**header, "id": 2})  # the arrays were lost
    failed = child.ending()
    assert isinstance(failed, events.Failed) and failed.job == 2 and failed.kind is events.FailureKind.REQUEST


def test_every_take_comes_back(child: Child) -> None:
    child.ask(1, takes=3)
    finished = child.ending()
    assert isinstance(finished, events.Finished)
    assert [take.seed for take in finished.takes] == [7, 8, 9]
