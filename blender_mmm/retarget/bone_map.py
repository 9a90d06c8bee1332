"""Which bone of a rig stands for which of our joints: by names as far as they go, by shape for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ..engine_door import skeleton
from .name_matching import EXACT, NameMatch, RigNames, match_names
from .plausibility import find_contradiction
from .presets import Preset, Switch, share_spine, shipped_presets
from .rig import RigRest
from .structure import Structure, find_structure

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
SPINE: Final = (Joint.SPINE1, Joint.SPINE2, Joint.SPINE3)

#: Fewer hits than this and the names say nothing: the shape alone decides.
MIN_HITS: Final = 6
#: How the reasons of joints end that the user has decided on.
BY_HAND: Final = "by hand"
#: Family of a rig whose names told nothing, or which was mapped by hand.
BY_SHAPE: Final = "Unknown names"


class UnmappedRigError(ValueError):
    """The rig's bones could not be matched; the message names those that were not found."""


@dataclass(frozen=True)
class BoneMap:
    """Bone for each joint, in the order of Joint."""

    preset: str
    bones: tuple[str | None, ...]  # [22]
    reasons: tuple[str, ...]  # [22] why this bone, or why none
    switches: tuple[Switch, ...] = ()  # properties that make the mapped bones steer the body, of bones there are
    note: str = ""  # what a user should know about rigs of this family

    def missing(self) -> tuple[Joint, ...]:
        """Joints without a bone."""
        return tuple(joint for joint in Joint if self.bones[joint] is None)

    def indices(self, rest: RigRest) -> dict[Joint, int]:
        """Joint -> index of its bone in `rest`, for the joints that have one."""
        return {joint: rest.bones.index(bone) for joint in Joint if (bone := self.bones[joint]) is not None}

    def carrying(self, rest: RigRest) -> list[int]:
        """Indices of the mapped bones and of all that they hang on, parents first."""
        mapped = self.indices(rest).values()
        return sorted({above for bone in mapped for above in rest.ancestors(bone)} | set(mapped))


def find_bone_map(
    rest: RigRest, chosen: Mapping[Joint, str | None] | None = None, presets: Iterable[Preset] = ()
) -> BoneMap:
    """The map of a rig; raises UnmappedRigError saying what was not found.

    chosen: what the user has set by hand, joint -> bone or None for no bone; it goes before everything.
    By default what is kept with the rig.
    presets: the user's own tables, which go before those that ship when they fit as well.
    """
    if not rest.bones:
        raise UnmappedRigError(f"The armature “{rest.name}” has no bones. Add bones or choose another armature.")
    draft = guess_bone_map(rest, chosen, presets)
    _check_complete(rest, draft)
    _check_hierarchy(rest, draft.bone_map)
    contradiction = find_contradiction(rest, draft.bone_map.indices(rest))
    if contradiction and not (rest.chosen if chosen is None else chosen):
        raise UnmappedRigError(f"“{rest.name}” is no upright body with two legs and two arms: {contradiction}")
    return draft.bone_map


@dataclass(frozen=True)
class Draft:
    """A map that may lack joints it needs, and what the shape of the rig lacks."""

    bone_map: BoneMap
    lacks: tuple[str, ...]


def guess_bone_map(
    rest: RigRest, chosen: Mapping[Joint, str | None] | None = None, presets: Iterable[Preset] = ()
) -> Draft:
    """As much of a map as can be found; complete or not. For lists that a user goes on from."""
    hands = _usable_choice(rest, rest.chosen if chosen is None else chosen)
    match = _best_match(rest, presets)
    named = dict(match.hits) if len(match.hits) >= MIN_HITS else {}
    pins = {joint: hit.bone for joint, hit in named.items()}
    reasons = {joint: _named_reason(match.preset, hit.name, hit.trust) for joint, hit in named.items()}
    for joint, bone in hands.items():
        pins = {j: b for j, b in pins.items() if b != bone and j != joint}
        if bone is not None:
            pins[joint] = bone
    structure = _fill(rest, match, pins, named, hands)
    for joint, guess in structure.guesses.items():
        if joint not in pins and joint not in hands and guess.bone not in pins.values():
            pins[joint] = guess.bone
            reasons[joint] = guess.why
    for joint, bone in hands.items():
        reasons[joint] = f"chosen {BY_HAND}" if bone is not None else f"left out {BY_HAND}"
    family = match.preset if named else None
    return Draft(_to_map(rest, pins, reasons, family), structure.lacks)


def _usable_choice(rest: RigRest, chosen: Mapping[Joint, str | None]) -> dict[Joint, int | None]:
    """Choices whose bone the rig (still) has, as indices."""
    places = {bone: index for index, bone in enumerate(rest.bones)}
    return {joint: None if bone is None else places[bone] for joint, bone in chosen.items()
            if bone is None or bone in places}  # fmt: skip


def _best_match(rest: RigRest, presets: Iterable[Preset]) -> NameMatch:
    own = tuple(presets)
    matches = (*(_match(rest.bones, own) if own else ()), *_match_shipped(rest.bones))
    return max(matches, key=lambda match: match.score * _share_on_pelvis(rest, match))


