"""Feet of actions in Blender: held where they stand, led along curves, nothing else touched."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm import apply, edits  # noqa: E402
from blender_mmm.edits.clean_feet import CleanFeetOptions, clean_feet  # noqa: E402
from blender_mmm.edits.errors import EditError  # noqa: E402
from blender_mmm.edits.follow_path import PathOptions, Speed, Way, follow_path  # noqa: E402
from blender_mmm.engine_door import clip as clips  # noqa: E402
from blender_mmm.engine_door import rotations, skeleton  # noqa: E402
from blender_mmm.scene.action_channels import find_channels  # noqa: E402
from blender_mmm.scene.frame_range import FrameRange  # noqa: E402
from blender_mmm.scene.path_reader import PathReadError, read_curve  # noqa: E402

Joint = skeleton.Joint
FRAMES = 60
RIGS = ("own", "mixamo, imported")


def make_walk(frames: int = FRAMES, slide: float = 0.25) -> clips.MotionClip:
    """Legs that swing over a root that is faster than they are, 30 frames a second."""
    time = np.arange(frames) / 30.0
    phase = 2.0 * np.pi * 0.9 * time
    turns = np.broadcast_to(rotations.IDENTITY, (frames, skeleton.JOINT_COUNT, 4)).copy()
    across = np.array([1.0, 0.0, 0.0])
    for sign, hip, knee, ankle in (
        (1.0, Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE),
        (-1.0, Joint.RIGHT_HIP, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE),
    ):
        swing = -0.4 * np.sin(sign * phase)
        bend = 0.15 + 0.7 * np.maximum(0.0, np.cos(sign * phase)) ** 2
        turns[:, hip] = rotations.about_axis(across, swing - 0.5 * bend)
        turns[:, knee] = rotations.about_axis(across, bend)
        turns[:, ankle] = rotations.about_axis(across, -swing - 0.5 * bend)
    root = np.stack([0.0 * time, 0.0 * time + skeleton.REST_PELVIS_HEIGHT - 0.03, (1.45 + slide) * time], axis=1)
    return clips.MotionClip(root, turns, np.zeros((frames, 4)), 30.0)


def make_rig(lab: SimpleNamespace, kind: str) -> Any:
    rig = apply.create_character(bpy.context) if kind == "own" else lab.make_mixamo(imported=True)
    bpy.context.scene.render.fps = 30
    apply.apply_clip(rig, make_walk(), apply.ApplyOptions(1, 30.0))
    return rig


def slides(lab: SimpleNamespace, rig: Any, frames: range = range(1, FRAMES + 1)) -> np.ndarray:
    """How far the slower of the two toe joints moves over the ground at each frame, metres."""
    bone_map = apply.check_target(rig)
    feet = lab.joint_paths(rig, bone_map.bones, frames)[:, [Joint.LEFT_FOOT, Joint.RIGHT_FOOT], :2]
    return np.linalg.norm(np.diff(feet, axis=0), axis=-1).min(axis=1)


def table(rig: Any, outside: FrameRange | None = None) -> dict[tuple[str, int], list[Any]]:
    """All keys (outside a range) as Blender keeps them."""
    found = {}
    for curve in find_channels(rig).fcurves:
        keys = [tuple(key.co) for key in curve.keyframe_points]
        found[curve.data_path, curve.array_index] = [
            key for key in keys if outside is None or not outside.start <= key[0] < outside.stop
        ]
    return found


def make_curve(points: list[tuple[float, float, float]], closed: bool = False) -> Any:
    data = bpy.data.curves.new("Way", "CURVE")
    data.dimensions = "3D"
    data.bevel_depth = 0.1
    spline = data.splines.new("BEZIER")
    spline.bezier_points.add(len(points) - 1)
    for point, place in zip(spline.bezier_points, points, strict=True):
        point.co = place
        point.handle_left_type = point.handle_right_type = "AUTO"
    spline.use_cyclic_u = closed
    obj = bpy.data.objects.new("Way", data)
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.update()
    return obj


@pytest.mark.parametrize("kind", RIGS)
def test_standing_feet_stop(lab: SimpleNamespace, kind: str) -> None:
    rig = make_rig(lab, kind)
    before, action = slides(lab, rig), rig.animation_data.action
    kept = table(rig)
    clean_feet(rig, bpy.context.scene)
    after = slides(lab, rig)
    assert np.median(before) > 0.006
    assert np.median(after) < 0.0005
    assert rig.animation_data.action != action
    rig.animation_data.action = action
    assert table(rig) == kept


def test_only_the_range_and_the_legs(lab: SimpleNamespace) -> None:
    """Keys outside the range are bit-identical; without lowering only leg bones change."""
    rig = make_rig(lab, "own")
    before = table(rig)
    frames = FrameRange(20, 45)
    clean_feet(rig, bpy.context.scene, frames, CleanFeetOptions(lowers_body=False))
    assert table(rig, frames) == {name: [k for k in keys if not 20 <= k[0] < 45] for name, keys in before.items()}
    legs = {bone for joint, bone in enumerate(apply.check_target(rig).bones) if Joint(joint).name.split("_")[-1] in
            ("HIP", "KNEE", "ANKLE", "FOOT")}  # fmt: skip
    for (path, index), keys in table(rig).items():
        if path.split('"')[1] not in legs:
            assert keys == before[path, index]
    assert np.median(slides(lab, rig, range(27, 39))) < 0.001


def test_says_why_not(lab: SimpleNamespace) -> None:
    scene = bpy.context.scene
    rig = make_rig(lab, "own")
    before = table(rig)
    with pytest.raises(EditError, match="outside the action"):
        clean_feet(rig, scene, FrameRange(500, 600))
    with pytest.raises(EditError, match="strength is 0"):
        clean_feet(rig, scene, None, CleanFeetOptions(strength=0.0))
    knee = apply.check_target(rig).bones[Joint.LEFT_KNEE]
    constraint = rig.pose.bones[knee].constraints.new("IK")
    with pytest.raises(EditError, match="Constraints or drivers move the legs"):
        clean_feet(rig, scene)
    rig.pose.bones[knee].constraints.remove(constraint)
    with pytest.raises(EditError, match="no curve"):
        follow_path(rig, scene, PathOptions(Way.CURVE, rig))
    assert table(rig) == before


@pytest.mark.parametrize("kind", RIGS)
def test_follows_a_curve(lab: SimpleNamespace, kind: str) -> None:
    """The pelvis walks above the curve in the world, and standing feet do not slide on it."""
    rig = make_rig(lab, kind)
    curve = make_curve([(1.0, 0.0, 0.0), (1.0, -1.5, 0.0), (2.5, -2.5, 0.0), (4.0, -2.5, 0.0)])
    follow_path(rig, bpy.context.scene, PathOptions(Way.CURVE, curve, Speed.FIT))
    bones = apply.check_target(rig).bones
    pelvis = lab.joint_paths(rig, bones, range(1, FRAMES + 1))[:, Joint.PELVIS, :2]
    points = read_curve(curve).points[:, :2]
    off = np.linalg.norm(pelvis[:, None] - points[None], axis=-1).min(axis=1)
    assert off.max() < 0.15
    np.testing.assert_allclose(pelvis[-1], [4.0, -2.5], atol=0.08)
    assert np.median(slides(lab, rig)) < 0.002


def test_in_place_and_straight(lab: SimpleNamespace) -> None:
    rig = make_rig(lab, "own")
    bones = apply.check_target(rig).bones
    follow_path(rig, bpy.context.scene, PathOptions(Way.STRAIGHT))
    paths = lab.joint_paths(rig, bones, range(1, FRAMES + 1))[:, Joint.PELVIS]
    assert abs(paths[-1, 1]) > 2.5
    follow_path(rig, bpy.context.scene, PathOptions(Way.IN_PLACE))
    paths = lab.joint_paths(rig, bones, range(1, FRAMES + 1))[:, Joint.PELVIS, :2]
    assert np.ptp(paths, axis=0).max() < 0.05


def test_curve_reader(lab: SimpleNamespace) -> None:
    """A bevelled, moved circle is its own middle line in the world; the scene keeps no helper objects."""
    bpy.ops.curve.primitive_bezier_circle_add(radius=2.0, location=(1.0, 2.0, 3.0))
    circle = bpy.context.object
    circle.data.bevel_depth = 0.3
    bpy.context.view_layer.update()
    objects, curves = len(bpy.data.objects), len(bpy.data.curves)
    read = read_curve(circle)
    assert read.closed
    np.testing.assert_allclose(np.linalg.norm(read.points - [1.0, 2.0, 3.0], axis=1), 2.0, atol=0.01)
    assert (len(bpy.data.objects), len(bpy.data.curves)) == (objects, curves)
    with pytest.raises(PathReadError, match="no curve"):
        read_curve(None)


def labelled_walk() -> clips.MotionClip:
    """The walk that slides, with the feet said to stand where they should."""
    clip = make_walk()
    phase = 2.0 * np.pi * 0.9 * np.arange(FRAMES) / 30.0
    left, right = np.cos(phase) < 0.2, np.cos(phase) > -0.2
    return clips.MotionClip(clip.root, clip.rotations, np.stack([left, left, right, right], 1).astype(float), 30.0)


def test_new_motions_stand_still(lab: SimpleNamespace) -> None:
    """apply_clip holds the feet where the clip says contact, if asked."""
    rig = make_rig(lab, "own")
    apply.apply_clip(rig, labelled_walk(), apply.ApplyOptions(1, 30.0, foot_lock=1.0))
    assert np.median(slides(lab, rig)) < 0.0005


def test_what_rigify_generates_stands_still(lab: SimpleNamespace) -> None:
    """By its FK controls, seen at the bones that deform."""
    lab.make_rigify()
    bpy.ops.pose.rigify_generate()
    rig = next(obj for obj in bpy.context.scene.objects if obj.type == "ARMATURE" and "root" in obj.data.bones)
    found = []
    for lock in (0.0, 1.0):
        report = apply.apply_clip(rig, labelled_walk(), apply.ApplyOptions(1, 30.0, foot_lock=lock))
        assert not any("not held" in note for note in report.notes)
        toes = tuple({Joint.LEFT_FOOT: "DEF-toe.L", Joint.RIGHT_FOOT: "DEF-toe.R"}.get(joint) for joint in Joint)
        paths = lab.joint_paths(rig, toes, range(1, FRAMES + 1))[:, [Joint.LEFT_FOOT, Joint.RIGHT_FOOT]]
        found.append(np.linalg.norm(np.diff(paths, axis=0), axis=-1).min(axis=1))
    assert np.median(found[0]) > 0.006
    assert np.median(found[1]) < 0.0005


def test_legs_that_constraints_move_are_left_and_told(lab: SimpleNamespace) -> None:
    rig = make_rig(lab, "own")
    before = table(rig)
    knee = apply.check_target(rig).bones[Joint.LEFT_KNEE]
    rig.pose.bones[knee].constraints.new("IK")
    report = apply.apply_clip(rig, make_walk(), apply.ApplyOptions(1, 30.0, foot_lock=1.0))
    assert any("not held" in note and str(knee) in note for note in report.notes)
    assert table(rig) == before


def test_a_story_goes_on_from_where_it_was(lab: SimpleNamespace) -> None:
    """Held feet ease in: up to the frame it starts from nothing changes, and nothing leaps after it."""
    rig = make_rig(lab, "own")
    before, way = table(rig), slides(lab, rig, range(1, 31))
    opening = edits.opening_of(rig, bpy.context.scene, 30)
    more = clips.MotionClip(
        opening.root[-1:] + np.linspace(0.01, 0.28, 30)[:, None] * [0.0, 0.0, 1.0],
        np.repeat(opening.rotations[-1:], 30, axis=0),
        np.ones((30, 4)),
        opening.fps,
    )
    options = edits.StoryOptions(30, 30.0, ("on",), opening, foot_lock=1.0)
    edits.apply_story(rig, more, (0,), options)
    late = FrameRange(31, 1000)
    assert table(rig, late) == {name: [k for k in keys if k[0] < 31] for name, keys in before.items()}
    np.testing.assert_array_equal(slides(lab, rig, range(1, 31)), way)
    paths = lab.joint_paths(rig, apply.check_target(rig).bones, range(28, 70))
    assert np.linalg.norm(np.diff(paths, axis=0), axis=-1).max() < 0.25
    free = edits.StoryOptions(30, 30.0, ("on",), opening)
    held = slides(lab, rig, range(45, 70))
    edits.apply_story(rig, more, (0,), free)
    assert np.median(held) < 0.5 * np.median(slides(lab, rig, range(45, 70)))


def test_steps_that_were_made_up_are_told(lab: SimpleNamespace) -> None:
    """A body that glides a metre with its feet on the ground steps instead, and the report names the frames."""
    rig = make_rig(lab, "own")
    opening = edits.opening_of(rig, bpy.context.scene, 30)
    rest = clips.MotionClip(
        opening.root[-1:] + np.linspace(0.02, 1.2, 60)[:, None] * [0.0, 0.0, 1.0],
        np.repeat(opening.rotations[-1:], 60, axis=0),
        np.ones((60, 4)),
        opening.fps,
    )
    again = edits.apply_story(rig, rest, (0,), edits.StoryOptions(30, 30.0, ("glide",), opening, foot_lock=1.0))
    anew = apply.apply_clip(rig, rest, apply.ApplyOptions(1, 30.0, foot_lock=1.0))
    for done in (again, anew):
        told = [note for note in done.notes if "short steps" in note]
        frames = [int(word.strip(",.")) for word in told[0].split("frames ")[1].split() if word != "to"]
        assert frames and done.first_frame <= min(frames) <= max(frames) <= done.last_frame
    assert not any("short steps" in note for note in apply.apply_clip(rig, rest, apply.ApplyOptions(1, 30.0)).notes)
