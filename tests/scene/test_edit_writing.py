"""What an edit writes inside its ranges: it meets its neighbours, and only the bones asked for move."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Euler  # noqa: E402

from blender_mmm import apply, edits  # noqa: E402
from blender_mmm.edits import EditOptions, FrameRange  # noqa: E402
from blender_mmm.engine_door import clip as clips  # noqa: E402
from blender_mmm.engine_door import rotations, skeleton  # noqa: E402
from blender_mmm.scene.action_channels import find_channels  # noqa: E402
from blender_mmm.scene.curve_book import CurveBook  # noqa: E402
from blender_mmm.scene.key_table import read_keys  # noqa: E402

Joint = skeleton.Joint
MODES = ("QUATERNION", "XYZ", "AXIS_ANGLE")


def animated(lab: SimpleNamespace, mode: str = "QUATERNION", fps: int = 24) -> Any:
    rig = apply.create_character(bpy.context)
    for bone in rig.pose.bones:
        bone.rotation_mode = mode
    bpy.context.scene.render.fps = fps
    apply.apply_clip(rig, lab.make_clip(frames=100), apply.ApplyOptions(1, float(fps), action_name="Base"))
    return rig


def fill(rig: Any, start: int, stop: int, **more: Any) -> edits.PreparedEdit:
    scene = bpy.context.scene
    return edits.prepare_fill(rig, scene, edits.to_ranges(rig, scene, [(start, stop)]), **more)


def bumped(prepared: edits.PreparedEdit, height: float = 0.5) -> clips.MotionClip:
    """The motion as it was, with a smooth bump in every joint inside the gaps: speed is continuous at their ends."""
    request = prepared.request
    clip = request.clip
    amount = np.zeros(len(clip))
    for gap in getattr(request, "gaps", None) or (request,):
        inner = np.arange(gap.start - 1, gap.stop + 1)
        amount[gap.start : gap.stop] = height * np.sin(np.pi * (inner - inner[0]) / (len(inner) - 1))[1:-1] ** 2
    axis = rotations.normalize(np.ones(3))
    turns = rotations.about_axis(axis, np.repeat(amount[:, None], skeleton.JOINT_COUNT, axis=1))
    root = clip.root + amount[:, None] * [0.3, 0.2, 0.1]
    return clips.MotionClip(root, rotations.multiply(turns, clip.rotations), clip.contacts, clip.fps)


def matrices(rig: Any, frames: Any) -> np.ndarray:
    found = []
    for frame in frames:
        bpy.context.scene.frame_set(int(frame))
        evaluated = rig.evaluated_get(bpy.context.evaluated_depsgraph_get())
        found.append([np.array(bone.matrix) for bone in evaluated.pose.bones])
    return np.array(found)


def tables(rig: Any) -> dict[Any, bytes]:
    return {address: read_keys(curve).tobytes() for address, curve in CurveBook(rig, find_channels(rig))}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fps", [24, 25, 30, 60])
def test_what_comes_back_unchanged_leaves_the_pose_where_it_was(lab: SimpleNamespace, mode: str, fps: int) -> None:
    rig = animated(lab, mode, fps)
    before = matrices(rig, range(20, 60))
    prepared = fill(rig, 20, 60)
    edits.apply_edit(rig, prepared, prepared.request.clip)
    np.testing.assert_allclose(
        matrices(rig, range(20, 60)), before, atol=5e-3
    )  # 20 poses a second, in between straight


@pytest.mark.parametrize("mode", MODES)
def test_no_pop_where_the_new_motion_meets_the_old(lab: SimpleNamespace, mode: str) -> None:
    """A frame-to-frame change at a seam differs from its neighbours no more than it does inside."""
    rig = animated(lab, mode, 30)
    prepared = fill(rig, 31, 61)
    edits.apply_edit(rig, prepared, bumped(prepared))
    moved = matrices(rig, range(25, 70))
    assert np.abs(moved[20] - matrices_of_base(rig, 45)).max() > 0.05
    second = np.abs(np.diff(moved, n=2, axis=0)).max((1, 2, 3))
    seams = second[[3, 4, 5, 6, 33, 34, 35, 36]]
    assert seams.max() <= 1.5 * np.median(second[8:32])


def matrices_of_base(rig: Any, frame: int) -> np.ndarray:
    now = rig.animation_data.action
    rig.animation_data.action = bpy.data.actions["Base"]
    found = matrices(rig, [frame])[0]
    rig.animation_data.action = now
    return found


@pytest.mark.parametrize("mode", MODES)
def test_a_wrong_engine_is_bent_to_meet_both_ends(lab: SimpleNamespace, mode: str) -> None:
    """Whatever arrives, the frames beside the range are neighbours of the frames inside."""
    rig = animated(lab, mode, 20)
    before = matrices(rig, [29, 50])
    prepared = fill(rig, 30, 50, blend_frames=8)
    clip = prepared.request.clip
    off = rotations.about_axis(rotations.normalize(np.ones(3)), np.full((len(clip), skeleton.JOINT_COUNT), 0.15))
    wrong = clips.MotionClip(clip.root + 0.5, rotations.multiply(off, clip.rotations), clip.contacts, clip.fps)
    edits.apply_edit(rig, prepared, wrong)
    np.testing.assert_array_equal(matrices(rig, [29, 50]), before)
    assert np.abs(np.diff(matrices(rig, range(29, 51)), axis=0)).max() < 0.4
    assert np.abs(matrices(rig, [39])[0] - matrices_of_base(rig, 39)).max() > 0.4


def test_euler_turns_that_do_not_meet_are_held_not_spun(lab: SimpleNamespace) -> None:
    """A curve that counts a turn more after the range must not sweep through it between two frames."""
    rig = animated(lab, "XYZ", 20)
    for curve in find_channels(rig).fcurves:
        if "head" in curve.data_path and curve.array_index == 1:
            for point in curve.keyframe_points:
                if point.co[0] >= 50:
                    point.co[1] += 2 * np.pi
            curve.update()
    prepared = fill(rig, 30, 50)
    edits.apply_edit(rig, prepared, bumped(prepared))
    table = read_keys(CurveBook(rig, find_channels(rig)).find(("head", "rotation_euler", 1)))
    assert np.abs(np.diff(table["co"][28:49, 1])).max() < 0.5
    curve = CurveBook(rig, find_channels(rig)).find(("head", "rotation_euler", 1))
    assert curve.evaluate(49.5) == curve.evaluate(49)


@pytest.mark.parametrize(
    ("part", "bones"),
    [
        ("UPPER", {"spine1", "spine2", "spine3", "neck", "head", "left_*", "right_*"}),
        ("ARMS", {"left_*", "right_*"}),
        ("LEFT_ARM", {"left_*"}),
        ("RIGHT_ARM", {"right_*"}),
        ("HEAD", {"neck", "head"}),
    ],
)
def test_only_the_part_is_written(lab: SimpleNamespace, part: str, bones: set[str]) -> None:
    rig = animated(lab)
    before = tables(rig)
    prepared = edits.prepare_part(rig, bpy.context.scene, FrameRange(20, 50), part, "a person waves", blend_frames=4)
    edits.apply_edit(rig, prepared, bumped(prepared))
    changed = {address[0] for address, table in tables(rig).items() if table != before[address]}
    arm = ("collar", "shoulder", "elbow", "wrist")
    expected = {bone for bone in bones if "*" not in bone}
    expected |= {bone.replace("*", joint) for bone in bones if "*" in bone for joint in arm}
    assert changed == expected


def test_hand_made_keys_stay_and_the_motion_passes_them(lab: SimpleNamespace) -> None:
    rig = animated(lab, "XYZ", 20)
    prepared = fill(rig, 20, 60)
    edits.apply_edit(rig, prepared, bumped(prepared))
    book = CurveBook(rig, find_channels(rig))
    curve = book.find(("left_elbow", "rotation_euler", 0))
    key = curve.keyframe_points[39]
    assert key.co[0] == 40 and key.type == "GENERATED"
    key.co[1], key.type = key.co[1] + 0.7, "KEYFRAME"
    curve.update()
    by_hand = float(key.co[1])
    again = fill(rig, 20, 60, seed=1)
    edits.apply_edit(rig, again, bumped(prepared, -0.3), EditOptions(keep_hand_keys=True))
    curve = CurveBook(rig, find_channels(rig)).find(("left_elbow", "rotation_euler", 0))
    assert {point.co[0]: point.type for point in curve.keyframe_points}[40] == "KEYFRAME"
    assert curve.evaluate(40) == np.float32(by_hand)
    assert abs(curve.evaluate(41) - by_hand) < 0.15 and abs(curve.evaluate(39) - by_hand) < 0.15
    edits.apply_edit(rig, again, bumped(prepared, -0.3))  # from the same action, without keeping
    curve = CurveBook(rig, find_channels(rig)).find(("left_elbow", "rotation_euler", 0))
    assert {point.type for point in curve.keyframe_points if 20 <= point.co[0] < 60} == {"GENERATED"}


def test_every_take_starts_from_the_same_action(lab: SimpleNamespace) -> None:
    rig = animated(lab)
    prepared = fill(rig, 20, 50)
    first = edits.apply_edit(rig, prepared, bumped(prepared))
    kept = tables(rig)
    edits.apply_edit(rig, prepared, bumped(prepared, -0.5), EditOptions(action_name="Second"))
    assert rig.animation_data.action.name == "Second"
    third = edits.apply_edit(rig, prepared, bumped(prepared))
    assert tables(rig) == kept and third.action_name != first.action_name


def test_what_the_armature_played_comes_back_when_an_edit_fails(lab: SimpleNamespace) -> None:
    rig = animated(lab)
    prepared = fill(rig, 20, 50)
    other = bpy.data.actions.new("Other")
    rig.animation_data.action = other
    curve = next(iter(channels_of(bpy.data.actions["Base"])))
    curve.lock = True
    count = len(bpy.data.actions)
    with pytest.raises(edits.EditError, match="locked"):
        edits.apply_edit(rig, prepared, bumped(prepared))
    assert rig.animation_data.action == other and len(bpy.data.actions) == count


def channels_of(action: Any) -> Any:
    return action.fcurves if hasattr(action, "fcurves") else action.layers[0].strips[0].channelbags[0].fcurves


def test_fewer_keys_by_blenders_decimate(lab: SimpleNamespace) -> None:
    rig = animated(lab, "XYZ")
    blocks = len(bpy.data.objects), len(bpy.data.collections)
    area = bpy.context.window.screen.areas[0].ui_type
    before = matrices(rig, [*range(1, 30), *range(60, 100)])
    prepared = fill(rig, 30, 60)
    edits.apply_edit(rig, prepared, bumped(prepared), EditOptions(action_name="All"))
    dense = {address: [c.evaluate(f) for f in range(30, 60)] for address, c in CurveBook(rig, find_channels(rig))}
    edits.apply_edit(rig, prepared, bumped(prepared), EditOptions(reduce_error=0.01))
    counts = []
    for address, curve in CurveBook(rig, find_channels(rig)):
        inside = [point for point in curve.keyframe_points if 30 <= point.co[0] < 60]
        counts.append(len(inside))
        assert {point.type for point in inside} == {"GENERATED"}
        np.testing.assert_allclose([curve.evaluate(f) for f in range(30, 60)], dense[address], atol=0.0101)
    assert np.mean(counts) < 12
    np.testing.assert_array_equal(matrices(rig, [*range(1, 30), *range(60, 100)]), before)
    assert (len(bpy.data.objects), len(bpy.data.collections)) == blocks
    assert bpy.context.window.screen.areas[0].ui_type == area


def test_constraints_and_drivers_are_told(lab: SimpleNamespace) -> None:
    rig = animated(lab)
    rig.pose.bones["left_knee"].constraints.new("LIMIT_ROTATION")
    rig.pose.bones["head"].driver_add("rotation_quaternion", 0)
    prepared = fill(rig, 20, 50)
    notes = edits.apply_edit(rig, prepared, bumped(prepared)).notes
    assert any("Constraints" in note and "left_knee" in note for note in notes)
    assert any("Drivers" in note and "head" in note for note in notes)


def test_a_parent_that_moves_is_allowed_for(lab: SimpleNamespace) -> None:
    """A bone above the pelvis that walks the body keeps its keys; the body's path is the one asked for."""
    rig = apply.create_character(bpy.context)
    bpy.ops.object.mode_set(mode="EDIT")
    root = rig.data.edit_bones.new("walker")
    root.tail = (0, 0.5, 0)
    rig.data.edit_bones["pelvis"].parent = root
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.context.scene.render.fps = 20
    walker = rig.pose.bones["walker"]
    for frame, y in ((1, 0.0), (40, 3.0), (41, 3.0), (80, -1.0)):
        walker.location.y = y
        walker.keyframe_insert("location", frame=frame)
        rig.pose.bones["pelvis"].keyframe_insert("location", frame=frame)
    before = matrices(rig, range(1, 81))
    prepared = fill(rig, 10, 70)
    edits.apply_edit(rig, prepared, prepared.request.clip)
    np.testing.assert_allclose(matrices(rig, range(1, 81)), before, atol=1e-5)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("in_place", [False, True])
