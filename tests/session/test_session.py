"""A motion arrives in a scene that may have changed in the meantime: it lands right or nothing is touched."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from blender_mmm.engine_door import requests
from blender_mmm.jobs.job import Job, JobState

bpy = pytest.importorskip("bpy")

from blender_mmm import apply  # noqa: E402
from blender_mmm.session import Applied, JobTarget, Level, ObjectReference, Session, find_object  # noqa: E402


def make_character() -> Any:
    obj = apply.create_character(bpy.context)
    bpy.ops.ed.undo_push(message="Character")
    return obj


def target_of(obj: Any, start: int = 1, frames: int | None = 48) -> JobTarget:
    return JobTarget(ObjectReference.to(obj) if obj else None, start, 24.0, frames)


def ask(text: str = "a person walks", seconds: float = 2.0, seed: int = 3) -> requests.GenerateRequest:
    return requests.GenerateRequest(text, seconds, seed)


def pump_until(session: Session, holds: Callable[[], bool], seconds: float = 20.0) -> None:
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, "did not happen in time"
        session.pump()
        time.sleep(0.005)


def start_slow(session: Session, target: JobTarget, text: str = "slow") -> Job:
    """A job the engine is in the middle of."""
    job = session.submit(ask(text), target)
    pump_until(session, lambda: job.fraction > 0)
    return job


def census() -> dict[str, list[str]]:
    """Names of everything an unharmed scene must still have, and no more."""
    kinds = ("objects", "armatures", "actions", "meshes", "collections", "materials")
    return {kind: sorted(block.name for block in getattr(bpy.data, kind)) for kind in kinds}


def action_of(obj: Any) -> Any:
    return obj.animation_data.action if obj.animation_data else None


def test_a_motion_lands_on_the_armature_from_the_asked_frame_on(session: Session) -> None:
    obj = make_character()
    job = session.wait(session.submit(ask(), target_of(obj, start=11)))
    assert job.state is JobState.FINISHED and job.failure is None
    applied = session.applied(job)
    assert applied.object == ObjectReference.to(obj)
    assert (applied.report.first_frame, applied.report.last_frame) == (11, 58)
    assert tuple(action_of(obj).frame_range) == (11.0, 58.0)
    assert action_of(obj).name.startswith("a person walks")
    assert session.notice.level is Level.INFO and "11 to 58" in session.notice.message


def test_exactly_one_undo_step_takes_it_back(session: Session) -> None:
    make_character()
    bpy.data.objects.new("Marker", None)
    bpy.ops.ed.undo_push(message="Marker")
    before = census()
    job = session.wait(session.submit(ask(), target_of(bpy.context.object)))
    assert job.failure is None and census() != before
    bpy.ops.ed.undo()
    assert census() == before
    bpy.ops.ed.undo()
    assert "Marker" not in bpy.data.objects


def test_a_new_character_and_its_motion_are_one_undo_step(session: Session) -> None:
    before = census()
    job = session.wait(session.submit(ask(), target_of(None)))
    obj = find_object(session.applied(job).object)
    assert obj.type == "ARMATURE" and action_of(obj) is not None
    bpy.ops.ed.undo()
    assert census() == before


def test_a_renamed_armature_is_found_again(session: Session) -> None:
    obj = make_character()
    job = start_slow(session, target_of(obj))
    old_name, obj.name = obj.name, "Hero"
    apply.create_character(bpy.context).name = old_name  # another now bears the name
    session.wait(job)
    assert action_of(bpy.data.objects["Hero"]) is not None
    assert action_of(bpy.data.objects[old_name]) is None
    assert session.applied(job).object.name == "Hero"


@pytest.mark.parametrize("how", ["removed", "unlinked"])
def test_a_deleted_armature_is_a_sentence_and_nothing_changes(session: Session, how: str) -> None:
    obj = make_character()
    name = obj.name
    job = start_slow(session, target_of(obj))
    if how == "removed":
        bpy.data.objects.remove(obj)
    else:
        obj.use_fake_user = True
        for collection in list(obj.users_collection):
            collection.objects.unlink(obj)
    before = census()
    session.wait(job)
    assert job.state is JobState.FAILED
    assert name in job.failure.message and "deleted" in job.failure.message
    assert session.notice.level is Level.ERROR and census() == before


def test_undo_while_it_runs_does_not_disturb_it(session: Session) -> None:
    obj = make_character()
    name = obj.name
    bpy.data.objects.new("Marker", None)
    bpy.ops.ed.undo_push(message="Marker")
    job = start_slow(session, target_of(obj))
    bpy.ops.ed.undo()
    assert "Marker" not in bpy.data.objects
    session.wait(job)
    assert job.failure is None and action_of(bpy.data.objects[name]) is not None


def test_undo_that_takes_the_armature_away_is_a_sentence(session: Session) -> None:
    job = start_slow(session, target_of(make_character()))
    bpy.ops.ed.undo()
    before = census()
    session.wait(job)
    assert job.state is JobState.FAILED and "deleted" in job.failure.message and census() == before


def test_an_armature_that_can_no_longer_be_mapped_is_a_sentence(session: Session) -> None:
    obj = make_character()
    job = start_slow(session, target_of(obj))
    bpy.ops.object.mode_set(mode="EDIT")
    for bone in list(obj.data.edit_bones)[3:]:
        obj.data.edit_bones.remove(bone)
    bpy.ops.object.mode_set(mode="OBJECT")
    before = census()
    session.wait(job)
    assert job.state is JobState.FAILED and job.failure.message and census() == before
    assert action_of(obj) is None


def test_a_defect_while_writing_ends_in_a_sentence_not_in_a_stuck_panel(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(apply, "apply_clip", break_down)
    obj = make_character()
    before = census()
    job = session.wait(session.submit(ask(), target_of(None)))
    assert job.state is JobState.FAILED and "a defect" in job.failure.message and "ZeroDivision" in job.failure.detail
    assert census() == before, "a half-made character was left behind"
    monkeypatch.undo()
    assert session.wait(session.submit(ask(), target_of(obj))).failure is None


def test_an_engine_killed_in_the_middle_costs_one_job(session: Session) -> None:
    obj = make_character()
    job = start_slow(session, target_of(obj))
    before = census()
    os.kill(session.queue._engine.pid, signal.SIGKILL)
    session.wait(job)
    assert job.state is JobState.FAILED and "SIGKILL" in job.failure.message and census() == before
    assert session.notice.level is Level.ERROR and "Generate again" in session.notice.advice
    after = session.wait(session.submit(ask(), target_of(obj)))
    assert after.failure is None and action_of(obj) is not None


@pytest.mark.parametrize("text", ["fail", "garbage", "die"])
def test_whatever_the_engine_does_the_scene_is_unharmed(session: Session, text: str) -> None:
    make_character()
    before = census()
    job = session.wait(session.submit(ask(text), target_of(bpy.context.object)))
    assert job.state is JobState.FAILED and job.failure.message.endswith(".") and job.failure.advice
    assert census() == before


def test_missing_weights_are_shown_as_the_engine_says(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMM_FAKE_START", "weights")
    job = session.wait(session.submit(ask(), target_of(make_character())))
    assert (session.notice.message, session.notice.advice) == ("The weights are missing.", "Install them again.")
    assert job.state is JobState.FAILED


def test_a_cancelled_job_leaves_the_scene_alone(session: Session) -> None:
    job = start_slow(session, target_of(make_character()))
    before = census()
    session.cancel(job)
    pump_until(session, lambda: not session.is_pending(job))
    assert job.state is JobState.CANCELLED and census() == before and session.notice is None


def test_in_edit_mode_the_motion_waits_and_then_lands(session: Session) -> None:
    obj = make_character()
    job = session.submit(ask(), target_of(obj))
    bpy.ops.object.mode_set(mode="EDIT")
    pump_until(session, lambda: job.state is JobState.FINISHED)
    for _ in range(5):
        assert session.pump()
    assert session.is_pending(job) and "mode" in job.message and job in session.jobs
    bpy.ops.object.mode_set(mode="OBJECT")
    assert action_of(obj) is None
    session.pump()
    assert action_of(obj) is not None and not session.is_pending(job) and session.jobs == ()


def test_a_script_in_edit_mode_is_told_instead_of_hanging(session: Session) -> None:
    obj = make_character()
    bpy.ops.object.mode_set(mode="EDIT")
    job = session.wait(session.submit(ask(), target_of(obj)))
    bpy.ops.object.mode_set(mode="OBJECT")
    assert job.state is JobState.FAILED and "mode" in job.failure.message and action_of(obj) is None


def test_a_motion_that_waits_can_be_cancelled(session: Session) -> None:
    obj = make_character()
    job = session.submit(ask(), target_of(obj))
    bpy.ops.object.mode_set(mode="EDIT")
    pump_until(session, lambda: job.state is JobState.FINISHED)
    session.cancel(job)
    bpy.ops.object.mode_set(mode="OBJECT")
    assert not session.pump() and job.state is JobState.CANCELLED and action_of(obj) is None


def test_wait_gives_up_when_told_to(session: Session) -> None:
    job = session.submit(ask("slow"), target_of(make_character()))
    began = time.monotonic()
    session.wait(job, timeout=0.5)
    assert time.monotonic() - began < 5
    assert job.state is JobState.FAILED and "0.5 seconds" in job.failure.message and not session.is_pending(job)


def test_three_jobs_on_two_armatures_each_land_where_they_belong(session: Session) -> None:
    first, second = make_character(), make_character()
    jobs = [
        session.submit(ask(seed=seed), target_of(obj, start))
        for seed, (obj, start) in enumerate([(first, 1), (second, 101), (first, 201)])
    ]
    for job in reversed(jobs):
        session.wait(job)
    made: list[Applied] = [session.applied(job) for job in jobs]
    assert [a.object.name for a in made] == [first.name, second.name, first.name]
    assert [a.report.first_frame for a in made] == [1, 101, 201]


def test_dropping_jobs_says_why_and_keeps_the_engine_for_the_next(session: Session) -> None:
    job = start_slow(session, target_of(make_character()))
    pid = session.queue._engine.pid
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    session.drop_jobs("Another file was opened.")
    before = census()
    pump_until(session, lambda: not session.is_pending(job))
    assert job.state is JobState.CANCELLED and census() == before
    assert session.notice.message == "Another file was opened."
    assert session.wait(session.submit(ask(), target_of(None))).failure is None
    assert session.queue._engine.pid == pid


def test_after_close_no_child_is_left_and_a_new_job_starts_one(session: Session) -> None:
    session.wait(session.submit(ask(), target_of(None)))
    pid = session.queue._engine.pid
    session.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert session.wait(session.submit(ask(), target_of(None))).failure is None
