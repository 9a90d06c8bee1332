"""Stories and takes: the list, its pieces, and results one click apart."""

from __future__ import annotations

from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm.engine_door import requests  # noqa: E402


def tell(stage: Any, *texts: str) -> Any:
    stage.settings.story.lines.clear()
    for text in texts:
        bpy.ops.mmm.add_story_line(text=text)
    bpy.ops.mmm.generate_story()
    request = stage.sessions.get_session().jobs[0].request
    stage.wait()
    return request


def test_lines_are_added_moved_removed_and_pasted(stage: Any) -> None:
    story = stage.settings.story
    for text in ("walks", "sits"):
        bpy.ops.mmm.add_story_line(text=text)
    story.index = 0
    bpy.ops.mmm.add_story_line(text="waves")
    assert [line.text for line in story.lines] == ["walks", "waves", "sits"] and story.index == 1
    bpy.ops.mmm.move_story_line(direction="UP")
    bpy.ops.mmm.move_story_line(direction="UP")
    assert [line.text for line in story.lines] == ["waves", "walks", "sits"] and story.index == 0
    bpy.ops.mmm.remove_story_line()
    assert [line.text for line in story.lines] == ["walks", "sits"]
    assert len({line.seed for line in story.lines}) == 2


def test_lines_of_text_are_pasted(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from blender_mmm.operators import story_lines

    monkeypatch.setattr(story_lines, "read_clipboard", lambda context: "# day\nwalks | 3\n\nsits\n")
    bpy.ops.mmm.paste_story()
    lines = stage.settings.story.lines
    assert [(line.text, line.use_auto_length) for line in lines] == [("walks", False), ("sits", True)]
    assert lines[0].seconds == pytest.approx(3.0)
    monkeypatch.setattr(story_lines, "read_clipboard", lambda context: "walks | soon")
    with pytest.raises(RuntimeError, match="Line 1"):
        bpy.ops.mmm.paste_story()
    monkeypatch.setattr(story_lines, "read_clipboard", lambda context: "")
    with pytest.raises(RuntimeError, match="clipboard"):
        bpy.ops.mmm.paste_story()
    assert len(lines) == 2


def test_a_story_is_one_action_with_a_marker_for_each_segment(stage: Any) -> None:
    stage.scene.frame_set(11)
    tell(stage, "walks", "sits", "gets up")
    assert stage.is_fine() and stage.action.name.startswith("walks, then sits")
    assert [marker.name for marker in stage.scene.timeline_markers] == ["walks", "sits", "gets up"]
    assert [marker.frame for marker in stage.scene.timeline_markers] == [11, 59, 107]


def test_an_empty_story_or_line_greys_the_button_out(stage: Any) -> None:
    with pytest.raises(RuntimeError, match="poll"):
        bpy.ops.mmm.generate_story()
    bpy.ops.mmm.add_story_line(text="walks")
    bpy.ops.mmm.add_story_line(text="")
    with pytest.raises(RuntimeError, match="poll"):
        bpy.ops.mmm.generate_story()


def test_a_piece_is_rolled_again_and_the_others_keep_their_seeds(stage: Any) -> None:
    with pytest.raises(RuntimeError, match="poll"):
        bpy.ops.mmm.reroll_story(piece="SEGMENT", index=0)  # there is no story yet
    first = tell(stage, "walks", "sits", "gets up")
    stage.scene.frame_set(50)
    bpy.ops.mmm.reroll_story(piece="SEGMENT", index=1)
    second = stage.sessions.get_session().jobs[0].request
    stage.wait()
    same = [a.seed == b.seed for a, b in zip(first.segments, second.segments, strict=True)]
    assert same == [True, False, True] and first.transition_seeds == second.transition_seeds
    assert stage.takes[-1].first_frame == 1, "it went to the current frame instead of the story's"
    bpy.ops.mmm.reroll_story(piece="TRANSITION", index=0)
    third = stage.sessions.get_session().jobs[0].request
    stage.wait()
    assert third.segments == second.segments
    assert [a == b for a, b in zip(third.transition_seeds, second.transition_seeds, strict=True)] == [False, True]
    with pytest.raises(RuntimeError, match="no transition 3"):
        bpy.ops.mmm.reroll_story(piece="TRANSITION", index=2)


def test_going_on_from_the_current_pose_keeps_what_was_before(stage: Any) -> None:
    before = stage.curves()
    stage.settings.from_current_pose = True
    stage.scene.frame_set(40)
    bpy.ops.mmm.generate()
    request = stage.sessions.get_session().jobs[0].request
    assert isinstance(request, requests.StoryRequest) and request.opening is not None
    stage.wait()
    assert stage.is_fine(), stage.notice
    for name, keys in stage.curves().items():
        kept = keys[keys[:, 0] <= 40]
        assert (kept == before[name][:40]).all()
    assert max(keys[-1, 0] for keys in stage.curves().values()) > 130


def test_going_on_from_a_pose_needs_no_animation(stage: Any) -> None:
    rig = stage.obj
    rig.animation_data_clear()
    rig.pose.bones["left_shoulder"].rotation_mode = "XYZ"
    rig.pose.bones["left_shoulder"].rotation_euler = (0.3, 0.2, 0.1)
    stage.settings.from_current_pose = True
    stage.scene.frame_set(5)
    bpy.ops.mmm.generate()
    request = stage.sessions.get_session().jobs[0].request
    assert len(request.opening) == 1
    stage.wait()
    assert stage.is_fine(), stage.notice
    stage.scene.frame_set(5)
    assert tuple(rig.pose.bones["left_shoulder"].rotation_euler) == pytest.approx((0.3, 0.2, 0.1), abs=1e-6)
    assert max(keys[-1, 0] for keys in stage.curves().values()) > 60


def test_going_on_needs_an_armature(addon: Any) -> None:
    settings = bpy.context.scene.mmm
    settings.text, settings.from_current_pose = "walks", True
    with pytest.raises(RuntimeError, match="Select an armature"):
        bpy.ops.mmm.generate()


def test_vary_makes_another_take_of_the_same(stage: Any) -> None:
    stage.choose(31, 50)
    bpy.ops.mmm.fill()
    stage.wait()
    first = stage.takes[-1]
    bpy.ops.mmm.vary()
    stage.wait()
    second = stage.takes[-1]
    assert len(stage.takes) == 3 and second.seed != stage.takes[1].seed and stage.action == second.action
    assert (second.first_frame, second.last_frame) == (first.first_frame, first.last_frame) == (31, 50)


def test_vary_is_for_takes_of_this_session(stage: Any) -> None:
    stage.sessions.get_session().drop_jobs("")  # what opening a file does
    with pytest.raises(RuntimeError, match="poll"):
        bpy.ops.mmm.vary()


def test_a_new_character_can_be_varied(addon: Any) -> None:
    from blender_mmm import session as sessions

    bpy.context.scene.mmm.text = "walks"
    bpy.ops.mmm.generate()
    session = sessions.get_session()
    session.wait(session.jobs[0])
    bpy.ops.mmm.vary()
    session.wait(session.jobs[0])
    assert len([obj for obj in bpy.data.objects if obj.type == "ARMATURE"]) == 1
    assert len(bpy.context.object.mmm.takes) == 2


def test_dropping_takes_spares_what_was_there_before_us(stage: Any) -> None:
    own = bpy.data.actions.new("By hand")
    stage.obj.mmm.takes.clear()
    walk = stage.action
    walk.name = "By hand"
    bpy.data.actions.remove(own)
    stage.choose(31, 50)
    stage.settings.options.takes = 3
    bpy.ops.mmm.fill()
    stage.wait()
    names = [take.action.name for take in stage.takes]
    assert names[0] == walk.name and len(names) == 4 and stage.takes[0].keep
    stage.takes[3].keep = True
    bpy.ops.mmm.drop_other_takes()
    assert [take.action.name for take in stage.takes] == [names[0], names[1], names[3]]
    assert names[2] not in bpy.data.actions
    bpy.ops.mmm.drop_take(index=1)  # the one that plays
    assert stage.action.name == names[3] and names[1] not in bpy.data.actions
    bpy.ops.mmm.drop_take(index=0)
    assert walk.name in bpy.data.actions, "the animator's own action was deleted"


def test_takes_are_saved_with_the_file(stage: Any, tmp_path: Any) -> None:
    stage.choose(31, 50)
    stage.settings.options.takes = 2
    bpy.ops.mmm.fill()
    stage.wait()
    names = [take.action.name for take in stage.takes]
    confidence = stage.takes[1].confidence
    path = str(tmp_path / "takes.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    obj = next(obj for obj in bpy.data.objects if obj.type == "ARMATURE")
    assert [take.action.name for take in obj.mmm.takes] == names and obj.mmm.takes[1].confidence == confidence
    obj.mmm.take_index = 2
    assert obj.animation_data.action.name == names[2]
    if hasattr(obj.animation_data, "action_slot"):
        assert obj.animation_data.action_slot is not None


def test_an_unlocked_seed_changes_every_time(stage: Any) -> None:
    stage.settings.options.seed_locked = False
    seeds = []
    for _ in range(3):
        bpy.ops.mmm.generate()
        seeds.append(stage.settings.seed)
        assert stage.sessions.get_session().jobs[0].request.seed == seeds[-1]
        stage.wait()
    assert len(set(seeds)) == 3
