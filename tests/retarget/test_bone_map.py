"""Which preset a rig belongs to, and what is said when it belongs to none."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from blender_mmm.engine_door import skeleton
from blender_mmm.retarget.bone_map import UnmappedRigError, find_bone_map
from blender_mmm.retarget.presets import PRESETS, mixamo, rigify

MIXAMO_NAMES = {joint.name.lower(): bone for bone, joint in mixamo.MAPPING.items()}
RIGIFY_NAMES = {joint.name.lower(): bone for bone, joint in rigify.MAPPING.items()}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: str(preset.name))
def test_tables_hold_each_joint_once(preset: object) -> None:
    assert sorted(preset.mapping.values()) == sorted(skeleton.Joint)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "prefix", ["", "mixamorig:", "mixamorig1:", "mixamorig12:", "Guard:mixamorig:", "mixamorig_", "mixamorig", "Guard:"]
)
def test_mixamo_prefixes(dolls: SimpleNamespace, prefix: str) -> None:
    rest = dolls.make_rest(names=lambda name: prefix + MIXAMO_NAMES[name])
    found = find_bone_map(rest)
    assert found.preset == "Mixamo"
    assert found.bones[skeleton.Joint.LEFT_ELBOW] == f"{prefix}LeftForeArm"
    assert found.missing() == ()


def test_rigify_and_own(dolls: SimpleNamespace) -> None:
    assert find_bone_map(dolls.make_rest(names=RIGIFY_NAMES.__getitem__)).preset == "Rigify human meta-rig"
    assert find_bone_map(dolls.make_rest()).preset == "MMM Character"


def test_names_what_is_missing(dolls: SimpleNamespace) -> None:
    names = {**MIXAMO_NAMES, "left_elbow": "LowerArm", "right_knee": "Knee_R", "head": "Skull"}
    with pytest.raises(UnmappedRigError) as error:
        find_bone_map(dolls.make_rest(names=names.__getitem__))
    message = str(error.value)
    assert "“Doll” looks like a Mixamo rig (19 of 22" in message
    assert "“LeftForeArm” (left elbow)" in message and "“RightLeg” (right knee)" in message
    assert "Head" not in message  # it can be done without


def test_optional_bones_give_a_reason(dolls: SimpleNamespace) -> None:
    names = {**MIXAMO_NAMES, "head": "Skull"}
    found = find_bone_map(dolls.make_rest(names=names.__getitem__))
    assert found.missing() == (skeleton.Joint.HEAD,)
    assert "“Head”" in found.reasons[skeleton.Joint.HEAD]


def test_stranger_is_told_what_was_looked_for(dolls: SimpleNamespace) -> None:
    with pytest.raises(UnmappedRigError, match=r"none of the known namings.*not found: .*Rename"):
        find_bone_map(dolls.make_rest(names=lambda name: f"bone_{name}"))


def test_bones_that_do_not_hang_on_the_pelvis(dolls: SimpleNamespace) -> None:
    rest = dolls.make_rest()
    rest.parents[rest.bones.index("left_hip")] = -1
    with pytest.raises(UnmappedRigError, match="do not hang on “pelvis”: “left_hip”, “left_knee”"):
        find_bone_map(rest)
