"""Which bones an armature is moved by, as a list to look at and to change: choices by hand and named presets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

import bpy

from .engine_door import skeleton
from .retarget.bone_map import BY_HAND, REQUIRED_JOINTS, UnmappedRigError, find_bone_map, guess_bone_map
from .retarget.name_matching import RigNames, match_names
from .retarget.presets import Preset, PresetError, write_preset
from .scene.bone_choice import KEY, read_choice, write_choice
from .scene.rig_reader import read_rest
from .scene.user_presets import find_preset_problems, preset_folder, read_user_presets

Joint = skeleton.Joint

#: The list's headings and what stands under them, in the order of reading a body.
GROUPS: Final = (
    ("Trunk", (Joint.PELVIS, Joint.SPINE1, Joint.SPINE2, Joint.SPINE3, Joint.NECK, Joint.HEAD)),
    ("Left Arm", (Joint.LEFT_COLLAR, Joint.LEFT_SHOULDER, Joint.LEFT_ELBOW, Joint.LEFT_WRIST)),
    ("Right Arm", (Joint.RIGHT_COLLAR, Joint.RIGHT_SHOULDER, Joint.RIGHT_ELBOW, Joint.RIGHT_WRIST)),
    ("Left Leg", (Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE, Joint.LEFT_FOOT)),
    ("Right Leg", (Joint.RIGHT_HIP, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE, Joint.RIGHT_FOOT)),
)
#: What an animator calls the bone that stands for a joint.
_LABELS: Final = {
    "PELVIS": "Hips", "SPINE1": "Lower Back", "SPINE2": "Middle Back", "SPINE3": "Chest", "NECK": "Neck",
    "HEAD": "Head", "COLLAR": "Collar", "SHOULDER": "Upper Arm", "ELBOW": "Forearm", "WRIST": "Hand",
    "HIP": "Thigh", "KNEE": "Shin", "ANKLE": "Foot", "FOOT": "Toes",
}  # fmt: skip


class MappingError(ValueError):
    """A choice or a preset cannot be used; the message says why."""


class Source(Enum):
    """Where a row of the list comes from."""

    NAME = "name"
    SHAPE = "shape"
    HAND = "hand"
    NONE = "none"  # no bone, and the body does without
    LACKING = "lacking"  # no bone, and the body cannot be moved without


@dataclass(frozen=True)
class Row:
    """One joint of the list."""

    joint: Joint
    label: str
    bone: str | None
    why: str
    source: Source


@dataclass(frozen=True)
class RigMapping:
    """The list of one armature."""

    family: str
    note: str
    rows: tuple[Row, ...]  # [22] in the order of Joint
    problem: str  # why the armature cannot be moved yet; "" if it can

    @property
    def is_changed(self) -> bool:
        """Whether anything was chosen by hand."""
        return any(row.source is Source.HAND for row in self.rows)


_last: tuple[tuple[object, ...], RigMapping] | None = None


def find_mapping(obj: bpy.types.Object) -> RigMapping:
    """The list of an armature; looked into again only when its bones, its choices or the presets have changed."""
    global _last
    presets = read_user_presets()
    key = (*fingerprint(obj), presets)
    if _last is None or _last[0] != key:
        _last = (key, _look(obj, presets))
    return _last[1]


def fingerprint(obj: bpy.types.Object) -> tuple[object, ...]:
    """Changes when what is found in an armature may change."""
    bones = obj.data.edit_bones if obj.mode == "EDIT" else obj.data.bones
    names = hash(tuple(bones.keys()))
    parents = hash(tuple(bone.parent.name if bone.parent else "" for bone in bones))
    return (obj.session_uid, obj.name, obj.data.session_uid, obj.mode, names, parents, obj.get(KEY))


def choose_bone(obj: bpy.types.Object, joint: Joint, bone: str | None) -> None:
    """Set the bone for a joint by hand; None: it is to have none. Raises MappingError if there is no such bone."""
    if bone is not None and bone not in obj.data.bones:
        raise MappingError(f"“{obj.name}” has no bone “{bone}”. Choose one from the list.")
    write_choice(obj, {**read_choice(obj), joint: bone})


def forget_choice(obj: bpy.types.Object, joint: Joint | None = None) -> None:
    """Let a joint be found by itself again; all of them without `joint`."""
    kept = {} if joint is None else {other: bone for other, bone in read_choice(obj).items() if other != joint}
    write_choice(obj, kept)


def save_preset(obj: bpy.types.Object, name: str) -> None:
    """Keep the map of an armature under a name, for others of its kind. Raises MappingError."""
    name = name.strip()
    file = re.sub(r"[^\w .-]", "_", name).strip(" .")
    if not file:
        raise MappingError("Give the preset a name.")
    bones = {row.joint: row.bone for row in find_mapping(obj).rows}
    try:
        write_preset(preset_folder() / f"{file}.json", name, bones)
    except (OSError, PresetError) as error:
        raise MappingError(f"The preset cannot be written to {preset_folder()}: {error}") from error


def load_preset(obj: bpy.types.Object, name: str) -> int:
    """Choose what a preset says as far as the armature has such bones; returns how many joints. Raises MappingError."""
    preset = next((preset for preset in read_user_presets() if preset.name == name), None)
    if preset is None:
        raise MappingError(f"There is no preset “{name}” any more.")
    rest = read_rest(obj)
    hits = match_names(preset, RigNames(rest.bones), REQUIRED_JOINTS).hits
    if not hits:
        raise MappingError(f"“{obj.name}” has none of the bones that the preset “{name}” names.")
    write_choice(obj, {joint: rest.bones[hit.bone] for joint, hit in hits.items()})
    return len(hits)


def preset_names() -> tuple[str, ...]:
    """The user's own presets."""
    return tuple(preset.name for preset in read_user_presets())


def preset_problems() -> tuple[str, ...]:
    """A sentence for each preset file that cannot be used."""
    return find_preset_problems()


def label_of(joint: Joint, with_side: bool = False) -> str:
    """What an animator calls the bone of a joint."""
    side, _, part = joint.name.rpartition("_")
    return f"{side.capitalize()} {_LABELS[part]}" if with_side and side else _LABELS[part]


def _look(obj: bpy.types.Object, presets: tuple[Preset, ...]) -> RigMapping:
    rest = read_rest(obj)
    if not rest.bones:
        return RigMapping("", "", (), f"“{obj.name}” has no bones yet.")
    found = guess_bone_map(rest, presets=presets).bone_map
    try:
        find_bone_map(rest, presets=presets)
        problem = ""
    except UnmappedRigError as error:
        problem = str(error)
    rows = [
        Row(joint, label_of(joint), found.bones[joint], found.reasons[joint],
            _source(joint, found.bones[joint], found.reasons[joint]))
        for joint in Joint
    ]  # fmt: skip
    return RigMapping(found.preset, found.note, tuple(rows), problem)


def _source(joint: Joint, bone: str | None, why: str) -> Source:
    if why.endswith(BY_HAND):
        return Source.HAND
    if bone is None:
        return Source.LACKING if joint in REQUIRED_JOINTS else Source.NONE
    return Source.NAME if why.startswith(("named", "its name")) else Source.SHAPE
