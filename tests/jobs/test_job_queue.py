"""The queue's promises: one at a time, every job ends once, a lost engine costs one job, a cancel always lands."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from blender_mmm.engine_door import PROTOCOL_VERSION, clip, events, requests, skeleton
from blender_mmm.jobs.engine_process import EngineProcess, Gone
from blender_mmm.jobs.job import Failure, Job, JobState
from blender_mmm.jobs.job_queue import CANCEL_PATIENCE, START_PATIENCE, EnginePhase, JobQueue

READY = events.Ready(PROTOCOL_VERSION, "fake", "cpu")
WALK = requests.GenerateRequest("a person walks", 2.0, 1)
GONE = Gone(Failure("The engine stopped.", "Generate again."))


class ScriptedEngine:
    """An engine that says what the test tells it to."""

    def __init__(self) -> None:
        self.says: list[Any] = []
        self.heard: list[dict[str, Any]] = []
        self.stopped = False

    def send(self, header: dict[str, Any], arrays: dict[str, Any] | None = None) -> None:
        self.heard.append(header)

    def poll(self) -> list[Any]:
        said, self.says = self.says, []
        return said

    def stop(self) -> None:
        self.stopped = True

    close = stop


class Bench:
    """A queue, its engines and a clock that the test turns."""

    def __init__(self) -> None:
        self.engines: list[ScriptedEngine] = []
        self.now = 0.0
        self.queue = JobQueue(self._start, lambda: self.now)

    def _start(self) -> ScriptedEngine:
        self.engines.append(ScriptedEngine())
        return self.engines[-1]

    def say(self, *said: Any) -> list[Job]:
        self.engines[-1].says.extend(said)
        return self.queue.update()

    def begin(self) -> Job:
        """A job the engine works on."""
        job = self.queue.submit(WALK)
        self.queue.update()
        self.say(READY)
        return job


def finished(job: Job) -> events.Finished:
    rotations = np.tile(np.array([1.0, 0, 0, 0]), (4, skeleton.JOINT_COUNT, 1))
    made = clip.MotionClip(np.zeros((4, 3)), rotations, np.zeros((4, len(skeleton.CONTACT_JOINTS))))
    return events.Finished(job.id, (events.Take(made, np.ones(1), 0),))


def test_nothing_is_sent_before_the_engine_is_ready() -> None:
    bench = Bench()
    job = bench.queue.submit(WALK)
    assert job.state is JobState.QUEUED
    bench.queue.update()
    assert job.state is JobState.RUNNING and not bench.engines[0].heard
    assert bench.queue.phase is EnginePhase.STARTING and "Starting" in job.message
    bench.say(READY)
    assert [header["id"] for header in bench.engines[0].heard] == [job.id]


def test_jobs_run_one_after_the_other_on_one_engine() -> None:
    bench = Bench()
    first, second = bench.begin(), bench.queue.submit(WALK)
    bench.queue.update()
    assert second.state is JobState.QUEUED and len(bench.engines[0].heard) == 1
    assert bench.say(events.Progress(first.id, 0.5, "Half")) == [] and first.fraction == 0.5
    assert bench.say(finished(first)) == [first]
    assert second.state is JobState.RUNNING and bench.engines[0].heard[-1]["id"] == second.id
    assert bench.say(finished(second)) == [second]
    assert bench.queue.is_idle and len(bench.engines) == 1


def test_a_bad_request_is_refused_before_an_engine_is_started() -> None:
    bench = Bench()
    with pytest.raises(requests.RequestError):
        bench.queue.submit(requests.GenerateRequest("", None, 0))
    bench.queue.update()
    assert not bench.engines and bench.queue.is_idle


def test_a_lost_engine_fails_the_running_job_and_the_next_starts_another() -> None:
    bench = Bench()
    first, second = bench.begin(), bench.queue.submit(WALK)
    assert bench.say(GONE) == [first]
    assert first.state is JobState.FAILED and first.failure == GONE.failure
    assert len(bench.engines) == 2 and second.state is JobState.RUNNING
    bench.say(READY)
    assert bench.say(finished(second)) == [second] and second.state is JobState.FINISHED


def test_an_engine_lost_while_idle_is_replaced_silently() -> None:
    bench = Bench()
    bench.say(finished(bench.begin()))
    assert bench.say(GONE) == []
    second = bench.begin()
    assert len(bench.engines) == 2
    assert bench.say(finished(second)) == [second] and second.failure is None


@pytest.mark.parametrize(
    "word",
    [GONE, events.Failed(None, events.FailureKind.WEIGHTS, "The weights are missing.", "Install them again.")],
    ids=["gone", "failed"],
)
def test_an_engine_that_cannot_start_fails_all_that_wait_once(word: Any) -> None:
    bench = Bench()
    jobs = [bench.queue.submit(WALK) for _ in range(3)]
    bench.queue.update()
    assert bench.say(word, GONE) == jobs
    assert all(job.state is JobState.FAILED for job in jobs)
    assert len(bench.engines) == 1 and bench.engines[0].stopped
    bench.queue.submit(WALK)
    bench.queue.update()
    assert len(bench.engines) == 2


def test_another_protocol_is_a_sentence() -> None:
    bench = Bench()
    job = bench.queue.submit(WALK)
    bench.queue.update()
    bench.say(events.Ready(PROTOCOL_VERSION + 1, "w", "cpu"))
    assert job.state is JobState.FAILED and "protocol" in job.failure.message and job.failure.advice


def test_cancel_while_waiting_or_starting_is_immediate() -> None:
    bench = Bench()
    first, second = bench.queue.submit(WALK), bench.queue.submit(WALK)
    bench.queue.update()
    bench.queue.cancel(second)
    bench.queue.cancel(first)
    assert bench.queue.update() == [second, first]
    assert {first.state, second.state} == {JobState.CANCELLED}
    assert not bench.engines[0].stopped  # it goes on loading, for the next job
    bench.now = START_PATIENCE + 1
    third = bench.queue.submit(WALK)
    bench.queue.update()
    bench.queue.cancel(third)
    assert bench.engines[0].stopped


@pytest.mark.parametrize("answer", ["cancelled", "finished", "failed", "gone"])
def test_whatever_the_engine_answers_a_cancelled_job_is_cancelled(answer: str) -> None:
    bench = Bench()
    job = bench.begin()
    bench.queue.cancel(job)
    assert bench.engines[0].heard[-1] == {"kind": "cancel", "job": job.id}
    assert job.state is JobState.RUNNING
    said = {
        "cancelled": events.Cancelled(job.id),
        "finished": finished(job),
        "failed": events.Failed(job.id, events.FailureKind.INTERNAL, "No.", ""),
        "gone": GONE,
    }[answer]
    assert bench.say(events.Progress(job.id, 0.9, "Late"), said) == [job]
    assert job.state is JobState.CANCELLED and job.result is None and job.failure is None


def test_an_engine_deaf_to_a_cancel_is_stopped_and_the_next_job_gets_another() -> None:
    bench = Bench()
    job, following = bench.begin(), bench.queue.submit(WALK)
    bench.queue.cancel(job)
    bench.now = CANCEL_PATIENCE - 0.1
    assert bench.say() == []
    bench.now = CANCEL_PATIENCE + 0.1
    assert bench.say() == [job]
    assert job.state is JobState.CANCELLED and bench.engines[0].stopped
    assert len(bench.engines) == 2 and following.state is JobState.RUNNING


def test_late_words_about_an_ended_job_change_nothing() -> None:
    bench = Bench()
    first = bench.begin()
    bench.say(finished(first))
    second = bench.queue.submit(WALK)
    bench.queue.update()
    assert bench.say(events.Failed(first.id, events.FailureKind.INTERNAL, "Late", ""), events.Cancelled(first.id)) == []
    assert first.state is JobState.FINISHED and second.state is JobState.RUNNING


def test_restarting_fails_the_running_job_only() -> None:
    bench = Bench()
    first, second = bench.begin(), bench.queue.submit(WALK)
    bench.queue.restart_engine()
    assert bench.queue.update() == [first]
    assert first.state is JobState.FAILED and second.state is JobState.RUNNING and len(bench.engines) == 2


class QueueMachine(RuleBasedStateMachine):
    """Whatever happens in whatever order: every job ends exactly once and at most one runs."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()
        self.jobs: list[Job] = []
        self.reported: list[int] = []

    def update(self, *said: Any) -> None:
        ended = self.bench.say(*said) if self.bench.engines else self.bench.queue.update()
        self.reported += [job.id for job in ended]

    @rule()
    def submit(self) -> None:
        self.jobs.append(self.bench.queue.submit(WALK))

    @rule()
    def look(self) -> None:
        self.update()

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.bench.queue.cancel(data.draw(st.sampled_from(self.jobs)))

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def hear(self, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from(self.jobs))
        failed = events.Failed(job.id, events.FailureKind.MEMORY, "Full.", "")
        words = [READY, GONE, finished(job), failed, events.Cancelled(job.id), events.Progress(job.id, 0.3, "x")]
        self.update(*data.draw(st.lists(st.sampled_from(words), max_size=4)))

    @rule(seconds=st.floats(0.0, 10.0))
    def wait(self, seconds: float) -> None:
        self.bench.now += seconds

    @rule()
    def restart(self) -> None:
        self.bench.queue.restart_engine()

    @invariant()
    def at_most_one_runs(self) -> None:
        assert sum(job.state is JobState.RUNNING for job in self.jobs) <= 1
        assert sum(not engine.stopped for engine in self.bench.engines) <= 1

    @invariant()
    def every_ending_is_told_once(self) -> None:
        assert len(set(self.reported)) == len(self.reported)

    def teardown(self) -> None:
        self.bench.queue.cancel_all()
        self.bench.now += CANCEL_PATIENCE + 1
        self.update()
        self.update()
        assert all(job.state.has_ended for job in self.jobs)
        assert sorted(self.reported) == [job.id for job in self.jobs]


