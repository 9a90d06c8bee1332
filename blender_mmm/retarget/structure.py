"""A person found in a rig by shape: hierarchy, symmetry and where the joints are; names are not looked at.

What is already known (by name or by hand) is taken for granted and narrows the rest down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from ..engine_door import skeleton
from .axes import to_frame
from .limbs import ARM_THRESHOLD, LEG_THRESHOLD, Body, Chain, bell, body_size, find_arm, find_leg
from .presets import share_spine
from .rig import RigRest
from .symmetry import Symmetry, find_symmetry

Joint = skeleton.Joint

_LEG: Final = ("HIP", "KNEE", "ANKLE")
_ARM: Final = ("SHOULDER", "ELBOW", "WRIST")
_SIDED: Final = ("HIP", "KNEE", "ANKLE", "FOOT", "COLLAR", "SHOULDER", "ELBOW", "WRIST")
_TRUNK: Final = (Joint.SPINE1, Joint.SPINE2, Joint.SPINE3, Joint.NECK, Joint.HEAD)
#: In sizes (body_size): how far the head's joint is above the shoulders, the ball of the foot before the ankle.
_HEAD_RISE: Final = (0.17, 0.08)
_BALL_REACH: Final = (0.15, 0.06)
#: Bones this near to each other, in sizes, are at one place.
_SAME_PLACE: Final = 0.01

_WHY: Final = {
    "PELVIS": "legs and trunk meet here",
    "HIP": "top of the longest chain down to the ground on the {side}",
    "KNEE": "middle of the {side} leg",
    "ANKLE": "low end of the {side} leg",
    "FOOT": "front of the {side} foot",
    "COLLAR": "between the chest and the {side} arm",
    "SHOULDER": "start of the {side} arm",
    "ELBOW": "middle of the {side} arm",
    "WRIST": "end of the {side} arm",
    "SPINE1": "lowest bone of the back",
    "SPINE2": "middle of the back",
    "SPINE3": "highest bone of the back; arms and neck hang on it",
    "NECK": "between the chest and the head",
    "HEAD": "top of the midline above the shoulders",
}


@dataclass(frozen=True)
class Guess:
    """A bone for a joint, and why."""

    bone: int
    why: str


@dataclass(frozen=True)
class Structure:
    """What the shape of a rig tells: a guess for joints that were not known, or what a person has and it has not."""

    guesses: Mapping[Joint, Guess]
    lacks: tuple[str, ...] = ()
    score: float = 0.0
    back: tuple[int, ...] = ()  # all bones of the back, bottom first


@dataclass
class _Found:
    """The pieces of a body as they are put together."""

    legs: dict[int, Chain] = field(default_factory=dict)  # by side of the mirror plane
    arms: dict[int, Chain] = field(default_factory=dict)


def find_structure(rest: RigRest, pins: Mapping[Joint, int]) -> Structure:
    """Guesses for the joints that `pins` (joint -> bone) leaves open."""
    left, up = _directions(rest, pins)
    if left is None:  # without a pair nobody knows on which side of the plane a left bone is
        pins = {joint: bone for joint, bone in pins.items() if skeleton.TWIN[joint] == joint}
    symmetry = find_symmetry(rest, left)
    mirrored = _mirror_pins(rest, symmetry, pins)
    pins = {**pins, **{joint: guess.bone for joint, guess in mirrored.items()}}
    ups = [up] if up is not None else _possible_ups(rest, symmetry)
    results = [_solve(Body(rest, symmetry, direction), pins, left is not None) for direction in ups]
    best = max(results, key=lambda result: (result.score, -len(result.lacks)))
    return replace(best, guesses={**best.guesses, **mirrored})


def _directions(rest: RigRest, pins: Mapping[Joint, int]) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Left [3] and up [3] as far as the known joints tell."""
    pairs = [
        rest.heads[pins[skeleton.Joint[f"LEFT_{part}"]]] - rest.heads[pins[skeleton.Joint[f"RIGHT_{part}"]]]
        for part in _SIDED
        if skeleton.Joint[f"LEFT_{part}"] in pins and skeleton.Joint[f"RIGHT_{part}"] in pins
    ]
    across = np.sum(pairs, axis=0) if pairs else np.zeros(3)
    high = [rest.heads[pins[j]] for j in Joint if j in pins and _is_high(j)]
    low = [rest.heads[pins[j]] for j in Joint if j in pins and _is_low(j)]
    left = across if np.linalg.norm(across) > 0 else None
    if left is None or not high or not low:
        return left, None
    frame = to_frame(left, np.mean(high, axis=0) - np.mean(low, axis=0))
    return frame[:, 0], frame[:, 1]


