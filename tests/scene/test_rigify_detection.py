# ruff: noqa: E402 - what needs bpy is imported after it is known to be there
"""What Rigify itself makes: people are recognised, even with spoilt names; animals are turned away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm.engine_door import skeleton
from blender_mmm.retarget.bone_map import UnmappedRigError, find_bone_map
from blender_mmm.retarget.rig import RigRest
from blender_mmm.scene.rig_reader import read_rest
from tests.zoo import expected, mangled


@pytest.fixture(scope="module")
def rigify() -> Iterator[Any]:
    """bpy with the add-on on."""
    try:
        bpy.ops.preferences.addon_enable(module="rigify")
    except RuntimeError:
        pytest.skip("this Blender has no Rigify")
    if "rigify" not in bpy.context.preferences.addons:
        pytest.skip("this Blender has no Rigify")
    yield bpy
    bpy.ops.preferences.addon_disable(module="rigify")


@pytest.fixture(scope="module")
def generated(rigify: Any) -> RigRest:
    rigify.ops.wm.read_factory_settings(use_empty=True)
    rigify.ops.preferences.addon_enable(module="rigify")
    rigify.ops.object.armature_human_metarig_add()
    rigify.ops.pose.rigify_generate()
    return read_rest(rigify.context.object)


def wrong(rest: RigRest, name: str, original: dict[str, str] | None = None) -> list[str]:
    found = dict(zip(skeleton.JOINT_NAMES, find_bone_map(rest).bones, strict=True))
    if original:
        found = {joint: original[bone] if bone else None for joint, bone in found.items()}
    return [f"{joint}: {found[joint]}" for joint, bone in expected(name).items() if found[joint] != bone]


def test_the_generated_rig(generated: RigRest) -> None:
    assert wrong(generated, "rigify_generated") == []
    found = find_bone_map(generated)
    assert found.preset == "Generated Rigify rig"
    switches = {(switch.bone, switch.property): switch.value for switch in found.switches}
    assert switches[("thigh_parent.L", "IK_FK")] == switches[("upper_arm_parent.R", "IK_FK")] == 1.0
    assert all(switch.bone in generated.bones for switch in found.switches)


def test_the_generated_rig_with_a_fifth_of_its_names_spoilt(generated: RigRest) -> None:
    for seed in range(5):
        rest, original = mangled(generated, 0.2, seed)
        assert len(wrong(rest, "rigify_generated", original)) <= 0.1 * skeleton.JOINT_COUNT


@pytest.mark.parametrize("kind", ["human", "basic_human"])
def test_the_meta_rigs(rigify: Any, kind: str) -> None:
    getattr(rigify.ops.object, f"armature_{kind}_metarig_add")()
    rest = read_rest(rigify.context.object)
    assert wrong(rest, "rigify_metarig") == []
    rest, original = mangled(rest, 1.0)
    assert len(wrong(rest, "rigify_metarig", original)) <= 0.1 * skeleton.JOINT_COUNT


@pytest.mark.parametrize("animal", ["basic_quadruped", "wolf", "cat", "horse", "shark", "bird"])
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_animals(rigify: Any, animal: str, share: float) -> None:
    getattr(rigify.ops.object, f"armature_{animal}_metarig_add")()
    rest, _ = mangled(read_rest(rigify.context.object), share)
    with pytest.raises(UnmappedRigError):
        find_bone_map(rest)
