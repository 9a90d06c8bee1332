"""The zoo itself: Blender builds the same rigs as numpy, and every expected bone is there."""

from __future__ import annotations

import numpy as np
import pytest

from tests.zoo import OTHERS, ZOO, build, expected, rest


@pytest.mark.parametrize("name", ZOO)
def test_expected_bones_exist(name: str) -> None:
    bones = rest(name).bones
    assert [bone for bone in expected(name).values() if bone is not None and bone not in bones] == []
    assert sum(bone is not None for bone in expected(name).values()) >= 19


@pytest.mark.parametrize("name", [*ZOO, *OTHERS])
def test_blender_builds_the_same_rig(name: str) -> None:
    bpy = pytest.importorskip("bpy")
    from blender_mmm.scene.rig_reader import read_rest

    obj = build(name)
    built, made = read_rest(obj), rest(name)
    bpy.data.armatures.remove(obj.data)
    order = [built.bones.index(bone) for bone in made.bones]
    size = np.abs(made.heads).max()
    assert np.abs(built.heads[order] - made.heads).max() < 1e-5 * size
    assert np.abs(built.matrices[order, :3, :3] - made.matrices[:, :3, :3]).max() < 2e-3
    assert np.allclose(built.world, made.world, atol=1e-5)