def _is_high(joint: Joint) -> bool:
    return joint in _TRUNK[2:] or joint.name.endswith(("COLLAR", "SHOULDER"))


def _is_low(joint: Joint) -> bool:
    return joint.name.endswith(("HIP", "KNEE", "ANKLE"))


def _possible_ups(rest: RigRest, symmetry: Symmetry) -> list[np.ndarray]:
    spread = rest.heads - rest.heads.mean(axis=0)
    axes = [*np.eye(3), *np.linalg.svd(spread, full_matrices=False)[2]]
    ups: list[np.ndarray] = []
    for axis in axes:
        flat = axis - symmetry.normal * (axis @ symmetry.normal)
        if np.linalg.norm(flat) < 0.9:
            continue
        flat = flat / np.linalg.norm(flat)
        if all(abs(flat @ other) < 0.98 for other in ups):
            ups += [flat, -flat]
    return ups


def _mirror_pins(rest: RigRest, symmetry: Symmetry, pins: Mapping[Joint, int]) -> dict[Joint, Guess]:
    """Joints whose twin on the other side is known."""
    taken = set(pins.values())
    found: dict[Joint, Guess] = {}
    for joint, bone in pins.items():
        other = Joint(skeleton.TWIN[joint])
        twin = int(symmetry.twins[bone])
        if other not in pins and twin >= 0 and twin not in taken:
            found[other] = Guess(twin, f"mirror image of “{rest.bones[bone]}”")
    return found


def _solve(body: Body, pins: Mapping[Joint, int], left_known: bool) -> Structure:
    found = _Found()
    lacks: list[str] = []
    signs = (1, -1)
    left = 1  # of the normal; without pins this is only a label until the feet tell
    for side in signs:
        leg = find_leg(body, side, _pinned(pins, side == left, _LEG))
        if leg is not None and leg.score > LEG_THRESHOLD * _leniency(pins, _LEG):
            found.legs[side] = leg
    _even_out(body, found.legs, pins, _LEG)
    if len(found.legs) < 2:
        return Structure({}, ("two legs that reach the ground (thigh, shin and foot, the same on both sides)",))
    leg_bones = [bone for chain in found.legs.values() for bone in chain.bones]
    for side in signs:
        arm = find_arm(body, side, _pinned(pins, side == left, _ARM), found.legs[side], leg_bones)
        if arm is not None and arm.score > ARM_THRESHOLD * _leniency(pins, _ARM):
            found.arms[side] = arm
    _even_out(body, found.arms, pins, _ARM)
    score = sum(chain.score for chain in (*found.legs.values(), *found.arms.values()))
    if len(found.arms) < 2:
        lacks.append("two arms at the top of the trunk (upper arm, forearm and hand, the same on both sides)")
        return Structure({}, tuple(lacks), score)
    if not left_known and _faces_backwards(body, found):
        found = _Found({-s: c for s, c in found.legs.items()}, {-s: c for s, c in found.arms.items()})
    return _assemble(body, found, pins, score)


def _leniency(pins: Mapping[Joint, int], parts: Sequence[str]) -> float:
    """Limbs that are known in part need not look the part."""
    return 0.0 if any(skeleton.Joint[f"{side}_{part}"] in pins for part in parts for side in ("LEFT", "RIGHT")) else 1.0


def _pinned(pins: Mapping[Joint, int], is_left: bool, parts: Sequence[str]) -> list[int | None]:
    side = "LEFT" if is_left else "RIGHT"
    return [pins.get(skeleton.Joint[f"{side}_{part}"]) for part in parts]