def test_a_loop_ends_as_it_starts(lab: SimpleNamespace, mode: str, in_place: bool) -> None:
    rig = animated(lab, mode, 24)
    prepared = edits.prepare_loop(rig, bpy.context.scene, FrameRange(20, 60), in_place)
    assert prepared.frame_of(len(prepared.request.clip) - 1) == pytest.approx(59)
    edits.apply_edit(rig, prepared, prepared.request.clip)
    first, last, third, before = matrices(rig, [20, 59, 59 + 39, 20 - 39])
    for other in (last, third, before):
        np.testing.assert_allclose(other[:, :3, :3], first[:, :3, :3], atol=1e-5)
    step = (last - first)[:, :3, 3]
    np.testing.assert_allclose(step, np.broadcast_to(step[0], step.shape), atol=1e-5)
    np.testing.assert_allclose((third - last)[:, :3, 3], step, atol=1e-5)
    assert (np.linalg.norm(step[0]) < 1e-5) == in_place
    assert all(curve.modifiers[0].type == "CYCLES" for curve in find_channels(rig).fcurves)
    action = rig.animation_data.action
    assert action.use_cyclic and (action.frame_start, action.frame_end) == (20, 59)


def test_a_loop_repeats_what_else_moves(lab: SimpleNamespace) -> None:
    """A finger that is keyed beside the body loops too."""
    rig = animated(lab)
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    finger = rig.data.edit_bones.new("finger")
    finger.parent = rig.data.edit_bones["left_wrist"]
    finger.head, finger.tail = finger.parent.tail, finger.parent.tail + finger.parent.vector
    bpy.ops.object.mode_set(mode="OBJECT")
    rig.pose.bones["finger"].rotation_mode = "XYZ"
    for frame, angle in ((1, 0.0), (30, 1.0), (70, 0.3)):
        rig.pose.bones["finger"].rotation_euler.x = angle
        rig.pose.bones["finger"].keyframe_insert("rotation_euler", frame=frame)
    prepared = edits.prepare_loop(rig, bpy.context.scene, FrameRange(20, 60))
    edits.apply_edit(rig, prepared, prepared.request.clip)
    curve = CurveBook(rig, find_channels(rig)).find(("finger", "rotation_euler", 0))
    assert curve.evaluate(20) == curve.evaluate(59) == curve.evaluate(98)
    assert curve.evaluate(35) != curve.evaluate(20)


