"""Legs whose soles stay where they stand: heel strike, flat, toe off. On the size and in the axes of our skeleton."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from . import rotations
from .contacts import find_runs
from .foot_curves import fill_offsets, fill_shares, find_anchors, smooth_cover
from .two_bone_ik import FULL_REACH, LegTurns, solve_leg

#: How far the body is lowered at most so that a standing foot is reached (metres).
MAX_DROP: Final = 0.12
#: How high a foot lifts in a step it has to be given (metres).
STEP_HEIGHT: Final = 0.06
#: A leg that would be stretched farther than this share of its length, and so much farther than it was, lets its foot
#: go: a knee that is pulled straight snaps. Rounds of that, since each changes how the body is lowered.
COMFORTABLE: Final = 0.99
FARTHER: Final = 0.005
RELEASES: Final = 3
#: A foot is turned to its places by less than this (rad), or not at all if by more than that.
_UNLIKELY: Final = (np.radians(60.0), np.radians(120.0))
_SEES_SECONDS: Final = 0.1  # the body goes down this long before the leg needs it
_UP: Final = np.array([0.0, 1.0, 0.0])
_LEFT: Final = np.array([1.0, 0.0, 0.0])


@dataclass(frozen=True)
class Sole:
    """Points of one foot at rest, relative to the ankle; the ground is flat under heel, ball and tip."""

    heel: np.ndarray  # [3]
    ball: np.ndarray  # [3] under the toe joint
    toe_joint: np.ndarray  # [3]
    tip: np.ndarray  # [3] of the toes

    @property
    def length(self) -> float:
        """From heel to ball."""
        return float(np.linalg.norm(self.ball - self.heel))


@dataclass(frozen=True)
class LegPoses:
    """One leg over time; y = height over the ground."""

    hip: np.ndarray  # [T, 3]
    knee: np.ndarray  # [T, 3]
    ankle: np.ndarray  # [T, 3]
    foot: np.ndarray  # [T, 4] wxyz since rest
    toe: np.ndarray  # [T, 4] wxyz since rest
    hinge: np.ndarray  # [T, 3] axis about which the shin turns backwards when the knee bends

    @property
    def length(self) -> np.ndarray:
        """Hip to ankle along the leg [T]."""
        thigh, shin = self.knee - self.hip, self.ankle - self.knee
        total: np.ndarray = np.linalg.norm(thigh, axis=-1) + np.linalg.norm(shin, axis=-1)
        return total

    def lowered(self, drop: np.ndarray) -> LegPoses:
        """The leg of a body that is `drop` [T] lower."""
        down = drop[:, None] * _UP
        return replace(self, hip=self.hip - down, knee=self.knee - down, ankle=self.ankle - down)


@dataclass(frozen=True)
class FootPath:
    """Where one foot goes."""

    ankle: np.ndarray  # [T, 3]
    foot: np.ndarray  # [T, 4] since rest
    toe: np.ndarray  # [T, 4] since rest
    stands: np.ndarray  # [T] bool


@dataclass(frozen=True)
class LockedLeg:
    """What brings one leg onto its foot's path."""

    turns: LegTurns  # before the orientations of thigh and shin
    path: FootPath


def sole_points(leg: LegPoses, sole: Sole) -> np.ndarray:
    """Heel and ball [T, 2, 3] of a foot."""
    heel = leg.ankle + rotations.rotate(leg.foot, sole.heel)
    ball = leg.ankle + rotations.rotate(leg.foot, sole.ball)
    return np.stack([heel, ball], axis=1)


