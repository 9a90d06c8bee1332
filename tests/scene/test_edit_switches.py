"""Edits of a generated Rigify rig whose limbs are in IK: the new motion is seen, and nothing outside it changes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm import edits  # noqa: E402
from blender_mmm.edits.clean_feet import clean_feet  # noqa: E402
from blender_mmm.edits.follow_path import PathOptions, Way, follow_path  # noqa: E402
from blender_mmm.engine_door import clip as clips  # noqa: E402
from blender_mmm.retarget.presets import Switch  # noqa: E402
from blender_mmm.scene.action_channels import find_channels  # noqa: E402
from blender_mmm.scene.switches import set_switches  # noqa: E402
from blender_mmm.scene.takes import show_action  # noqa: E402

FIRST, START, STOP, LAST = 1, 11, 21, 31
INSIDE, OUTSIDE = range(START, STOP), (*range(FIRST, START), *range(STOP, LAST + 1))
LEG = 'pose.bones["thigh_parent.L"]["IK_FK"]'


@pytest.fixture(scope="module")
def rigify_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Rigify generates from its human meta-rig, in a file."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    try:
        bpy.ops.preferences.addon_enable(module="rigify")
    except RuntimeError:
        pytest.skip("this Blender has no Rigify")
    bpy.ops.object.armature_human_metarig_add()
    bpy.ops.pose.rigify_generate()
    path = tmp_path_factory.mktemp("rigify") / "rig.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.preferences.addon_disable(module="rigify")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return path


def open_in_ik(path: Path, frames: tuple[int, ...] = (FIRST, START - 1, STOP, LAST)) -> Any:
    """The rig, animated by its IK controls and its torso, 20 frames a second, switches as Rigify leaves them."""
    bpy.ops.wm.open_mainfile(filepath=str(path))
    bpy.context.scene.render.fps = 20
    rig = next(obj for obj in bpy.context.scene.objects if obj.type == "ARMATURE" and "root" in obj.data.bones)
    ways = {  # limbs bend: none is pulled long
        "torso": (0.05, -0.04, -0.12), "foot_ik.L": (0.0, -0.06, 0.04), "foot_ik.R": (0.02, 0.04, 0.0),
        "hand_ik.L": (0.02, -0.12, 0.03), "hand_ik.R": (-0.03, -0.16, -0.02),
    }  # fmt: skip
    for bone in rig.pose.bones:  # FK limbs keep their length, which Rigify's IK does not
        bone.ik_stretch = 0.0
    for name, way in ways.items():
        bone = rig.pose.bones[name]
        for frame in frames:
            bone.location = np.array(way) * (0.6 + 0.4 * np.sin(0.2 * frame))
            bone.keyframe_insert("location", frame=frame)
    return rig


def posed(rig: Any, frames: Any) -> np.ndarray:
    """Matrices [T, B, 4, 4] of all bones."""
    scene, found = bpy.context.scene, []
    for frame in frames:
        scene.frame_set(frame)
        found.append([np.array(bone.matrix) for bone in rig.pose.bones])
    return np.array(found)


def places(rig: Any, frames: Any) -> np.ndarray:
    """Heads [T, L, 3] of the limbs that are seen."""
    order = [bone.name for bone in rig.pose.bones]
    limbs = [f"DEF-{name}.{side}" for side in "LR" for name in ("thigh", "shin", "foot", "toe", "forearm", "hand")]
    return posed(rig, frames)[:, [order.index(limb) for limb in limbs]][..., :3, 3]


def keys_of(rig: Any, path: str) -> list[tuple[float, float, str]]:
    curve = find_channels(rig).fcurves.find(path)
    return [(*key.co, key.interpolation) for key in curve.keyframe_points] if curve else []


def fill(rig: Any, part: str | None = None) -> edits.EditReport:
    """An edit whose answer is the motion it asked about: inside, too, all is to be seen where it was."""
    scene = bpy.context.scene
    if part is None:
        prepared = edits.prepare_fill(rig, scene, edits.to_ranges(rig, scene, [(START, STOP)]))
    else:
        prepared = edits.prepare_part(rig, scene, edits.FrameRange(START, STOP), part, "a person waves")
    return edits.apply_edit(rig, prepared, prepared.request.clip)


def test_fill_shows_and_leaves_the_rest(lab: SimpleNamespace, rigify_file: Path) -> None:
    rig = open_in_ik(rigify_file)
    original = rig.animation_data.action.name
    before, outside = places(rig, INSIDE), posed(rig, OUTSIDE)
    seen = places(rig, OUTSIDE)
    report = fill(rig)
    np.testing.assert_array_equal(posed(rig, OUTSIDE), outside)
    np.testing.assert_allclose(places(rig, INSIDE), before, atol=2e-3)
    assert keys_of(rig, LEG) == [(START - 1, 0, "CONSTANT"), (START, 1, "CONSTANT"), (STOP, 0, "CONSTANT")]
    assert any("thigh_parent.L: IK_FK" in note for note in report.notes)

    bpy.context.scene.frame_set(START + 3)
    assert rig.pose.bones["thigh_parent.L"]["IK_FK"] == 1.0
    show_action(rig, original)
    np.testing.assert_array_equal(places(rig, OUTSIDE), seen)


def test_keyed_switches_keep_their_course(lab: SimpleNamespace, rigify_file: Path) -> None:
    """A switch that the animator keyed, sliding into the range: its keys stay, FK inside."""
    rig = open_in_ik(rigify_file)
    for frame, value in ((3, 0.0), (15, 1.0), (18, 0.5), (28, 0.0)):
        rig.pose.bones["thigh_parent.L"]["IK_FK"] = value
        rig.keyframe_insert(LEG, frame=frame)
    before, outside = places(rig, INSIDE), posed(rig, OUTSIDE)
    fill(rig)
    np.testing.assert_array_equal(posed(rig, OUTSIDE), outside)
    # Halfway between two controls a limb is shorter than it can be.
    np.testing.assert_allclose(places(rig, INSIDE), before, atol=0.03)
    inside = [value for frame, value, _ in keys_of(rig, LEG) if START <= frame < STOP]
    assert inside == [1.0]


def test_a_part_turns_its_own_switches(lab: SimpleNamespace, rigify_file: Path) -> None:
    rig = open_in_ik(rigify_file)
    legs = places(rig, INSIDE)[:, [0, 1, 2, 3, 6, 7, 8, 9]]
    report = fill(rig, "LEFT_ARM")
    assert keys_of(rig, 'pose.bones["upper_arm_parent.L"]["IK_FK"]')
    assert not keys_of(rig, LEG) and not any("thigh_parent" in note for note in report.notes)
    np.testing.assert_allclose(places(rig, INSIDE)[:, [0, 1, 2, 3, 6, 7, 8, 9]], legs, atol=1e-6)


def test_feet_and_paths_take_legs_over(lab: SimpleNamespace, rigify_file: Path) -> None:
    """Feet that stand stay; a body led elsewhere takes limbs along whose IK controls stay behind."""
    rig = open_in_ik(rigify_file, tuple(range(FIRST, LAST + 1)))
    outside = posed(rig, OUTSIDE)
    clean_feet(rig, bpy.context.scene, edits.FrameRange(START, STOP))
    np.testing.assert_array_equal(posed(rig, OUTSIDE), outside)
    assert keys_of(rig, LEG)[1][:2] == (START, 1)

    rig = open_in_ik(rigify_file, tuple(range(FIRST, LAST + 1)))
    frames = range(FIRST, LAST + 1)
    before = places(rig, frames)
    follow_path(rig, bpy.context.scene, PathOptions(Way.IN_PLACE))
    after = places(rig, frames)
    moved = before - after
    assert np.ptp(moved, axis=0).max() > 0.01
    np.testing.assert_allclose(moved, np.broadcast_to(moved[:, :1], moved.shape), atol=2e-3)


def test_every_take_starts_from_ik(lab: SimpleNamespace, rigify_file: Path) -> None:
    """The first take's switches do not stay behind when the second is written."""
    rig = open_in_ik(rigify_file)
    before, scene = places(rig, INSIDE), bpy.context.scene
    prepared = edits.prepare_fill(rig, scene, edits.to_ranges(rig, scene, [(START, STOP)]))
    for _ in range(2):
        edits.apply_edit(rig, prepared, prepared.request.clip)
        scene.frame_set(START + 3)
        assert rig.pose.bones["thigh_parent.L"]["IK_FK"] == 1.0
        np.testing.assert_allclose(places(rig, INSIDE), before, atol=2e-3)
        scene.frame_set(START + 3)
    assert len(keys_of(rig, LEG)) == 3