def test_a_story_goes_on_from_the_pose_and_marks_its_segments(lab: SimpleNamespace) -> None:
    rig = animated(lab, fps=24)
    scene = bpy.context.scene
    before = matrices(rig, range(1, 61))
    opening = edits.opening_of(rig, scene, 60)
    assert len(opening) == 21
    # The engine goes on a model frame after the opening's last: here by holding it.
    clip = clips.MotionClip(
        np.repeat(opening.root[-1:], 60, axis=0), np.repeat(opening.rotations[-1:], 60, axis=0), np.zeros((60, 4))
    )
    options = edits.StoryOptions(60, 24.0, ("walks", "waves"), opening, strips=True)
    report = edits.apply_story(rig, clip, (0, 40), options)
    np.testing.assert_array_equal(matrices(rig, range(1, 61)), before)
    np.testing.assert_allclose(matrices(rig, [61, 100, 132]), np.repeat(before[-1:], 3, axis=0), atol=1e-5)
    assert (report.first_frame, report.last_frame) == (61, 132)
    assert [(mark.name, mark.frame) for mark in scene.timeline_markers] == [("walks", 61), ("waves", 109)]
    (track,) = rig.animation_data.nla_tracks
    assert [(s.name, s.frame_start, s.frame_end) for s in track.strips] == [("walks", 61, 109), ("waves", 109, 132)]
    assert track.mute and rig.animation_data.action.name == report.action_name
    again = edits.StoryOptions(60, 24.0, ("walks", "sits"))
    edits.apply_story(rig, clip, (0, 20), again)
    assert [(mark.name, mark.frame) for mark in scene.timeline_markers] == [("walks", 60), ("sits", 84)]


