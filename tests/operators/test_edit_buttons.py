"""The buttons of the Edit panel: what they change, what they leave alone, and what they say instead."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")


def differing_frames(before: dict[Any, np.ndarray], after: dict[Any, np.ndarray]) -> set[int]:
    """Frames whose keys are not the same."""
    assert before.keys() == after.keys()
    frames: set[int] = set()
    for name, keys in before.items():
        one, two = {tuple(key) for key in keys}, {tuple(key) for key in after[name]}
        frames |= {round(frame) for frame, _ in one ^ two}
    return frames


def test_fill_changes_the_chosen_frames_in_a_copy_and_nothing_else(stage: Any) -> None:
    before, walk = stage.curves(), stage.action
    stage.choose(31, 50)
    assert bpy.ops.mmm.fill() == {"FINISHED"}
    stage.wait()
    assert stage.is_fine() and stage.action != walk
    changed = differing_frames(before, stage.curves())
    assert changed and changed <= set(range(31, 51))
    assert not differing_frames(before, stage.curves(walk))


def test_one_undo_takes_every_take_back(stage: Any) -> None:
    walk = stage.action.name
    actions = set(bpy.data.actions.keys())
    stage.choose(31, 50)
    stage.settings.options.takes = 3
    bpy.ops.ed.undo_push(message="Settings")
    bpy.ops.mmm.fill()
    stage.wait()
    assert len(bpy.data.actions) == len(actions) + 3
    bpy.ops.ed.undo()
    obj = bpy.context.object
    assert set(bpy.data.actions.keys()) == actions and obj.animation_data.action.name == walk
    assert [take.action.name for take in obj.mmm.takes] == [walk]


def test_takes_differ_and_are_repeatable_by_their_seeds(stage: Any) -> None:
    stage.choose(31, 50)
    stage.settings.options.takes, stage.settings.seed = 2, 5
    bpy.ops.mmm.fill()
    stage.wait()
    walk, first, second = stage.takes
    assert (first.seed, second.seed) == (5, 6) and stage.action == first.action
    assert differing_frames(stage.curves(first.action), stage.curves(second.action))
    stage.obj.mmm.take_index = 0
    assert stage.action == walk.action
    stage.settings.options.takes, stage.settings.seed = 1, 6
    bpy.ops.mmm.fill()
    stage.wait()
    assert not differing_frames(stage.curves(stage.takes[2].action), stage.curves())


def test_each_marked_range_has_its_own_text(stage: Any) -> None:
    for first, last, text in ((61, 70, "jumps"), (11, 20, "")):
        entry = stage.edits.marked.add()
        entry.first, entry.last, entry.text = first, last, text
    stage.edits.source = "MARKED"
    before = stage.curves()
    bpy.ops.mmm.fill()
    request = stage.sessions.get_session().jobs[0].request
    assert [gap.text for gap in request.gaps] == ["", "jumps"]
    stage.wait()
    assert differing_frames(before, stage.curves()) <= {*range(11, 21), *range(61, 71)}


def test_selected_keys_can_be_marked(stage: Any) -> None:
    for curve in _fcurves(stage):
        for key in curve.keyframe_points:
            key.select_control_point = key.co.x in (20, 30)
    bpy.ops.mmm.mark_ranges()
    bpy.ops.mmm.mark_ranges()
    assert [(entry.first, entry.last) for entry in stage.edits.marked] == [(21, 29)]
    bpy.ops.mmm.unmark_range()
    assert not stage.edits.marked


def test_a_body_part_changes_and_the_legs_do_not(stage: Any) -> None:
    before = stage.curves()
    stage.choose(31, 60)
    stage.edits.part_text = "a person waves"
    bpy.ops.mmm.regenerate_part()
    stage.wait()
    after = stage.curves()
    for name, keys in before.items():
        if any(word in name[0] for word in ("hip", "knee", "ankle", "foot", "pelvis")):
            assert np.array_equal(keys, after[name]), name
    assert differing_frames(before, after) <= set(range(31, 61))


def test_a_loop_ends_where_it_began(stage: Any) -> None:
    stage.choose(25, 60)
    stage.edits.loop_in_place = True
    bpy.ops.mmm.make_loop()
    stage.wait()
    assert stage.is_fine(), stage.notice
    modified = [curve for curve in _fcurves(stage) if any(m.type == "CYCLES" for m in curve.modifiers)]
    assert modified
    for curve in modified:
        assert curve.evaluate(25) == pytest.approx(curve.evaluate(60), abs=1e-5)


def test_the_whole_action_can_be_chosen(stage: Any) -> None:
    stage.edits.source = "ACTION"
    stage.edits.part_text = "waves"
    before = stage.curves()
    bpy.ops.mmm.regenerate_part()
    stage.wait()
    assert stage.is_fine() and differing_frames(before, stage.curves()), stage.notice
    bpy.ops.mmm.make_loop()
    stage.wait()
    assert stage.is_fine() and (stage.takes[-1].first_frame, stage.takes[-1].last_frame) == (1, 96)


def _fcurves(stage: Any) -> Any:
    from blender_mmm.scene.action_channels import find_channels

    return find_channels(stage.obj).fcurves


def no_keys(stage: Any) -> None:
    stage.edits.source = "KEYS"
    for curve in _fcurves(stage):
        for key in curve.keyframe_points:
            key.select_control_point = False


def no_preview(stage: Any) -> None:
    stage.edits.source = "PREVIEW"
    stage.scene.use_preview_range = False


def no_marks(stage: Any) -> None:
    stage.edits.source = "MARKED"


def no_armature(stage: Any) -> None:
    stage.choose(31, 50)
    stage.obj.select_set(False)
    bpy.context.view_layer.objects.active = None


def no_animation(stage: Any) -> None:
    stage.choose(31, 50)
    stage.obj.animation_data_clear()


def far_away(stage: Any) -> None:
    stage.choose(5000, 6000)


def everything(stage: Any) -> None:
    stage.choose(1, 96)


def much(stage: Any) -> None:
    stage.choose(2, 10_000)


def locked(stage: Any) -> None:
    stage.choose(31, 50)
    for curve in _fcurves(stage):
        curve.lock = True


BAD = {
    "no keys selected": (no_keys, "selected"),
    "no preview range": (no_preview, "preview range"),
    "no marks": (no_marks, "marked"),
    "no armature": (no_armature, "Select the armature"),
    "no animation": (no_animation, "no animation"),
    "outside": (far_away, "action"),
    "everything": (everything, "whole action"),
    "10,000 frames": (much, "frames"),
    "locked": (locked, "locked"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_filled_greys_the_button_out_and_says_why(stage: Any, case: str) -> None:
    from blender_mmm.operators import range_check

    prepare, word = BAD[case]
    prepare(stage)
    actions = set(bpy.data.actions.keys())
    with pytest.raises(RuntimeError, match="poll"):
        bpy.ops.mmm.fill()
    chosen = range_check.find_chosen(bpy.context)
    problem = chosen.problem or chosen.fill_problem
    assert word in problem and problem.endswith((".", ")."))
    assert not stage.sessions.get_session().jobs and set(bpy.data.actions.keys()) == actions


def test_a_part_needs_a_text(stage: Any) -> None:
    stage.choose(31, 50)
    stage.edits.part_text = " "
    with pytest.raises(RuntimeError, match="poll"):
        bpy.ops.mmm.regenerate_part()


def start_slow_fill(stage: Any) -> Any:
    stage.choose(31, 50)
    stage.edits.fill_text = "slow"
    bpy.ops.ed.undo_push(message="Choice")
    bpy.ops.mmm.fill()
    session = stage.sessions.get_session()
    stage.pump_until(lambda: session.queue.current is not None and session.queue.current.fraction > 0)
    return session.jobs[0]


def delete_it(stage: Any) -> None:
    bpy.data.objects.remove(stage.obj)


def play_another(stage: Any) -> None:
    stage.obj.animation_data.action = bpy.data.actions.new("Other")


def play_nothing(stage: Any) -> None:
    stage.obj.animation_data.action = None


def tweak(stage: Any) -> None:
    data = stage.obj.animation_data
    walk = data.action
    track = data.nla_tracks.new()
    track.strips.new("Walk", 1, walk)
    data.action = None
    track.select = True
    data.nla_tracks.active = track
    data.use_tweak_mode = True
    if not data.use_tweak_mode:
        pytest.skip("tweak mode cannot be entered by a script here")


MEANWHILE = {
    "deleted": (delete_it, "deleted"),
    "another action": (play_another, "Other"),
    "no action": (play_nothing, "no action"),
    "tweak mode": (tweak, "tweak"),
}


@pytest.mark.parametrize("case", MEANWHILE)
def test_what_happens_meanwhile_ends_in_a_sentence_and_changes_nothing(stage: Any, case: str) -> None:
    happen, word = MEANWHILE[case]
    job = start_slow_fill(stage)
    happen(stage)
    actions = set(bpy.data.actions.keys())
    stage.wait()
    assert job.failure is not None and word in job.failure.message, job.failure
    assert set(bpy.data.actions.keys()) == actions and not stage.is_fine()


def test_a_renamed_armature_and_action_are_found_again(stage: Any) -> None:
    job = start_slow_fill(stage)
    stage.obj.name = "Hero"
    stage.wait()
    assert job.failure is None and stage.action.name.startswith("slow / ")


def test_undo_while_it_runs_does_not_disturb_it(stage: Any) -> None:
    bpy.data.objects.new("Marker", None)
    bpy.ops.ed.undo_push(message="Marker")
    job = start_slow_fill(stage)
    bpy.ops.ed.undo()  # the choice of frames
    stage.wait()
    assert job.failure is None


def test_cancel_leaves_everything(stage: Any) -> None:
    start_slow_fill(stage)
    actions = set(bpy.data.actions.keys())
    bpy.ops.mmm.cancel()
    stage.wait()
    assert set(bpy.data.actions.keys()) == actions
