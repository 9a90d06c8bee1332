"""Targets in every state a user may leave them in: modes, hidden, linked, locked, broken, turned."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm import apply  # noqa: E402
from blender_mmm.engine_door import skeleton  # noqa: E402
from blender_mmm.scene.action_channels import find_channels  # noqa: E402

Joint = skeleton.Joint
OPTIONS = apply.ApplyOptions(start_frame=1, scene_fps=20.0, action_name="Walk")


def state() -> tuple[Any, ...]:
    """What an animator would notice if it changed."""
    scene, layer = bpy.context.scene, bpy.context.view_layer
    layer.update()
    objects = list(layer.objects)  # looking at an object may rebuild the list it comes from
    selected = tuple(sorted(obj.name for obj in objects if obj.select_get()))
    active = layer.objects.active
    modes = tuple((obj.name, obj.mode, obj.hide_viewport, obj.hide_get()) for obj in objects)
    return scene.frame_current, scene.frame_subframe, selected, active.name if active else None, modes


def heads(lab: SimpleNamespace, rig: Any, frame: int) -> np.ndarray:
    bones = apply.check_target(rig).bones
    return lab.joint_paths(rig, bones, range(frame, frame + 1))[0]


def turned_about_z(points: np.ndarray, angle: float) -> np.ndarray:
    c, s = math.cos(angle), math.sin(angle)
    return points @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T


@pytest.mark.parametrize("mode", ["OBJECT", "POSE", "EDIT"])
def test_any_mode(lab: SimpleNamespace, mode: str) -> None:
    rig = apply.create_character(bpy.context)
    bpy.context.scene.frame_set(17, subframe=0.25)
    clip = lab.make_clip()
    bpy.ops.object.mode_set(mode=mode)
    before = state()
    report = apply.apply_clip(rig, clip, OPTIONS)
    assert state() == before
    assert (report.first_frame, report.last_frame) == (1, len(clip))
    bpy.ops.object.mode_set(mode="OBJECT")
    np.testing.assert_allclose(heads(lab, rig, 21), lab.source_paths(clip)[20], atol=1e-5)


def test_edit_mode_sees_unsaved_bones(lab: SimpleNamespace) -> None:
    rig = apply.create_character(bpy.context)
    bpy.ops.object.mode_set(mode="EDIT")
    rig.data.edit_bones["left_elbow"].name = "my bone"
    assert "my bone" in apply.check_target(rig).bones


@pytest.mark.parametrize("hide", ["eye", "monitor", "collection"])
def test_hidden(lab: SimpleNamespace, hide: str) -> None:
    rig = apply.create_character(bpy.context)
    rig.location = (3.0, 1.0, 0.0)
    if hide == "eye":
        rig.hide_set(True)
    elif hide == "monitor":
        rig.hide_viewport = True
    else:
        collection = bpy.data.collections.new("Away")
        bpy.context.scene.collection.children.link(collection)
        for obj in (rig, *rig.children):
            bpy.context.scene.collection.objects.unlink(obj)
            collection.objects.link(obj)
        bpy.context.view_layer.layer_collection.children["Away"].exclude = True
    clip = lab.make_clip()
    before = state()
    apply.apply_clip(rig, clip, OPTIONS)
    assert state() == before
    rig.hide_viewport = False
    if hide == "eye":
        rig.hide_set(False)
    if hide == "collection":
        bpy.context.view_layer.layer_collection.children["Away"].exclude = False
    np.testing.assert_allclose(heads(lab, rig, 11), lab.source_paths(clip)[10] + [3.0, 1.0, 0.0], atol=1e-5)


def test_turned_scaled_and_parented_object(lab: SimpleNamespace) -> None:
    parent = bpy.data.objects.new("Vehicle", None)
    bpy.context.scene.collection.objects.link(parent)
    parent.location, parent.rotation_euler = (1.0, -2.0, 0.5), (0.0, 0.0, 0.6)
    rig = apply.create_character(bpy.context)
    rig.parent = parent
    rig.location, rig.rotation_euler, rig.scale = (0.3, 0.2, 0.0), (0.0, 0.0, 0.5), (2.0, 2.0, 2.0)
    bpy.context.view_layer.update()
    clip = lab.make_clip()
    apply.apply_clip(rig, clip, OPTIONS)
    origin = np.array(rig.matrix_world.translation)
    expected = turned_about_z(lab.source_paths(clip)[25] * 2.0, 1.1) + origin
    np.testing.assert_allclose(heads(lab, rig, 26), expected, atol=2e-5)


@pytest.mark.parametrize("kind", ["own", "rigify", "mixamo", "centimetres"])
def test_goes_on_where_it_stands(lab: SimpleNamespace, kind: str) -> None:
    """A second clip starts at the place and heading that the first one ended with."""
    if kind == "own":
        rig = apply.create_character(bpy.context)
    elif kind == "rigify":
        rig = lab.make_rigify()
    else:
        rig = lab.make_mixamo(imported=kind == "centimetres")
    clip = lab.make_clip(frames=40, strength=0.0)  # turns left while it walks a curve, else stiff
    apply.apply_clip(rig, clip, OPTIONS)
    ended = heads(lab, rig, 40)
    bpy.context.scene.frame_set(3)
    apply.apply_clip(rig, clip, apply.ApplyOptions(start_frame=40, scene_fps=20.0))
    assert bpy.context.scene.frame_current == 3
    np.testing.assert_allclose(heads(lab, rig, 40), ended, atol=1e-4)
    first, second = heads(lab, rig, 40), heads(lab, rig, 79)
    assert np.linalg.norm((second - first)[0, :2]) > 1.0


@pytest.mark.parametrize("how", ["eye", "monitor", "edit", "rest"])
def test_goes_on_though_not_shown(lab: SimpleNamespace, how: str) -> None:
    rig = apply.create_character(bpy.context)
    clip = lab.make_clip(frames=40, strength=0.0)
    apply.apply_clip(rig, clip, OPTIONS)
    ended = heads(lab, rig, 40)
    bpy.context.scene.frame_set(3)
    if how == "edit":
        bpy.ops.object.mode_set(mode="EDIT")
    rig.hide_viewport = how == "monitor"
    rig.hide_set(how == "eye")
    rig.data.pose_position = "REST" if how == "rest" else "POSE"
    apply.apply_clip(rig, clip, apply.ApplyOptions(start_frame=40, scene_fps=20.0))
    rig.hide_viewport = False
    rig.hide_set(False)
    bpy.ops.object.mode_set(mode="OBJECT")
    rig.data.pose_position = "POSE"
    np.testing.assert_allclose(heads(lab, rig, 40), ended, atol=1e-4)


def test_carried_by_a_root_bone(lab: SimpleNamespace) -> None:
    """A root bone above the pelvis that the animator moved and turned keeps its pose and carries the motion."""
    rig = apply.create_character(bpy.context)
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    root = rig.data.edit_bones.new("root")
    root.head, root.tail, root.roll = (0, 0, 0), (0, 0.4, 0.1), 0.7
    rig.data.edit_bones["pelvis"].parent = root
    bpy.ops.object.mode_set(mode="OBJECT")
    bone = rig.pose.bones["root"]
    bone.rotation_mode = "XYZ"
    bone.matrix = _placed((1.0, 2.0, 0.25), 0.8)
    bpy.context.view_layer.update()
    clip = lab.make_clip()
    apply.apply_clip(rig, clip, OPTIONS)
    expected = turned_about_z(lab.source_paths(clip)[30], 0.8) + np.array([1.0, 2.0, 0.25])
    # The bone's own slant at rest is part of where it was put.
    np.testing.assert_allclose(heads(lab, rig, 31)[:, 2], expected[:, 2], atol=1e-4)
    found = heads(lab, rig, 31)
    np.testing.assert_allclose(found - found[0], expected - expected[0], atol=1e-4)


def _placed(spot: tuple[float, float, float], angle: float) -> Any:
    """Where the root bone goes so that what hangs on it is moved by `spot` and turned about z."""
    import mathutils

    rest = bpy.context.object.data.bones["root"].matrix_local
    return mathutils.Matrix.Translation(spot) @ mathutils.Matrix.Rotation(angle, 4, "Z") @ rest


@pytest.mark.parametrize("case", ["hinge", "no_local_location", "connected_pelvis"])
def test_odd_parent_settings(lab: SimpleNamespace, case: str) -> None:
    rig = apply.create_character(bpy.context)
    bpy.ops.object.mode_set(mode="EDIT")
    bones = rig.data.edit_bones
    root = bones.new("root")
    root.head, root.tail, root.roll = (0.3, 0.4, 0.2), bones["pelvis"].head, 0.4
    bones["pelvis"].parent = root
    bones["pelvis"].use_connect = case == "connected_pelvis"
    if case == "hinge":
        for name in ("left_knee", "head", "pelvis"):
            bones[name].use_inherit_rotation = False
    if case == "no_local_location":
        bones["pelvis"].use_local_location = False
    bpy.ops.object.mode_set(mode="OBJECT")
    rig.pose.bones["root"].rotation_quaternion = (0.9, 0.1, 0.3, 0.2)
    bpy.context.view_layer.update()
    clip = lab.make_clip()
    apply.apply_clip(rig, clip, OPTIONS)
    bones = apply.check_target(rig).bones
    found = lab.joint_paths(rig, bones, range(1, 41, 5))
    assert lab.limb_angles(found, found).max() == 0.0
    source = lab.source_paths(clip)[::5]
    travel = np.linalg.norm((found - found[:1])[:, 0], axis=-1)
    np.testing.assert_allclose(travel, np.linalg.norm((source - source[:1])[:, 0], axis=-1), atol=1e-4)
    np.testing.assert_allclose(_lengths(found), _lengths(source), atol=1e-4)


def _lengths(paths: np.ndarray) -> np.ndarray:
    """Distances between all joints [T, 22, 22]: the pose, wherever it stands and faces."""
    return np.linalg.norm(paths[:, :, None] - paths[:, None], axis=-1)


@pytest.mark.parametrize("mode", ["QUATERNION", "XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX", "AXIS_ANGLE"])
def test_every_rotation_mode(lab: SimpleNamespace, mode: str) -> None:
    """Each bone keeps its mode; poses are right on and between frames: nothing flips from one to the next."""
    rig = apply.create_character(bpy.context)
    for bone in rig.pose.bones:
        bone.rotation_mode = mode
    clip = lab.make_clip(frames=120, strength=0.9)
    apply.apply_clip(rig, clip, OPTIONS)
    assert {bone.rotation_mode for bone in rig.pose.bones} == {mode}
    np.testing.assert_allclose(heads(lab, rig, 50), lab.source_paths(clip)[49], atol=1e-5)
    source = lab.source_paths(clip)
    for frame in range(1, 120, 3):
        bpy.context.scene.frame_set(frame, subframe=0.5)
        head = np.array([rig.pose.bones[joint.name.lower()].head for joint in Joint])
        between = (source[frame - 1] + source[frame]) / 2.0
        assert np.abs(head - between).max() < 0.02


def test_locked_channels(lab: SimpleNamespace) -> None:
    rig = apply.create_character(bpy.context)
    rig.pose.bones["head"].lock_rotation = (True, True, True)
    knee = rig.pose.bones["left_knee"]
    knee.rotation_mode, knee.lock_rotation = "XYZ", (False, True, True)
    rig.pose.bones["pelvis"].lock_location = (True, False, False)
    clip = lab.make_clip()
    report = apply.apply_clip(rig, clip, OPTIONS)
    written = {(curve.data_path, curve.array_index) for curve in find_channels(rig).fcurves}
    assert not any('"head"' in path for path, _ in written)
    assert {index for path, index in written if '"left_knee"' in path} == {0}
    assert {index for path, index in written if path.endswith("location")} == {1, 2}
    assert any("head" in note and "left_knee" in note for note in report.notes)
    # What hangs on a locked bone makes up for it.
    rig.pose.bones["left_shoulder"].lock_rotation = (True, True, True)
    apply.apply_clip(rig, clip, OPTIONS)
    found, source = heads(lab, rig, 20), lab.source_paths(clip)[19]
    a, b = (p[Joint.LEFT_WRIST] - p[Joint.LEFT_ELBOW] for p in (found, source))
    np.testing.assert_allclose(a, b, atol=1e-4)


def test_not_a_number_in_the_pose(lab: SimpleNamespace) -> None:
    rig = apply.create_character(bpy.context)
    rig.pose.bones["right_knee"].rotation_quaternion = (math.nan, 0.0, 0.0, 0.0)
    with pytest.raises(apply.TargetError, match=r"right_knee.*not numbers"):
        apply.apply_clip(rig, lab.make_clip(), OPTIONS)
    assert rig.animation_data is None or rig.animation_data.action is None
    assert not bpy.data.actions


def test_targets_that_cannot_work(lab: SimpleNamespace) -> None:
    with pytest.raises(apply.TargetError, match="no armature"):
        apply.check_target(None)
    cube = bpy.data.objects.new("Cube", None)
    with pytest.raises(apply.TargetError, match="“Cube” is not an armature"):
        apply.check_target(cube)
    empty = bpy.data.objects.new("Bare", bpy.data.armatures.new("Bare"))
    with pytest.raises(apply.TargetError, match="no bones"):
        apply.check_target(empty)
    rig = apply.create_character(bpy.context)
    for collection in rig.users_collection:
        collection.objects.unlink(rig)
    with pytest.raises(apply.TargetError, match="no scene"):
        apply.apply_clip(rig, lab.make_clip(), OPTIONS)


def test_linked_and_overridden(lab: SimpleNamespace, tmp_path: Path) -> None:
    file = tmp_path / "character.blend"
    apply.create_character(bpy.context)
    bpy.ops.wm.save_as_mainfile(filepath=str(file))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(file), link=True) as (_, target):
        target.objects = ["MMM Character"]
    linked = target.objects[0]
    bpy.context.scene.collection.objects.link(linked)
    with pytest.raises(apply.TargetError, match=r"linked from .*override"):
        apply.check_target(linked)
    override = linked.override_create()
    bpy.context.scene.collection.objects.link(override)
    clip = lab.make_clip()
    apply.apply_clip(override, clip, OPTIONS)
    np.testing.assert_allclose(heads(lab, override, 21), lab.source_paths(clip)[20], atol=1e-5)


def test_replaced_action_is_kept(lab: SimpleNamespace) -> None:
    rig = apply.create_character(bpy.context)
    first = apply.apply_clip(rig, lab.make_clip(), OPTIONS)
    second = apply.apply_clip(rig, lab.make_clip(seed=1), OPTIONS)
    assert first.action_name != second.action_name
    assert rig.animation_data.action.name == second.action_name
    assert bpy.data.actions[first.action_name].use_fake_user
    assert not bpy.data.actions[second.action_name].use_fake_user
    assert any(first.action_name in note for note in second.notes)


def test_keys_at_scene_rate(lab: SimpleNamespace) -> None:
    rig = apply.create_character(bpy.context)
    clip = lab.make_clip(frames=41)  # 2 s
    report = apply.apply_clip(rig, clip, apply.ApplyOptions(101, 30.0))
    assert (report.first_frame, report.last_frame) == (101, 161)
    np.testing.assert_allclose(heads(lab, rig, 131), lab.source_paths(clip)[20], atol=1e-5)
    report = apply.apply_clip(rig, clip, apply.ApplyOptions(1, 24.0, frames=10))
    assert (report.first_frame, report.last_frame) == (1, 10)
    curve = next(iter(find_channels(rig).fcurves))
    assert [point.co[0] for point in curve.keyframe_points] == list(range(1, 11))
    assert {point.interpolation for point in curve.keyframe_points} == {"LINEAR"}
    assert {point.type for point in curve.keyframe_points} == {"GENERATED"}
    assert curve.group.name in rig.pose.bones
