"""Which frames are meant, and a sentence for each way in which an edit cannot be."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm import apply, edits  # noqa: E402
from blender_mmm.edits import EditError, FrameRange  # noqa: E402
from blender_mmm.scene.action_channels import find_channels  # noqa: E402


@pytest.fixture
def rig(lab: SimpleNamespace) -> Any:
    """A character keyed on frames 1 to 60 at 24 frames a second."""
    obj = apply.create_character(bpy.context)
    bpy.context.scene.render.fps = 24
    apply.apply_clip(obj, lab.make_clip(frames=60), apply.ApplyOptions(1, 24.0, frames=60))
    return obj


def select(rig: Any, frames: set[float]) -> None:
    for curve in find_channels(rig).fcurves:
        for point in curve.keyframe_points:
            point.select_control_point = point.co[0] in frames


def find(rig: Any, source: str = "AUTO") -> list[tuple[int, int]]:
    return [(r.start, r.stop) for r in edits.find_ranges(rig, bpy.context.scene, source)]


def prepare(rig: Any, *spans: tuple[int, int], **more: Any) -> edits.PreparedEdit:
    scene = bpy.context.scene
    return edits.prepare_fill(rig, scene, edits.to_ranges(rig, scene, spans), **more)


def test_gaps_between_selected_keys(rig: Any) -> None:
    select(rig, {10, 20, 21, 30})
    assert find(rig) == [(11, 20), (22, 30)]
    curve = find_channels(rig).fcurves[0]
    curve.keyframe_points[9].co[0] = 10.5  # keys off whole frames: what lies strictly between them
    select(rig, {10.5, 20})
    curve.keyframe_points[19].select_control_point = True
    assert find(rig) == [(11, 20)]


def test_preview_range_where_no_keys_are_selected(rig: Any) -> None:
    select(rig, set())
    with pytest.raises(EditError, match="No keys are selected"):
        find(rig)
    scene = bpy.context.scene
    scene.use_preview_range, scene.frame_preview_start, scene.frame_preview_end = True, 12, 30
    assert find(rig) == [(12, 31)]
    with pytest.raises(EditError, match="No keys are selected"):
        find(rig, "KEYS")
    select(rig, {10, 20})
    assert find(rig, "PREVIEW") == [(12, 31)] and find(rig) == [(11, 20)]
    scene.use_preview_range = False
    with pytest.raises(EditError, match="preview range is off"):
        find(rig, "PREVIEW")
    select(rig, {10, 11, 12})
    with pytest.raises(EditError, match="no frames between the selected keys"):
        find(rig)


def test_negative_frames(lab: SimpleNamespace) -> None:
    obj = apply.create_character(bpy.context)
    apply.apply_clip(obj, lab.make_clip(frames=60), apply.ApplyOptions(-100, 20.0))
    bpy.context.scene.render.fps = 20
    prepared = prepare(obj, (-80, -60))
    assert prepared.request.gaps[0].start == 20 and prepared.first_frame == -100
    assert edits.apply_edit(obj, prepared, prepared.request.clip).first_frame == -80


def test_where_the_gaps_lie_in_model_frames(rig: Any) -> None:
    """The frame before the first range is a model frame; no known frame lies in a gap, and none is missing."""
    for fps in (24, 25, 30, 60):
        bpy.context.scene.render.fps = fps
        prepared = prepare(rig, (20, 23), (30, 31), (32, 45), texts=("a", "b", "c"))
        times = [prepared.frame_of(frame) for frame in range(len(prepared.request.clip))]
        assert any(abs(time - 19) < 1e-9 for time in times)
        gaps = prepared.request.gaps
        inside = {frame for gap in gaps for frame in range(gap.start, gap.stop)}
        for frame, time in enumerate(times):
            strictly = any(r.start - 1 + 1e-9 < time < r.stop - 1e-9 for r in prepared.ranges)
            if frame in inside:
                assert strictly or len([g for g in gaps if g.start <= frame < g.stop and g.stop - g.start <= 2])
            else:
                assert not strictly
        assert times[-1] <= 60 + 1e-9


def test_ends_extend_the_action(rig: Any) -> None:
    after = prepare(rig, (61, 85))
    assert after.request.gaps[-1].stop == len(after.request.clip)
    assert abs(after.frame_of(after.request.gaps[0].start - 1) - 60) < 1e-6
    report = edits.apply_edit(rig, after, after.request.clip)
    assert report.last_frame == 84
    before = prepare(rig, (-20, 1))
    assert before.request.gaps[0].start == 0 and before.first_frame == -20


@pytest.mark.parametrize(
    ("span", "sentence"),
    [
        ((100, 120), "outside the action, whose keys go from 1 to 60"),
        ((-50, -20), "outside the action"),
        ((30, 30), "must end after it starts"),
        ((20, 10_020), "10000 frames; at most 120 seconds"),
        ((1, 61), "cover the whole action"),
    ],
)
def test_ranges_that_cannot_be(rig: Any, span: tuple[int, int], sentence: str) -> None:
    with pytest.raises(EditError, match=sentence):
        edits.to_ranges(rig, bpy.context.scene, [span])


def test_overlapping_ranges_and_wrong_number_of_texts(rig: Any) -> None:
    with pytest.raises(EditError, match="overlap"):
        edits.to_ranges(rig, bpy.context.scene, [(10, 20), (15, 25)])
    with pytest.raises(EditError, match="2 texts for 3 ranges"):
        prepare(rig, (5, 8), (10, 12), (15, 18), texts=("a", "b"))


def test_no_animation(lab: SimpleNamespace) -> None:
    obj = apply.create_character(bpy.context)
    with pytest.raises(EditError, match="has no animation to edit"):
        edits.check_action(obj)
    with pytest.raises(apply.TargetError, match="no armature"):
        edits.check_action(None)
    obj.keyframe_insert("location", frame=1)
    with pytest.raises(EditError, match="no keys for the bones"):
        edits.check_action(obj)


def test_animation_in_nla_strips_and_tweak_mode(rig: Any) -> None:
    data = rig.animation_data
    action = data.action
    strip = data.nla_tracks.new().strips.new("Strip", 1, action)
    data.action = None
    with pytest.raises(EditError, match="lies in NLA strips"):
        edits.check_action(rig)
    strip.select = data.nla_tracks[0].select = True
    data.nla_tracks.active = data.nla_tracks[0]
    data.use_tweak_mode = True
    with pytest.raises(apply.TargetError, match="being tweaked"):
        edits.check_action(rig)
    data.use_tweak_mode = False


def test_muted_and_locked_curves(rig: Any) -> None:
    curve = next(c for c in find_channels(rig).fcurves if "left_elbow" in c.data_path)
    curve.mute = True
    with pytest.raises(EditError, match="curves of left_elbow are muted"):
        prepare(rig, (10, 20))
    curve.mute = False
    curve.group.lock = True
    with pytest.raises(EditError, match="curves of left_elbow are locked"):
        prepare(rig, (10, 20))
    # An edit that does not write the bone does not mind.
    edits.prepare_part(rig, bpy.context.scene, FrameRange(10, 20), "RIGHT_ARM", "a person waves")


def test_linked_action(rig: Any, tmp_path: Path) -> None:
    file = str(tmp_path / "library.blend")
    name = rig.animation_data.action.name
    bpy.data.libraries.write(file, {rig.animation_data.action}, fake_user=True)
    rig.animation_data.action = None
    bpy.data.actions.remove(bpy.data.actions[name])
    with bpy.data.libraries.load(file, link=True) as (_, target):
        target.actions = [name]
    rig.animation_data.action = target.actions[0]
    with pytest.raises(EditError, match="is linked from"):
        edits.check_action(rig)


def test_curves_that_repeat_themselves(rig: Any) -> None:
    for curve in find_channels(rig).fcurves:
        curve.modifiers.new("CYCLES")
    prepare(rig, (10, 20))
    with pytest.raises(EditError, match="repeat themselves"):
        prepare(rig, (61, 80))


def test_part_beyond_the_action(rig: Any) -> None:
    with pytest.raises(EditError, match="no legs to follow"):
        edits.prepare_part(rig, bpy.context.scene, FrameRange(50, 90), "UPPER", "a person waves")


def test_nothing_changes_when_the_action_is_gone(rig: Any) -> None:
    prepared = prepare(rig, (10, 20))
    bpy.data.actions.remove(rig.animation_data.action)
    with pytest.raises(EditError, match="is gone"):
        edits.apply_edit(rig, prepared, prepared.request.clip)
    assert rig.animation_data.action is None and not bpy.data.actions


def test_loop_beyond_the_action(rig: Any) -> None:
    edits.prepare_loop(rig, bpy.context.scene, FrameRange(1, 61))
    with pytest.raises(EditError, match="Choose frames inside it to repeat"):
        edits.prepare_loop(rig, bpy.context.scene, FrameRange(40, 90))
