"""Which family a rig belongs to, and what is said when it belongs to none."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from blender_mmm.engine_door import skeleton
from blender_mmm.retarget.bone_map import BY_SHAPE, UnmappedRigError, find_bone_map
from blender_mmm.retarget.presets import get_preset

Joint = skeleton.Joint


def names_of(family: str) -> dict[str, str]:
    return {joint.name.lower(): get_preset(family).bone_of(joint) for joint in Joint}


MIXAMO_NAMES = names_of("Mixamo")


@pytest.mark.parametrize(
    "prefix", ["", "mixamorig:", "mixamorig1:", "mixamorig12:", "Guard:mixamorig:", "mixamorig_", "mixamorig", "Guard:",
               "mixamorig7_", "Guard_"]
)  # fmt: skip
def test_mixamo_prefixes(dolls: SimpleNamespace, prefix: str) -> None:
    rest = dolls.make_rest(names=lambda name: prefix + MIXAMO_NAMES[name])
    found = find_bone_map(rest)
    assert found.preset == "Mixamo"
    assert found.bones == tuple(prefix + MIXAMO_NAMES[name] for name in skeleton.JOINT_NAMES)


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.lower,
        lambda name: name + ".001",
        lambda name: name + "_jnt",
        lambda name: "Hero_" + name + "_bind",
        lambda name: name.replace("Left", "l_").replace("Right", "r_"),
        lambda name: (
            name.replace("Left", "") + ".L"
            if "Left" in name
            else name.replace("Right", "") + "_R"
            if "Right" in name
            else name
        ),
    ],
    ids=["upper", "lower", "duplicate", "suffix", "both ends", "letters", "side last"],
)
def test_spellings_of_one_family(dolls: SimpleNamespace, change: object) -> None:
    spelt = {joint: change(name) for joint, name in MIXAMO_NAMES.items()}  # type: ignore[operator]
    found = find_bone_map(dolls.make_rest(names=spelt.__getitem__))
    assert found.preset == "Mixamo"
    assert found.bones == tuple(spelt[name] for name in skeleton.JOINT_NAMES)


def test_numbered_by_a_converter(dolls: SimpleNamespace) -> None:
    numbers = {name: f"{number:02d}" for number, name in enumerate(MIXAMO_NAMES, start=1)}
    rest = dolls.make_rest(names=lambda name: f"mixamorig:{MIXAMO_NAMES[name]}_{numbers[name]}")
    found = find_bone_map(rest)
    assert found.preset == "Mixamo"
    assert found.bones[Joint.LEFT_ELBOW] == f"mixamorig:LeftForeArm_{numbers['left_elbow']}"


def test_rigify_and_own(dolls: SimpleNamespace) -> None:
    rigify = names_of("Rigify human meta-rig")
    assert find_bone_map(dolls.make_rest(names=rigify.__getitem__)).preset == "Rigify human meta-rig"
    assert find_bone_map(dolls.make_rest()).preset == "MMM Character"


def test_strange_names_among_known_ones_are_found_by_shape(dolls: SimpleNamespace) -> None:
    names = {**MIXAMO_NAMES, "left_elbow": "Schnick", "right_knee": "Schnack", "head": "Skull"}
    found = find_bone_map(dolls.make_rest(names=names.__getitem__))
    assert found.preset == "Mixamo"
    assert found.bones == tuple(names[name] for name in skeleton.JOINT_NAMES)
    assert found.reasons[Joint.LEFT_ELBOW] == "mirror image of “RightForeArm”"
    assert found.reasons[Joint.HEAD].startswith("by shape")
    assert found.reasons[Joint.LEFT_KNEE] == "named as in Mixamo"


def test_bones_that_are_not_there_give_a_reason(dolls: SimpleNamespace) -> None:
    rest = dolls.make_rest(names=MIXAMO_NAMES.__getitem__)
    found = find_bone_map(dolls.without(rest, ("Head", "LeftToeBase", "RightToeBase", "LeftShoulder", "RightShoulder")))
    assert {joint.name for joint in found.missing()} == {
        "HEAD", "LEFT_FOOT", "RIGHT_FOOT", "LEFT_COLLAR", "RIGHT_COLLAR",
    }  # fmt: skip
    assert "“Head”" in found.reasons[Joint.HEAD]


def test_names_what_is_missing(dolls: SimpleNamespace) -> None:
    rest = dolls.make_rest(names=MIXAMO_NAMES.__getitem__)
    arms = [f"{side}{part}" for side in ("Left", "Right") for part in ("Shoulder", "Arm", "ForeArm", "Hand")]
    with pytest.raises(UnmappedRigError) as error:
        find_bone_map(dolls.without(rest, arms))
    assert "“Doll” looks like a Mixamo rig" in str(error.value)
    assert "left shoulder, right shoulder, left elbow, right elbow" in str(error.value)


def test_names_that_say_nothing(dolls: SimpleNamespace) -> None:
    numbers = {name: f"Bone.{number:03d}" for number, name in enumerate(skeleton.JOINT_NAMES)}
    found = find_bone_map(dolls.make_rest(names=numbers.__getitem__))
    assert found.preset == BY_SHAPE
    assert found.bones == tuple(numbers.values())


def test_bones_that_do_not_hang_on_the_pelvis(dolls: SimpleNamespace) -> None:
    rest = dolls.make_rest()
    rest.parents[rest.bones.index("left_hip")] = -1
    with pytest.raises(UnmappedRigError, match="do not hang on “pelvis”: “left_hip”, “left_knee”"):
        find_bone_map(rest)


def test_what_is_chosen_by_hand_goes_first(dolls: SimpleNamespace) -> None:
    rest = dolls.make_rest(names=lambda name: MIXAMO_NAMES.get(name, name), extra_spine=1)
    chosen = {Joint.SPINE2: "extra0", Joint.LEFT_FOOT: None, Joint.NECK: "gone"}
    found = find_bone_map(rest, chosen)
    assert found.bones[Joint.SPINE2] == "extra0"
    assert found.reasons[Joint.SPINE2] == "chosen by hand"
    assert found.bones[Joint.LEFT_FOOT] is None
    assert found.reasons[Joint.LEFT_FOOT] == "left out by hand"
    assert found.bones[Joint.NECK] == "Neck"  # a bone that is no longer there is not asked for
    assert found.bones[Joint.RIGHT_FOOT] == "RightToeBase"