def to_foot_path(
    leg: LegPoses, sole: Sole, standing: np.ndarray, stepping: np.ndarray, blend: int, strength: np.ndarray
) -> FootPath:
    """Hold heel and ball while they stand [T, 2]; in between, ease over `blend` frames.

    stepping [T] bool: where the foot, which did not, is to lift. strength [T] in 0..1.
    """
    points = sole_points(leg, sole)
    anchors = find_anchors(points[:, 0], points[:, 1], standing, sole.length)
    offsets = np.where(standing[..., None], anchors - points, 0.0)
    filled = np.stack([fill_offsets(offsets[:, side], standing[:, side], blend) for side in (0, 1)], axis=1)
    wanted = points + filled
    wanted[..., 1] += lift_steps(stepping)[:, None]
    wanted[..., 1] = np.maximum(wanted[..., 1], 0.0)
    wanted = points + (wanted - points) * strength[:, None, None]
    share, turn, moved = _carried(points, wanted, standing)
    pivot = points[:, 0] + (points[:, 1] - points[:, 0]) * share[:, None]
    turn = rotations.multiply(_levelling(leg, turn, wanted, standing.all(axis=1), blend, strength), turn)
    ankle = moved + rotations.rotate(turn, leg.ankle - pivot)
    foot = rotations.multiply(turn, leg.foot)
    ankle = _raise_above_ground(ankle, foot, sole, strength)
    toe = _raise_tip(ankle, foot, rotations.multiply(turn, leg.toe), sole, strength)
    return FootPath(ankle, foot, toe, standing.any(axis=1))