def _even_out(body: Body, chains: dict[int, Chain], pins: Mapping[Joint, int], parts: Sequence[str]) -> None:
    """Make the weaker side the mirror image of the better one where the rig is symmetric."""
    if not chains or any(skeleton.Joint[f"{side}_{part}"] in pins for part in parts for side in ("LEFT", "RIGHT")):
        return
    side, best = max(chains.items(), key=lambda item: item[1].score)
    twins = tuple(int(body.symmetry.twins[bone]) for bone in best.bones)
    if all(twin >= 0 and twin != bone for twin, bone in zip(twins, best.bones, strict=True)):
        chains[-side] = Chain((twins[0], twins[1], twins[2]), best.score)


def _faces_backwards(body: Body, found: _Found) -> bool:
    """Whether the mirror plane's normal points to the body's right."""
    forward = np.zeros(3)
    for leg in found.legs.values():
        ankle = leg.bones[2]
        below = [bone for bone in range(len(body.rest)) if ankle in body.rest.ancestors(bone)]
        if below:
            reach = np.mean([body.points[bone] for bone in below], axis=0) - body.points[ankle]
            forward += reach - body.up * (reach @ body.up)
    forward -= body.symmetry.normal * (forward @ body.symmetry.normal)
    if np.linalg.norm(forward) < 0.02 * body.extent:
        forward = _usual_forward(body.up)
    return bool(np.cross(body.up, forward) @ body.symmetry.normal < 0)


def _usual_forward(up: np.ndarray) -> np.ndarray:
    """A rig without feet faces the way most do: -y where z is up, +z where y is up."""
    return np.array([0.0, -1.0, 0.0]) if abs(up[2]) > abs(up[1]) else np.array([0.0, 0.0, 1.0])


def _assemble(body: Body, found: _Found, pins: Mapping[Joint, int], score: float) -> Structure:
    bones: dict[Joint, int] = {}
    for side, name in ((1, "LEFT"), (-1, "RIGHT")):
        for parts, chain in ((_LEG, found.legs[side]), (_ARM, found.arms[side])):
            bones.update(
                (skeleton.Joint[f"{name}_{part}"], bone) for part, bone in zip(parts, chain.bones, strict=True)
            )
    bones.update(pins)
    leg = found.legs[1].bones
    rise = float(body.heights[found.arms[1].bones[0]] - body.heights[leg[0]])
    unit = body_size(body.distance(leg[0], leg[1]) + body.distance(leg[1], leg[2]), rise)
    for name in ("LEFT", "RIGHT"):
        toe = _find_toe(body, bones[skeleton.Joint[f"{name}_ANKLE"]], unit)
        if toe is not None:
            bones.setdefault(skeleton.Joint[f"{name}_FOOT"], toe)
    back = _add_trunk(body, bones, unit)
    guesses = {j: Guess(b, _why(j)) for j, b in bones.items() if j not in pins and list(bones.values()).count(b) == 1}
    return Structure(guesses, (), score, back)


def _why(joint: Joint) -> str:
    side, _, part = joint.name.rpartition("_")
    return "by shape: " + _WHY[part].format(side=side.lower())


def _find_toe(body: Body, ankle: int, unit: float) -> int | None:
    """The bone at the ball of the foot; None when several toes start there side by side."""
    best: list[tuple[float, int]] = []
    for bone in range(ankle + 1, len(body.rest)):
        if ankle not in body.rest.ancestors(bone) or body.heights[bone] > body.heights[ankle]:
            continue
        reach = body.points[bone] - body.points[ankle]
        flat = float(np.linalg.norm(reach - body.up * (reach @ body.up))) / unit
        score = bell(flat, _BALL_REACH)
        if score > 0.4:
            best.append((score + 0.02 * min(int(body.weights[bone]), 5), bone))
    parents = [int(body.rest.parents[bone]) for _, bone in best]
    if any(parents.count(parent) >= 3 and parent == ankle for parent in parents):
        return None
    return max(best)[1] if best else None


