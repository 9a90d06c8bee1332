"""Which bone of a rig stands for which of our joints: the preset that fits best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..engine_door import skeleton
from .presets import PRESETS, Preset
from .rig import RigRest

Joint = skeleton.Joint

#: Without these a body cannot be posed; the others are left out with a note.
REQUIRED_JOINTS: Final = (
    Joint.PELVIS,
    Joint.LEFT_HIP,
    Joint.RIGHT_HIP,
    Joint.LEFT_KNEE,
    Joint.RIGHT_KNEE,
    Joint.LEFT_ANKLE,
    Joint.RIGHT_ANKLE,
    Joint.LEFT_SHOULDER,
    Joint.RIGHT_SHOULDER,
    Joint.LEFT_ELBOW,
    Joint.RIGHT_ELBOW,
)

#: Fewer hits than this and the rig is no member of the family at all.
MIN_HITS: Final = 6


class UnmappedRigError(ValueError):
    """The rig's bones could not be matched; the message names those that were not found."""


@dataclass(frozen=True)
class BoneMap:
    """Bone for each joint, in the order of Joint."""

    preset: str
    bones: tuple[str | None, ...]  # [22]
    reasons: tuple[str, ...]  # [22] why this bone, or why none

    def missing(self) -> tuple[Joint, ...]:
        """Joints without a bone."""
        return tuple(joint for joint in Joint if self.bones[joint] is None)

    def indices(self, rest: RigRest) -> dict[Joint, int]:
        """Joint -> index of its bone in `rest`, for the joints that have one."""
        return {joint: rest.bones.index(bone) for joint in Joint if (bone := self.bones[joint]) is not None}


def find_bone_map(rest: RigRest) -> BoneMap:
    """The best preset's map; raises UnmappedRigError naming the bones that were not found."""
    if not rest.bones:
        raise UnmappedRigError(f"The armature “{rest.name}” has no bones. Add bones or choose another armature.")
    found = max((_match(preset, rest) for preset in PRESETS), key=_score)
    preset, hits = found
    if len(hits) < MIN_HITS:
        raise UnmappedRigError(_stranger_message(rest, preset, hits))
    lost = [joint for joint in REQUIRED_JOINTS if joint not in hits]
    if lost:
        names = ", ".join(f"“{preset.bone_of(joint)}” ({_spoken(joint)})" for joint in lost)
        raise UnmappedRigError(
            f"“{rest.name}” looks like a {preset.name} rig ({len(hits)} of {len(preset.mapping)} bones found), "
            f"but these bones were not found: {names}. Give the bones these names, or choose another armature."
        )
    _check_hierarchy(rest, hits)
    return _to_map(preset, hits)


def _match(preset: Preset, rest: RigRest) -> tuple[Preset, dict[Joint, str]]:
    """Joint -> bone of `rest` by the names of `preset`; of two bones for one joint the first counts."""
    hits: dict[Joint, str] = {}
    for bone in rest.bones:
        joint = preset.mapping.get(preset.to_plain(bone))
        if joint is not None:
            hits.setdefault(joint, bone)
    return preset, hits


def _score(found: tuple[Preset, dict[Joint, str]]) -> tuple[int, int]:
    """Required joints count first, then all of them."""
    hits = found[1]
    return sum(joint in hits for joint in REQUIRED_JOINTS), len(hits)


def _spoken(joint: Joint) -> str:
    return joint.name.lower().replace("_", " ")


def _stranger_message(rest: RigRest, preset: Preset, hits: dict[Joint, str]) -> str:
    families = ", ".join(known.name for known in PRESETS)
    lost = ", ".join(f"“{preset.bone_of(joint)}”" for joint in REQUIRED_JOINTS if joint not in hits)
    return (
        f"The bones of “{rest.name}” follow none of the known namings ({families}). "
        f"Nearest is {preset.name} with {len(hits)} of {len(preset.mapping)} bones; not found: {lost}. "
        "Rename the bones, or leave no armature selected to get a new character."
    )


def _check_hierarchy(rest: RigRest, hits: dict[Joint, str]) -> None:
    """Every mapped bone must hang on the pelvis bone, or the body would not travel with it."""
    pelvis = rest.bones.index(hits[Joint.PELVIS])
    loose = [
        bone
        for joint, bone in hits.items()
        if joint != Joint.PELVIS and pelvis not in rest.ancestors(rest.bones.index(bone))
    ]
    if loose:
        names = ", ".join(f"“{bone}”" for bone in loose)
        raise UnmappedRigError(
            f"In “{rest.name}” these bones do not hang on “{hits[Joint.PELVIS]}”: {names}. "
            "Parent them to it (directly or through other bones) so that the body moves as one."
        )


def _to_map(preset: Preset, hits: dict[Joint, str]) -> BoneMap:
    reasons = []
    for joint in Joint:
        if joint in hits:
            reasons.append(f"named as in {preset.name}")
        else:
            reasons.append(f"no bone “{preset.bone_of(joint)}”; what carries it turns instead")
    return BoneMap(preset.name, tuple(hits.get(joint) for joint in Joint), tuple(reasons))