def carry_foot(
    leg: LegPoses, points: np.ndarray, wanted: np.ndarray, standing: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Turn [T, 4] of a foot, and its ankle's new place [T, 3], that bring heel and ball [T, 2, 3] where wanted.

    Of points whose distance does not fit, the one that stands [T, 2] is met.
    """
    share, turn, moved = _carried(points, wanted, standing)
    pivot = points[:, 0] + (points[:, 1] - points[:, 0]) * share[:, None]
    return turn, moved + rotations.rotate(turn, leg.ankle - pivot)


def _carried(points: np.ndarray, wanted: np.ndarray, standing: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where between heel (0) and ball (1) the pivot lies [T], the foot's turn [T, 4], the pivot's new place [T, 3]."""
    share = fill_shares(np.where(standing[:, 1], 1.0, 0.0), standing[:, 0] ^ standing[:, 1])
    return share, *_follow(points, wanted, share)


def _levelling(
    leg: LegPoses, turn: np.ndarray, wanted: np.ndarray, flat: np.ndarray, blend: int, strength: np.ndarray
) -> np.ndarray:
    """Turn [T, 4] about the line from heel to ball that takes a flat foot off its edge, eased in and out."""
    along = rotations.normalize(wanted[:, 1] - wanted[:, 0])
    side = rotations.rotate(rotations.multiply(turn, leg.foot), _LEFT)
    level = rotations.normalize(np.cross(_UP, along))
    sine = (np.cross(side, level) * along).sum(-1)
    angle = np.where(flat, np.arctan2(sine, (side * level).sum(-1)), 0.0)
    eased = fill_offsets(angle[:, None], flat, blend)[:, 0]
    return rotations.about_axis(along, eased * strength)


def lift_steps(stepping: np.ndarray) -> np.ndarray:
    """Height [T] to which each step rises and falls again."""
    lifts = np.zeros(len(stepping))
    for start, stop in find_runs(stepping):
        lifts[start:stop] = STEP_HEIGHT * np.sin(np.pi * (np.arange(start, stop) - start + 1) / (stop - start + 1)) ** 2
    return lifts


def _follow(points: np.ndarray, wanted: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn [T, 4] of heel and ball [T, 2, 3] towards where they are wanted, and the pivot's new place [T, 3].

    About the vertical first, then by the smallest turn, so that a foot does not come to stand on its edge.
    """
    before, after = points[:, 1] - points[:, 0], wanted[:, 1] - wanted[:, 0]
    size = np.linalg.norm(before, axis=-1)
    usable = (size > 1e-6) & (np.linalg.norm(after, axis=-1) > 0.3 * size)
    yaw = rotations.about_y(_yaw_between(before, after))
    turn = _believed(rotations.multiply(rotations.between(rotations.rotate(yaw, before), after), yaw))
    return np.where(usable[:, None], turn, rotations.IDENTITY), wanted[:, 0] + after * share[:, None]


def _believed(turn: np.ndarray) -> np.ndarray:
    """Turns [T, 4] of a foot as far as they are likely: heel and ball that stand on places of different steps may lie
    in any direction from each other, and the foot would flip over to follow.
    """
    least, most = _UNLIKELY
    angle = rotations.angle(turn)
    share = np.clip((most - angle) / (most - least), 0.0, 1.0)
    eased = rotations.from_vector((share * share * (3.0 - 2.0 * share))[:, None] * rotations.to_vector(turn))
    return np.where((angle <= least)[:, None], turn, eased)


def _yaw_between(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Angle [T] about the vertical from one direction to the other; none for feet that point up or down."""
    angle = np.arctan2(
        before[:, 2] * after[:, 0] - before[:, 0] * after[:, 2], before[:, 0] * after[:, 0] + before[:, 2] * after[:, 2]
    )
    level = np.minimum(np.hypot(before[:, 0], before[:, 2]), np.hypot(after[:, 0], after[:, 2]))
    sure = np.clip(level / np.maximum(0.3 * np.linalg.norm(before, axis=-1), 1e-9), 0.0, 1.0)
    yaw: np.ndarray = angle * sure * sure * (3.0 - 2.0 * sure)
    return yaw


def _raise_above_ground(ankle: np.ndarray, foot: np.ndarray, sole: Sole, strength: np.ndarray) -> np.ndarray:
    heights = [(ankle + rotations.rotate(foot, point))[:, 1] for point in (sole.heel, sole.ball, np.zeros(3))]
    under = np.maximum(0.0, -np.min(heights, axis=0)) * strength
    raised: np.ndarray = ankle + under[:, None] * _UP
    return raised


def _raise_tip(ankle: np.ndarray, foot: np.ndarray, toe: np.ndarray, sole: Sole, strength: np.ndarray) -> np.ndarray:
    """Toes bent up as far as their tip would be under the ground."""
    reach = rotations.rotate(toe, sole.tip - sole.toe_joint)
    joint = (ankle + rotations.rotate(foot, sole.toe_joint))[:, 1]
    size = np.linalg.norm(reach, axis=-1)
    under = np.maximum(0.0, -(joint + reach[:, 1])) * strength
    height = np.clip(reach[:, 1] + under, -size, size)
    level = reach * np.array([1.0, 0.0, 1.0])
    level = rotations.normalize(level) * np.sqrt(np.maximum(size**2 - height**2, 0.0))[:, None]
    turn = rotations.between(reach, level + height[:, None] * _UP)
    return np.where((under > 0.0)[:, None], rotations.multiply(turn, toe), toe)


def to_drop(legs: tuple[LegPoses, ...], paths: tuple[FootPath, ...], fps: float) -> np.ndarray:
    """How far to lower the body [T] so that legs reach their standing feet, smoothly."""
    need = np.zeros(len(legs[0].hip))
    for leg, path in zip(legs, paths, strict=True):
        reach = FULL_REACH * leg.length
        offset = path.ankle - leg.hip
        level = offset[:, 0] ** 2 + offset[:, 2] ** 2
        lowest = -offset[:, 1] - np.sqrt(np.maximum(reach**2 - level, 0.0))
        need = np.maximum(need, np.where(path.stands, lowest, 0.0))
    return smooth_cover(np.minimum(need, MAX_DROP), round(_SEES_SECONDS * fps))


def is_stretched(leg: LegPoses, path: FootPath, drop: np.ndarray) -> np.ndarray:
    """Frames [T] bool in which a foot that stands stretches the leg of a body lowered by `drop` [T] m too far."""
    distance = np.linalg.norm(path.ankle - leg.lowered(drop).hip, axis=-1)
    own = np.linalg.norm(leg.ankle - leg.hip, axis=-1) + FARTHER * leg.length
    stretched: np.ndarray = path.stands & (distance > np.maximum(COMFORTABLE * leg.length, own))
    return stretched


def lock_leg(leg: LegPoses, path: FootPath, drop: np.ndarray) -> LockedLeg:
    """Turns that bring the leg of a body lowered by `drop` [T] onto the foot's path."""
    low = leg.lowered(drop)
    return LockedLeg(solve_leg(low.hip, low.knee, low.ankle, path.ankle, leg.hinge), path)