TestQueueMachine = QueueMachine.TestCase
TestQueueMachine.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)


def drive(queue: JobQueue, job: Job, seconds: float = 20.0) -> None:
    give_up = time.monotonic() + seconds
    while not job.state.has_ended:
        assert time.monotonic() < give_up, f"{job} did not end"
        queue.update()
        time.sleep(0.01)


@pytest.mark.parametrize(("text", "says"), [("die", "stopped unexpectedly"), ("garbage", "cannot be read")])
def test_with_a_real_child_one_job_is_lost_and_the_next_works(
    start_fake: Callable[..., EngineProcess], text: str, says: str
) -> None:
    queue = JobQueue(start_fake)
    lost, good = queue.submit(requests.GenerateRequest(text, 2.0, 0)), queue.submit(WALK)
    drive(queue, good)
    assert lost.state is JobState.FAILED and says in lost.failure.message
    assert good.state is JobState.FINISHED and len(good.result.clip) == 40
    queue.close()


def test_with_a_real_child_a_cancel_lands_quickly_and_the_engine_stays(
    start_fake: Callable[..., EngineProcess],
) -> None:
    started: list[EngineProcess] = []
    queue = JobQueue(lambda: started.append(start_fake()) or started[-1])
    slow, after = queue.submit(requests.GenerateRequest("slow", 2.0, 0)), queue.submit(WALK)
    while slow.fraction == 0.0:
        queue.update()
        time.sleep(0.01)
    began = time.monotonic()
    queue.cancel(slow)
    drive(queue, slow)
    assert slow.state is JobState.CANCELLED and time.monotonic() - began < 1.0
    drive(queue, after)
    assert after.state is JobState.FINISHED and len(started) == 1
    queue.close()


