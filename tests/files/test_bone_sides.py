"""Sides are read off every naming an animator's rig may have."""

from __future__ import annotations

import pytest

from blender_mmm.files.bone_sides import LEFT, MIDDLE, RIGHT, side_of

LEFT_NAMES = (
    "LeftArm", "arm_left", "thigh.L", "l_hand", "J_Bip_L_Foot", "lShldrBend", "mixamorig:LeftHandThumb1",
    "left_hip", "DEF-thigh.L.001", "Bip01 L Thigh", "LEFT_ARM", "clavicle_l", "mixamorigLeftLeg",
)  # fmt: skip


@pytest.mark.parametrize("name", LEFT_NAMES)
def test_left_and_its_mirror_image(name: str) -> None:
    mirrored = name.replace("Left", "Right").replace("left", "right").replace("LEFT", "RIGHT")
    if mirrored == name:
        mirrored = name.replace("L", "R", 1) if "L" in name else name.replace("l", "r", 1)
    if name in ("lShldrBend", "l_hand"):
        mirrored = "r" + name[1:]
    if name == "clavicle_l":
        mirrored = "clavicle_r"
    assert side_of(name) == LEFT
    assert side_of(mirrored) == RIGHT


@pytest.mark.parametrize("name", ["leftover", "bright", "pelvis", "Spine", "shoulder", "tail", "", "spine.003"])
def test_other_words_have_no_side(name: str) -> None:
    assert side_of(name) == MIDDLE
