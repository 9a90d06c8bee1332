"""Posed bones over time: the quick way gives what playing the scene gives, and is taken only where it may be."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm import apply  # noqa: E402
from blender_mmm.scene import curve_reader, rig_reader  # noqa: E402
from blender_mmm.scene.action_channels import find_channels  # noqa: E402

FRAMES = [1, 2, 7, 12.5, 20, 33, 55]  # before, between and after keys


def animated(lab: SimpleNamespace, kind: str = "own") -> Any:
    obj = apply.create_character(bpy.context) if kind == "own" else lab.make_rigify()
    for number, bone in enumerate(obj.pose.bones):
        bone.rotation_mode = ("QUATERNION", "XYZ", "YZX", "AXIS_ANGLE")[number % 4]
    apply.apply_clip(obj, lab.make_clip(strength=1.0), apply.ApplyOptions(start_frame=3, scene_fps=20.0))
    return obj


def both(obj: Any) -> tuple[np.ndarray | None, np.ndarray]:
    rest = rig_reader.read_rest(obj)
    quick = curve_reader.find_posed(obj, rest, FRAMES)
    return quick, rig_reader.play_posed(obj, rest, FRAMES)


def assert_equal(obj: Any) -> None:
    quick, played = both(obj)
    assert quick is not None
    np.testing.assert_allclose(quick, played, atol=2e-6)


@pytest.mark.parametrize("kind", ["own", "rigify"])
def test_quick_is_the_same(lab: SimpleNamespace, kind: str) -> None:
    assert_equal(animated(lab, kind))


def test_quick_reads_other_interpolations_and_modifiers(lab: SimpleNamespace) -> None:
    obj = animated(lab)
    curves = list(find_channels(obj).fcurves)
    for number, curve in enumerate(curves):
        for point in list(curve.keyframe_points)[::-3]:
            curve.keyframe_points.remove(point)
        for point in curve.keyframe_points:
            point.interpolation = ("BEZIER", "CONSTANT", "LINEAR")[number % 3]
    curves[4].modifiers.new("CYCLES")
    curves[5].extrapolation = "LINEAR"
    curves[6].mute = True
    obj.animation_data.action.update_tag()
    assert_equal(obj)
    curves[9].group.mute = True
    assert both(obj)[0] is None


def test_quick_reads_scale_and_hinges(lab: SimpleNamespace) -> None:
    obj = animated(lab)
    obj.data.bones["left_shoulder"].use_inherit_rotation = False
    obj.data.bones["spine3"].use_local_location = False
    assert_equal(obj)
    obj.data.bones["left_shoulder"].use_inherit_rotation = True
    obj.pose.bones["spine2"].scale = (1.0, 1.5, 0.7)
    obj.pose.bones["spine2"].keyframe_insert("scale", frame=4)
    assert_equal(obj)
    obj.data.bones["left_elbow"].inherit_scale = "NONE"
    assert both(obj)[0] is None


def test_what_curves_do_not_tell_is_played(lab: SimpleNamespace) -> None:
    obj = animated(lab)
    rest = rig_reader.read_rest(obj)

    def is_quick() -> bool:
        return curve_reader.find_posed(obj, rest, FRAMES) is not None

    assert is_quick()
    driver = obj.driver_add("location", 0)
    assert not is_quick()
    obj.driver_remove("location", 0)
    assert is_quick() and driver is not None
    obj.animation_data.action_influence = 0.5
    assert not is_quick()
    obj.animation_data.action_influence = 1.0
    bone = obj.pose.bones["left_wrist"]
    constraint = bone.constraints.new("LIMIT_ROTATION")
    assert not is_quick()
    bone.constraints.remove(constraint)
    assert is_quick()
    bone.keyframe_insert("rotation_mode", frame=4)
    assert not is_quick()


def test_constraints_count_and_the_scene_stays(lab: SimpleNamespace) -> None:
    obj = animated(lab)
    target = bpy.data.objects.new("Target", None)
    bpy.context.scene.collection.objects.link(target)
    target.location = (0.3, -0.4, 1.0)
    chain = obj.pose.bones["left_elbow"].constraints.new("IK")
    chain.target, chain.chain_count = target, 2
    bpy.context.scene.frame_set(9, subframe=0.25)
    rest = rig_reader.read_rest(obj)
    posed = rig_reader.read_posed(obj, rest, [1, 30])
    wrists = posed[:, rest.bones.index("left_wrist"), :3, 3]
    reach = np.linalg.norm(np.array(target.location) - posed[:, rest.bones.index("left_shoulder"), :3, 3], axis=-1)
    assert (np.linalg.norm(wrists - np.array(target.location), axis=-1) < np.maximum(reach - 0.51, 0.0) + 0.01).all()
    assert (bpy.context.scene.frame_current, bpy.context.scene.frame_subframe) == (9, 0.25)


def test_numbers_that_are_none_are_told(lab: SimpleNamespace) -> None:
    obj = apply.create_character(bpy.context)
    obj.pose.bones["head"].location[1] = float("nan")
    obj.pose.bones["head"].keyframe_insert("location", frame=1)
    with pytest.raises(rig_reader.RigReadError, match="head"):
        rig_reader.read_posed(obj, rig_reader.read_rest(obj), [1, 2])