def test_a_loop_is_steered_by_what_it_keys(lab: SimpleNamespace, rigify_file: Path) -> None:
    rig = open_in_ik(rigify_file)
    scene = bpy.context.scene
    before = places(rig, [START])
    prepared = edits.prepare_loop(rig, scene, edits.FrameRange(START, LAST), in_place=True)
    edits.apply_edit(rig, prepared, prepared.request.clip)
    assert [key[:2] for key in keys_of(rig, LEG)] == [(START, 1)]
    np.testing.assert_allclose(places(rig, [START]), before, atol=5e-3)
    again = LAST - 1 + 4
    np.testing.assert_allclose(places(rig, [again]), places(rig, [START + 4]), atol=1e-4)


def test_a_story_takes_limbs_over_for_good(lab: SimpleNamespace, rigify_file: Path) -> None:
    rig = open_in_ik(rigify_file)
    scene = bpy.context.scene
    early, outside = range(FIRST, START), posed(rig, range(FIRST, START))
    last = places(rig, [START - 1])
    opening = edits.opening_of(rig, scene, START - 1)
    still = clips.MotionClip(
        *(np.repeat(array[-1:], 20, axis=0) for array in (opening.root, opening.rotations, opening.contacts)), 20.0
    )
    edits.apply_story(rig, still, (0,), edits.StoryOptions(START - 1, 20.0, ("stand",), opening))
    np.testing.assert_array_equal(posed(rig, early), outside)
    later = places(rig, range(START, START + 20))
    np.testing.assert_allclose(later, np.broadcast_to(last, later.shape), atol=2e-3)
    assert keys_of(rig, LEG) == [(START - 1, 0, "CONSTANT"), (START, 1, "CONSTANT")]


def test_registered_properties_get_their_own_type(lab: SimpleNamespace) -> None:
    """A switch that an add-on registers is set as such, and tells the add-on."""
    told = []
    bpy.types.PoseBone.mmm_test_toggle = bpy.props.BoolProperty(default=True, update=lambda bone, _: told.append(bone))
    try:
        rig = lab.make_mixamo()
        bone = rig.pose.bones[0]
        bone["whole"] = 1
        asked = (Switch(bone.name, "mmm_test_toggle", 0.0), Switch(bone.name, "whole", 0.0))
        assert len(set_switches(rig, asked)) == 2
        assert bone.mmm_test_toggle is False and told
        assert bone["whole"] == 0 and isinstance(bone["whole"], int)
        assert set_switches(rig, asked) == ()
    finally:
        del bpy.types.PoseBone.mmm_test_toggle
