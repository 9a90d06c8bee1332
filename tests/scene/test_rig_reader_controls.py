"""Rigs of controls: what a generated rig does by constraints is read as hierarchy, and limbs where they really are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm.retarget.presets import Switch  # noqa: E402
from blender_mmm.scene import rig_reader  # noqa: E402
from blender_mmm.scene.switches import set_switches  # noqa: E402


def make_controls() -> Any:
    """An arm that follows one of two controls, hung on a shoulder and a root as Rigify hangs them."""
    data = bpy.data.armatures.new("Controls")
    obj = bpy.data.objects.new("Controls", data)
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.objects.active = obj
    bpy.ops.object.mode_set(mode="EDIT")
    for name, parent, head, tail in (
        ("root", None, (0, 0, 0), (0, 0.5, 0)),
        ("hung", None, (0, 0, 1), (0, 0, 1.3)),
        ("shoulder", "hung", (0, 0, 1.3), (0.2, 0, 1.3)),
        ("ORG-shoulder", "hung", (0, 0, 1.3), (0.2, 0, 1.3)),
        ("arm_fk", "ORG-shoulder", (0.2, 0, 1.3), (0.5, 0, 1.3)),
        ("arm_ik", "root", (0.2, 0, 1.3), (0.5, 0, 1.3)),
        ("ORG-arm", "ORG-shoulder", (0.2, 0, 1.3), (0.5, 0, 1.3)),
    ):
        bone = data.edit_bones.new(name)
        bone.head, bone.tail = head, tail
        bone.parent = data.edit_bones[parent] if parent else None
    bpy.ops.object.mode_set(mode="OBJECT")
    bones = obj.pose.bones
    for bone, target in (("ORG-shoulder", "shoulder"), ("ORG-arm", "arm_fk"), ("ORG-arm", "arm_ik")):
        copy = bones[bone].constraints.new("COPY_TRANSFORMS")
        copy.target, copy.subtarget = obj, target
    hung = bones["hung"].constraints.new("ARMATURE").targets.new()
    hung.target, hung.subtarget, hung.weight = obj, "root", 1.0
    bones["shoulder"]["follow"] = 0.0
    return obj


def test_copies_and_armature_constraints_are_parents(lab: SimpleNamespace) -> None:
    obj = make_controls()
    rest = rig_reader.read_rest(obj)

    def carrier(name: str) -> str:
        return rest.bones[rest.parents[rest.bones.index(name)]]

    assert carrier("hung") == "root"
    assert carrier("arm_fk") == "shoulder"
    assert carrier("ORG-shoulder") == "hung"


def test_limb_is_read_where_it_is(lab: SimpleNamespace) -> None:
    """ORG-arm follows the IK control, the last of its constraints: the FK control is read there."""
    obj = make_controls()
    obj.pose.bones["arm_ik"].location = (0.1, 0.2, 0.3)
    rest = rig_reader.read_rest(obj)
    posed = rig_reader.read_posed(obj, rest, [1])[0]
    fk, ik, limb = (rest.bones.index(name) for name in ("arm_fk", "arm_ik", "ORG-arm"))
    np.testing.assert_allclose(posed[limb], posed[ik], atol=1e-6)
    np.testing.assert_array_equal(posed[fk], posed[limb])


def test_switches(lab: SimpleNamespace) -> None:
    obj = make_controls()
    asked = (Switch("shoulder", "follow", 1.0), Switch("shoulder", "absent", 1.0), Switch("nobody", "follow", 1.0))
    assert set_switches(obj, asked) == ("shoulder: follow",)
    assert obj.pose.bones["shoulder"]["follow"] == 1.0
    assert set_switches(obj, asked) == ()
