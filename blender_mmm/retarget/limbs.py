"""Legs and arms found by their shape: three joints in a chain with a person's proportions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ..engine_door import skeleton
from .rig import RigRest
from .symmetry import Symmetry, descendant_counts

Joint = skeleton.Joint

#: A person in sizes (see body_size) or, for legs, in leg lengths; with how far from it a rig may be.
_ANKLE_HEIGHT: Final = (0.10, 0.12)
_THIGH_SHARE: Final = (0.48, 0.09)
_UPPER_ARM_SHARE: Final = (0.53, 0.07)
_ARM_LENGTH: Final = (0.64, 0.17)
_SHOULDER_RISE: Final = (0.62, 0.22)
_SHOULDER_WIDTH: Final = (0.22, 0.09)
#: A limb at rest is this straight: distance of its ends over its length.
_STRAIGHT: Final = (1.0, 0.07)
#: A worse candidate is no limb.
LEG_THRESHOLD: Final = 0.15
ARM_THRESHOLD: Final = 0.05
#: Hands at rest are at least this part of the shoulders' width apart; brows and whiskers run inwards.
_HANDS_APART: Final = 0.6
#: Hands of an upright body at rest are this many leg lengths above the ground.
_HAND_CLEARANCE: Final = 0.35


@dataclass(frozen=True)
class Chain:
    """Three joints of one limb, from the trunk outwards, and how much it looks like one."""

    bones: tuple[int, int, int]
    score: float


@dataclass(frozen=True)
class Body:
    """A rig under one assumption of where up is."""

    rest: RigRest
    symmetry: Symmetry
    up: np.ndarray  # [3] unit
    heights: np.ndarray = field(init=False)  # [B]
    ground: float = field(init=False)
    extent: float = field(init=False)
    weights: np.ndarray = field(init=False)  # [B] descendants
    children: np.ndarray = field(init=False)  # [B] how many bones hang directly on each
    points: list[np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        heights = self.rest.heads @ self.up
        for name, value in (
            ("heights", heights),
            ("ground", float(heights.min())),
            ("extent", float(np.ptp(heights)) or 1.0),
            ("weights", descendant_counts(self.rest)),
            ("children", np.bincount(self.rest.parents[self.rest.parents >= 0], minlength=len(self.rest))),
            ("points", list(self.rest.heads)),
        ):
            object.__setattr__(self, name, value)

    def chain_of(self, bone: int, keep: Callable[[int], bool]) -> list[int]:
        """`bone` and its ancestors as long as `keep` holds."""
        chain = [bone]
        for above in self.rest.ancestors(bone):
            if not keep(above):
                break
            chain.append(above)
        return chain

    def distance(self, one: int, other: int) -> float:
        """Between two heads."""
        return float(np.linalg.norm(self.points[one] - self.points[other]))

    def lateral(self, bone: int) -> float:
        """How far from the mirror plane."""
        return abs(float(self.points[bone] @ self.symmetry.normal) - self.symmetry.offset)


def bell(value: float, shape: tuple[float, float]) -> float:
    """1 at the middle of `shape` (middle, spread), falling off as a normal distribution does."""
    return float(np.exp(-0.5 * ((value - shape[0]) / shape[1]) ** 2))


def body_size(leg_length: float, shoulder_rise: float) -> float:
    """The leg length of a person of usual proportions: legs and trunk (hip to shoulder) have an equal say."""
    return 0.5 * leg_length + 0.8 * shoulder_rise


def find_leg(body: Body, side: int, pins: Sequence[int | None]) -> Chain | None:
    """The most leg-like chain on one side; pins: hip, knee and ankle where they are known."""

    def judge(hip: int, knee: int, ankle: int) -> float:
        thigh, shin = body.distance(hip, knee), body.distance(knee, ankle)
        length = thigh + shin
        if length < 0.2 * body.extent:
            return 0.0
        drop = (body.heights[hip] - body.heights[ankle]) / length
        return (
            bell(thigh / length, _THIGH_SHARE)
            * bell(drop, _STRAIGHT)
            * bell((body.heights[ankle] - body.ground) / length, _ANKLE_HEIGHT)
            * min(length / body.extent / 0.4, 1.0)
            * (1.0 if body.children[ankle] else 0.85)  # toes
        )

    low = body.ground + 0.3 * body.extent
    return _best_chain(body, side, pins, judge, lambda ankle: body.heights[ankle] <= low)


def find_arm(body: Body, side: int, pins: Sequence[int | None], leg: Chain, legs: Iterable[int]) -> Chain | None:
    """The most arm-like chain on one side; legs: bones of both legs, which no arm hangs on."""
    hip, end_pin = leg.bones[0], pins[2]
    leg_length = body.distance(hip, leg.bones[1]) + body.distance(leg.bones[1], leg.bones[2])
    feet = set(legs)
    clearance = body.ground + _HAND_CLEARANCE * leg_length

    def judge(shoulder: int, elbow: int, wrist: int) -> float:
        upper, lower = body.distance(shoulder, elbow), body.distance(elbow, wrist)
        length = upper + lower
        rise = float(body.heights[shoulder] - body.heights[hip])
        inwards = body.lateral(wrist) < _HANDS_APART * body.lateral(shoulder)
        if length < 0.2 * leg_length or rise <= 0.0 or (inwards and end_pin is None):
            return 0.0
        size = body_size(leg_length, rise)
        return (
            bell(upper / length, _UPPER_ARM_SHARE)
            * bell(min(body.distance(shoulder, wrist) / length + 0.05, 1.0), _STRAIGHT)
            * bell(length / size, _ARM_LENGTH)
            * bell(rise / leg_length, _SHOULDER_RISE)
            * bell(body.lateral(shoulder) / size, _SHOULDER_WIDTH)
            * (1.0 if body.children[wrist] >= 2 else 0.7)  # fingers
        )

    def may_end(wrist: int) -> bool:
        return body.heights[wrist] > clearance and feet.isdisjoint(body.rest.ancestors(wrist))

    return _best_chain(body, side, pins, judge, may_end)


def _best_chain(
    body: Body,
    side: int,
    pins: Sequence[int | None],
    judge: Callable[[int, int, int], float],
    may_end: Callable[[int], bool],
) -> Chain | None:
    """The best three bones that hang on each other; of bones at one place the one nearest the end."""
    upper_pin, middle_pin, end_pin = pins
    pinned = {pin for pin in pins if pin is not None}
    best: Chain | None = None
    ends = [end_pin] if end_pin is not None else np.flatnonzero(body.symmetry.sides == side).tolist()
    for end in ends:
        if end_pin is None and not may_end(end):
            continue
        chain = body.chain_of(end, lambda bone: body.symmetry.sides[bone] == side or bone in pinned)
        if not pinned <= set(chain):
            continue
        for m, middle in enumerate(chain[1:], start=1):
            if middle_pin not in (None, middle):
                continue
            for upper in chain[m + 1 :]:
                if upper_pin not in (None, upper):
                    continue
                score = judge(upper, middle, end)
                if best is None or score > best.score * (1.0 + 1e-6):
                    best = Chain((upper, middle, end), score)
    return best