def _add_trunk(body: Body, bones: dict[Joint, int], unit: float) -> tuple[int, ...]:
    """Pelvis, back, neck, head and collars between the limbs; returns the bones of the back."""
    shoulders = [bones[Joint.LEFT_SHOULDER], bones[Joint.RIGHT_SHOULDER]]
    hips = [bones[Joint.LEFT_HIP], bones[Joint.RIGHT_HIP]]
    pelvis = bones.get(Joint.PELVIS, _common_ancestor(body.rest, [*hips, *shoulders]))
    if pelvis is None:
        return ()
    bones.setdefault(Joint.PELVIS, pelvis)
    head = bones.get(Joint.HEAD, _find_head(body, shoulders, pelvis, unit))
    chest = _common_ancestor(body.rest, [*shoulders, *([head] if head is not None else [])])
    if chest is None or chest == head:
        return ()
    above = min(body.heights[shoulder] for shoulder in shoulders)
    if body.heights[chest] > above and int(body.rest.parents[chest]) not in (-1, pelvis):
        chest = int(body.rest.parents[chest])  # the arms hang on the neck
    if head is not None:
        bones.setdefault(Joint.HEAD, head)
        throat = _distinct(body, _between(body.rest, head, chest), unit, body.points[head])
        if throat:
            bones.setdefault(Joint.NECK, throat[0])
    for name, shoulder in zip(("LEFT", "RIGHT"), shoulders, strict=True):
        between = [bone for bone in _between(body.rest, shoulder, chest) if bone != bones.get(Joint.NECK)]
        collar = _distinct(body, between, unit, body.points[shoulder])
        if collar:
            bones.setdefault(skeleton.Joint[f"{name}_COLLAR"], collar[0])
    carriers = {bone for hip in hips for bone in body.rest.ancestors(hip)}  # what the legs hang on is no back
    chain = [bone for bone in [*_between(body.rest, chest, pelvis), chest] if bone not in carriers]
    back = tuple(_distinct(body, chain, unit))
    if not any(joint in bones for joint in (Joint.SPINE1, Joint.SPINE2, Joint.SPINE3)):
        bones.update((joint, back[place]) for joint, place in share_spine(len(back)).items())
    return back


def _find_head(body: Body, shoulders: Sequence[int], pelvis: int, unit: float) -> int | None:
    """The midline bone that sits where a head's joint does; of several there the longest, then the deepest."""
    level = float(np.mean([body.heights[shoulder] for shoulder in shoulders]))
    center = np.mean([body.points[shoulder] for shoulder in shoulders], axis=0)
    best: tuple[float, int] | None = None
    for bone in np.flatnonzero(body.symmetry.sides == 0).tolist():
        if pelvis not in body.rest.ancestors(bone) or body.lateral(bone) > 0.05 * unit:
            continue
        offset = body.points[bone] - center
        flat = float(np.linalg.norm(offset - body.up * (offset @ body.up))) / unit
        score = bell((body.heights[bone] - level) / unit, _HEAD_RISE) * bell(flat, (0.0, 0.08))
        if int(body.rest.parents[bone]) in shoulders or score < 0.05:
            continue
        score *= 1.0 + 0.1 * min(float(body.rest.lengths[bone]) / unit, 0.3)
        score *= 1.0 + 0.002 * min(int(body.weights[bone]), 20)
        if best is None or score >= best[0]:
            best = (score, bone)
    return best[1] if best else None


def _common_ancestor(rest: RigRest, bones: Iterable[int]) -> int | None:
    """The lowest bone that all of `bones` hang on or are."""
    chains = [[bone, *rest.ancestors(bone)] for bone in bones]
    return next((bone for bone in chains[0] if all(bone in chain for chain in chains)), None)


def _between(rest: RigRest, low: int, high: int) -> list[int]:
    """Bones strictly between `high` and its descendant `low`, from `high` on."""
    ancestors = rest.ancestors(low)
    return ancestors[: ancestors.index(high)][::-1] if high in ancestors else []


def _distinct(body: Body, chain: Sequence[int], unit: float, end: np.ndarray | None = None) -> list[int]:
    """`chain` with one bone for each place, the last one there; without those already at `end` [3]."""
    kept: list[int] = []
    for bone in chain:
        if end is not None and np.linalg.norm(body.points[bone] - end) < _SAME_PLACE * unit:
            continue
        if kept and body.distance(kept[-1], bone) < _SAME_PLACE * unit:
            kept[-1] = bone
        else:
            kept.append(bone)
    return kept