def test_closing_waits_for_an_engine_that_was_just_given_up(start_fake: Callable[..., EngineProcess]) -> None:
    """Quitting right after a cancel that had to kill: the half-dead engine must not be left to itself."""
    started: list[EngineProcess] = []
    queue = JobQueue(lambda: started.append(start_fake()) or started[-1])
    job = queue.submit(requests.GenerateRequest("deaf", 2.0, 0))
    while job.fraction == 0.0:
        queue.update()
        time.sleep(0.01)
    os.kill(started[0].pid, signal.SIGSTOP)  # it will not even see that its input has ended
    queue.restart_engine()
    queue.close()
    with pytest.raises(ProcessLookupError):
        os.kill(started[0].pid, 0)


def test_two_queues_at_once_do_not_disturb_each_other(start_fake: Callable[..., EngineProcess]) -> None:
    """Two Blenders: each has its own child and nothing is shared."""
    one, two = JobQueue(start_fake), JobQueue(start_fake)
    jobs = [
        (queue, queue.submit(requests.GenerateRequest("walk", None, seed))) for queue in (one, two) for seed in (1, 2)
    ]
    for queue, job in jobs:
        drive(queue, job)
    made = [job.result.clip.rotations for _, job in jobs]
    assert np.array_equal(made[0], made[2]) and np.array_equal(made[1], made[3])
    assert not np.array_equal(made[0], made[1])
    one.close()
    last = two.submit(WALK)
    drive(two, last)
    assert last.state is JobState.FINISHED
    two.close()