@pytest.mark.parametrize("mode", ["QUATERNION", "XYZ", "AXIS_ANGLE"])
def test_a_story_goes_on_from_a_pose_that_no_key_holds(mode: str) -> None:
    rig, scene = apply.create_character(bpy.context), bpy.context.scene
    scene.render.fps = 24
    for name in ("left_shoulder", "right_knee"):
        bone = rig.pose.bones[name]
        bone.rotation_mode = mode
        bone.matrix_basis = Euler((0.4, 0.3, -0.2)).to_matrix().to_4x4()
    rig.pose.bones["pelvis"].location = (0.2, -0.05, 0.1)
    scene.frame_set(10)
    before = matrices(rig, [10])
    opening = edits.opening_of(rig, scene)
    assert len(opening) == 1
    clip = clips.MotionClip(
        np.repeat(opening.root, 40, axis=0), np.repeat(opening.rotations, 40, axis=0), np.zeros((40, 4))
    )
    clip.root[:, 2] += np.linspace(0.0, 0.8, 40)
    held = len(bpy.data.actions)
    report = edits.apply_story(rig, clip, (0,), edits.StoryOptions(10, 24.0, ("walks",), opening))
    assert len(bpy.data.actions) == held + 1 and rig.animation_data.action.name == report.action_name
    assert not any("was kept" in note for note in report.notes)
    np.testing.assert_allclose(matrices(rig, [10]), before, atol=1e-6)
    moved = matrices(rig, [58])[0, 0, :3, 3] - before[0, 0, :3, 3]
    assert np.linalg.norm(moved) == pytest.approx(0.8, abs=0.05)


def test_in_place_takes_the_way_out(lab: SimpleNamespace) -> None:
    rig = apply.create_character(bpy.context)
    apply.apply_clip(rig, lab.make_clip(frames=60), apply.ApplyOptions(1, 20.0, in_place=True))
    pelvis = matrices(rig, range(1, 61))[:, 0, :3, 3]
    np.testing.assert_allclose(np.ptp(pelvis[:, :2], axis=0), 0.0, atol=1e-6)
    assert np.ptp(pelvis[:, 2]) > 0.01
