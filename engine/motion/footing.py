"""Feet of an in-fill put where they stand, on the legs of our own skeleton."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from . import rotations
from .clip import MotionClip
from .contacts import find_runs, point_speeds
from .foot_curves import fill_offsets, smooth_cover
from .foot_lock import (
    RELEASES,
    FootPath,
    LegPoses,
    Sole,
    carry_foot,
    is_stretched,
    lift_steps,
    sole_points,
    to_drop,
)
from .footholds import Footholds, Known, find_footholds, released
from .kinematics import forward_kinematics, world_rotations
from .skeleton import REST_OFFSETS, Joint
from .two_bone_ik import solve_leg

_LEGS: Final = (
    (Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE, Joint.LEFT_FOOT),
    (Joint.RIGHT_HIP, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE, Joint.RIGHT_FOOT),
)
_LEFT: Final = np.array([1.0, 0.0, 0.0])
_UP: Final = np.array([0.0, 1.0, 0.0])
#: Frames over which a foot comes from its own way to its place, and goes back.
_BLEND: Final = 5
#: A foot that is carried on between two places lifts by this share of the way, at most so far (metres).
_LIFT_SHARE: Final = 0.5
_MOST_LIFT: Final = 0.05
#: A foot that swings faster (m/s, from the first to the second all the more) keeps its sole so high (metres), if it has
#: to be raised no farther than that (metres): lower it scuffs over the floor.
_SWING_SPEEDS: Final = (0.3, 0.7)
_CLEARANCE: Final = 0.035
_MOST_RAISED: Final = 0.05
#: Frames from a swing's ends over which it rises to that, and frames around a low one that rise with it.
_SWING_EASE: Final = 2
_SWING_REACH: Final = 2
#: How far the body is lowered at most (metres): straight knees shoot forward when it is lowered much.
_MOST_DROP: Final = 0.06
#: Frames beside known motion over which lowering comes in.
_DROP_FADE: Final = 8
#: A leg that is moved less than this (metres) is left as it was.
_NOTHING: Final = 1e-6


def hold_feet(whole: MotionClip, meant: MotionClip, before: int, after: int) -> MotionClip:
    """`whole` with feet that stand still while they stand; its first `before` and last `after` frames are known.

    meant: the same frames as the network made them, on a path not yet bent: by them it is decided what stands.
    Pelvis height, hips, knees, ankles and toes change, nothing else.
    """
    known = Known(before, after, len(whole))
    feet = tuple(_to_feet(whole, meant, known))
    paths, drop = _to_paths(feet, known, whole.fps)
    for _ in range(RELEASES):
        eased = tuple(foot.eased(path, drop, known) for foot, path in zip(feet, paths, strict=True))
        if eased == feet:
            break
        feet = eased
        paths, drop = _to_paths(feet, known, whole.fps)
    turned = np.array(whole.rotations, dtype=np.float64)
    for side, path in enumerate(paths):
        _pose_leg(turned, whole, feet[side].leg.lowered(drop), path, side, drop)
    return MotionClip(whole.root - drop[:, None] * _UP, turned, whole.contacts, whole.fps)


@dataclass(frozen=True, eq=False)
class _Foot:
    """One leg as it would move, and where its foot is to stand."""

    leg: LegPoses
    points: np.ndarray  # [T, 2, 3] m, heel and ball
    holds: Footholds

    def eased(self, path: FootPath, drop: np.ndarray, known: Known) -> _Foot:
        """The foot with shorter stands where its leg would be stretched too far, else itself."""
        over = is_stretched(self.leg, path, drop) & ~known.frames
        return replace(self, holds=released(self.holds, over, known)) if over.any() else self


def _to_legs(clip: MotionClip) -> tuple[LegPoses, ...]:
    turns, places = world_rotations(clip.rotations), forward_kinematics(clip.root, clip.rotations)
    return tuple(
        LegPoses(
            places[:, hip],
            places[:, knee],
            places[:, ankle],
            turns[:, ankle],
            turns[:, toe],
            rotations.rotate(turns[:, knee], _LEFT),
        )
        for hip, knee, ankle, toe in _LEGS
    )


def _sole_of(side: int) -> Sole:
    """The foot's sole; our skeleton's toe joint lies on the floor, and its heel under the ankle."""
    ball = REST_OFFSETS[_LEGS[side][3]]
    return Sole(ball * _UP, ball, ball, ball)


def _to_feet(whole: MotionClip, meant: MotionClip, known: Known) -> Iterator[_Foot]:
    for side, (leg, meant_leg) in enumerate(zip(_to_legs(whole), _to_legs(meant), strict=True)):
        sole = _sole_of(side)
        points = sole_points(leg, sole)
        holds = find_footholds(points, sole_points(meant_leg, sole), known, whole.fps, sole.length, side)
        yield _Foot(leg, points, holds)


def _to_paths(feet: tuple[_Foot, ...], known: Known, fps: float) -> tuple[tuple[FootPath, ...], np.ndarray]:
    """Where the feet go, and how far the body goes down [T] m for them."""
    paths = tuple(_to_path(foot, known, fps) for foot in feet)
    return paths, _eased_drop(tuple(foot.leg for foot in feet), paths, known, fps)


def _to_path(foot: _Foot, known: Known, fps: float) -> FootPath:
    leg, points, holds = foot.leg, foot.points, foot.holds
    shifts = _shifts(points, holds, known)
    free = ~(holds.standing.any(axis=1) | known.frames | holds.stepping)
    wanted = points + shifts
    wanted[..., 1] += (lift_steps(holds.stepping) + _lift_carried(shifts, free, known))[:, None]
    wanted[..., 1] += _lift_scuffing(wanted, free, fps)[:, None]
    turn, ankle = carry_foot(leg, points, wanted, holds.standing)
    moved = rotations.multiply(turn, leg.foot), rotations.multiply(turn, leg.toe)
    return FootPath(ankle, *moved, holds.standing.any(axis=1))


def _shifts(points: np.ndarray, holds: Footholds, known: Known) -> np.ndarray:
    """How heel and ball are shifted [T, 2, 3]: to their places, not at all where known, smoothly in between."""
    held = holds.standing & ~known.frames[:, None]
    offsets = np.where(held[..., None], holds.places - points, 0.0)
    fixed = holds.standing | known.frames[:, None]
    return np.stack([fill_offsets(offsets[:, point], fixed[:, point], _BLEND) for point in (0, 1)], axis=1)


def _lift_carried(shifts: np.ndarray, free: np.ndarray, known: Known) -> np.ndarray:
    """Height [T] m by which a foot lifts while it swings [T], so that what `shifts` adds to its way does not slide.

    A swing that is known in part lifts as it did: it would be thrown up beside the seam.
    """
    lifts = np.zeros(len(free))
    for start, stop in find_runs(free):
        if start <= known.before or stop >= known.stop:
            continue
        change = (shifts[stop] - shifts[start - 1]).mean(axis=0)
        height = min(_MOST_LIFT, _LIFT_SHARE * float(np.hypot(change[0], change[2])))
        lifts[start:stop] = height * np.sin(np.pi * (np.arange(start, stop) - start + 1) / (stop - start + 1))
    return lifts


def _lift_scuffing(points: np.ndarray, free: np.ndarray, fps: float) -> np.ndarray:
    """Height [T] m by which a foot rises where it swings [T] fast and low, so that it clears the floor.

    points [T, 2, 3]: its heel and ball. Stands and known frames stay where they are.
    """
    slowest, fastest = _SWING_SPEEDS
    speed = point_speeds(points.mean(axis=1)[:, [0, 2]], fps)
    missing = np.clip(_CLEARANCE - points[..., 1].min(axis=1), 0.0, _MOST_RAISED)
    needed = smooth_cover(np.where(free, missing * _eased((speed - slowest) / (fastest - slowest)), 0.0), _SWING_REACH)
    lifts = np.zeros(len(free))
    for start, stop in find_runs(free):
        frames = np.arange(start, stop)
        lifts[start:stop] = needed[start:stop] * _eased(np.minimum(frames - start + 1, stop - frames) / _SWING_EASE)
    return lifts


def _eased(share: np.ndarray) -> np.ndarray:
    share = np.clip(share, 0.0, 1.0)
    eased: np.ndarray = share * share * (3.0 - 2.0 * share)
    return eased


def _eased_drop(legs: tuple[LegPoses, ...], paths: tuple[FootPath, ...], known: Known, fps: float) -> np.ndarray:
    """How far the body goes down [T] m, so that legs reach; not at all where it is known."""
    drop: np.ndarray = np.minimum(to_drop(legs, paths, fps), _MOST_DROP) * _eased(known.away() / _DROP_FADE)
    return drop


def _pose_leg(turned: np.ndarray, clip: MotionClip, leg: LegPoses, path: FootPath, side: int, drop: np.ndarray) -> None:
    """Write the rotations of one leg into `turned` [T, 22, 4] where its foot or its hip moves."""
    hip, knee, ankle, toe = _LEGS[side]
    shift = np.linalg.norm(path.ankle - leg.ankle, axis=-1)
    turn = rotations.angle(rotations.multiply(path.foot, rotations.inverse(leg.foot)))
    moved = (shift > _NOTHING) | (turn > _NOTHING) | (drop > _NOTHING)
    before = world_rotations(clip.rotations)
    turns = solve_leg(leg.hip, leg.knee, leg.ankle, path.ankle, leg.hinge, stays_straight=True)
    thigh = rotations.multiply(turns.thigh, before[:, hip])
    shin = rotations.multiply(turns.shin, before[:, knee])
    chain = (before[:, 0], thigh, shin, path.foot, path.toe)
    for joint, parent, own in zip((hip, knee, ankle, toe), chain[:-1], chain[1:], strict=True):
        local = rotations.normalize(rotations.multiply(rotations.inverse(parent), own))
        turned[:, joint] = np.where(moved[:, None], local, turned[:, joint])