@lru_cache(maxsize=16)
def _match_shipped(bones: tuple[str, ...]) -> tuple[NameMatch, ...]:
    """Remembered, since every edit of a rig asks again."""
    return _match(bones, shipped_presets())


def _match(bones: tuple[str, ...], presets: Iterable[Preset]) -> tuple[NameMatch, ...]:
    names = RigNames(bones)
    return tuple(match_names(preset, names, REQUIRED_JOINTS) for preset in presets)


def _share_on_pelvis(rest: RigRest, match: NameMatch) -> float:
    """How many of the named bones hang on the named pelvis: the deforming bones of control rigs hang on anything."""
    pelvis = match.hits.get(Joint.PELVIS)
    others = [hit.bone for hit in match.hits.values() if hit is not pelvis]
    if pelvis is None or not others:
        return 1.0
    return sum(pelvis.bone in rest.ancestors(bone) for bone in others) / len(others)


def _fill(
    rest: RigRest, match: NameMatch, pins: dict[Joint, int], named: Mapping[Joint, object],
    hands: Mapping[Joint, int | None],
) -> Structure:  # fmt: skip
    """What the shape says about the joints that names and hands leave open; removes spine pins it knows better."""
    wanted = set(match.preset.joints()) if named else set(Joint)
    open_joints = wanted - set(pins) - set(hands)
    gap = named and 0 < len(match.spine) < len(match.preset.spine)
    if not open_joints and not gap:
        return Structure({})
    structure = find_structure(rest, pins)
    if gap and _is_longer(structure.back, [hit.bone for hit in match.spine]):
        for joint in SPINE:
            if joint not in hands:
                pins.pop(joint, None)
        back = share_spine(len(structure.back))
        pins.update({j: structure.back[place] for j, place in back.items() if j not in hands})
    return _without(structure, set(Joint) - wanted if named else set())


def _is_longer(back: tuple[int, ...], spine: list[int]) -> bool:
    """Whether the rig's back holds all named spine bones and others between or above them: their names were lost."""
    return len(back) > len(spine) and set(spine) <= set(back)


def _without(structure: Structure, joints: set[Joint]) -> Structure:
    guesses = {joint: guess for joint, guess in structure.guesses.items() if joint not in joints}
    return Structure(guesses, structure.lacks, structure.score, structure.back)


def _named_reason(preset: Preset, name: str, trust: float) -> str:
    if preset.weight < 1.0:
        return "its name says so"
    return f"named as in {preset.name}" if trust == EXACT else f"named like “{name}” in {preset.name}"


def _to_map(rest: RigRest, pins: Mapping[Joint, int], reasons: Mapping[Joint, str], preset: Preset | None) -> BoneMap:
    lines = []
    for joint in Joint:
        if joint in pins:
            lines.append(reasons.get(joint, "by shape: part of the back"))
        elif joint in reasons and reasons[joint].endswith(BY_HAND):
            lines.append(reasons[joint])
        else:
            lines.append(_missing_reason(joint, preset))
    return BoneMap(
        preset=preset.name if preset and preset.weight == 1.0 else BY_SHAPE,
        bones=tuple(rest.bones[pins[joint]] if joint in pins else None for joint in Joint),
        reasons=tuple(lines),
        switches=tuple(s for s in preset.switches if s.bone in rest.bones) if preset else (),
        note=preset.note if preset else "",
    )


def _missing_reason(joint: Joint, preset: Preset | None) -> str:
    if preset is None or preset.weight < 1.0:
        return "no bone found; what carries it turns instead"
    if joint not in preset.joints():
        return f"{preset.name} has no bone for it; what carries it turns instead"
    return f"no bone “{preset.bone_of(joint)}”; what carries it turns instead"


def _spoken(joint: Joint) -> str:
    return joint.name.lower().replace("_", " ")


def _check_complete(rest: RigRest, draft: Draft) -> None:
    lost = [joint for joint in REQUIRED_JOINTS if draft.bone_map.bones[joint] is None]
    if not lost:
        return
    names = ", ".join(_spoken(joint) for joint in lost)
    if len(lost) == len(REQUIRED_JOINTS) or draft.bone_map.preset == BY_SHAPE:
        lacks = " and ".join(draft.lacks) or f"bones for {names}"
        raise UnmappedRigError(
            f"No person was found in “{rest.name}”: it lacks {lacks}. "
            "Choose the bones by hand, or leave no armature selected to get a new character."
        )
    raise UnmappedRigError(
        f"“{rest.name}” looks like a {draft.bone_map.preset} rig, but no bone was found for: {names}. "
        "Choose the bones by hand, or choose another armature."
    )


def _check_hierarchy(rest: RigRest, bone_map: BoneMap) -> None:
    """Every mapped bone must hang on the pelvis bone, or the body would not travel with it."""
    bones = bone_map.indices(rest)
    pelvis = bones[Joint.PELVIS]
    loose = [bone for bone in bones.values() if bone != pelvis and pelvis not in rest.ancestors(bone)]
    if loose:
        names = ", ".join(f"“{rest.bones[bone]}”" for bone in loose)
        raise UnmappedRigError(
            f"In “{rest.name}” these bones do not hang on “{rest.bones[pelvis]}”: {names}. "
            "Parent them to it (directly or through other bones) so that the body moves as one."
        )
