"""Thigh and shin turned so that the ankle comes to a place, the knee bending in its own plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from . import rotations

#: Share of the leg's length up to which a distance is reached exactly; a knee there is bent by 7 degrees.
FULL_REACH: Final = 0.998
#: What distances beyond are squeezed under, so that a knee never snaps straight.
_LIMIT: Final = 0.9998
#: A knee bent by less than about this (rad) takes its plane from the hinge, not from its own bend.
_STRAIGHT: Final = 0.15
_TINY: Final = 1e-9


@dataclass(frozen=True)
class LegTurns:
    """What turns a leg, in the space of its points."""

    thigh: np.ndarray  # [..., 4] wxyz, about the hip, before the thigh's orientation
    shin: np.ndarray  # [..., 4] wxyz, about the knee, before the shin's orientation


def soften_reach(distance: np.ndarray, length: np.ndarray) -> np.ndarray:
    """`distance` [...], squeezed smoothly under `length` [...]; unchanged up to FULL_REACH of it."""
    length = np.maximum(length, _TINY)
    share = np.asarray(distance) / length
    room = _LIMIT - FULL_REACH
    over = np.maximum(share - FULL_REACH, 0.0)
    squeezed = FULL_REACH + room * (1.0 - np.exp(-over / room))
    softened: np.ndarray = np.where(share > FULL_REACH, squeezed, share) * length
    return softened


def solve_leg(
    hip: np.ndarray,
    knee: np.ndarray,
    ankle: np.ndarray,
    target: np.ndarray,
    hinge: np.ndarray,
    stays_straight: bool = False,
) -> LegTurns:
    """Turns [..., 4] that bring `ankle` to `target` (or as near as the leg allows).

    Points [..., 3]. hinge: unit axis [..., 3] about which the shin turns backwards when the knee bends;
    it decides for a straight leg. Legs without length keep their pose. stays_straight: a leg that is straighter
    than others may become is not bent, so that a target at its ankle changes nothing.
    """
    thigh, shin = knee - hip, ankle - knee
    upper, lower = _length(thigh), _length(shin)
    reach = ankle - hip
    wanted = soften_reach(_length(target - hip), upper + lower)
    if stays_straight:
        wanted = np.maximum(wanted, np.minimum(_length(target - hip), _length(reach)))
    wanted = np.maximum(wanted, np.abs(upper - lower) + 1e-3 * (upper + lower))
    axis = _bend_axis(thigh, shin, hinge)
    across = _length(shin - axis * (shin * axis).sum(-1, keepdims=True))
    bend = _bend_for(wanted, thigh, shin, across) - _bend_of(thigh, shin, axis)
    fold = rotations.about_axis(axis, bend)
    reach = thigh + rotations.rotate(fold, shin)
    swing = rotations.between(reach, target - hip)
    sizes = np.stack([upper, lower, _length(target - hip), _length(reach)])
    solvable = (sizes > _TINY).all(axis=0)[..., None]
    swing = np.where(solvable, swing, rotations.IDENTITY)
    fold = np.where(solvable, fold, rotations.IDENTITY)
    return LegTurns(swing, rotations.multiply(swing, fold))


def _bend_axis(thigh: np.ndarray, shin: np.ndarray, hinge: np.ndarray) -> np.ndarray:
    """Unit axis [..., 3] across the thigh about which the knee bends: its own plane, or the hinge's when straight."""
    along = rotations.normalize(thigh)
    hinge = rotations.normalize(hinge - along * (hinge * along).sum(-1, keepdims=True))
    own = np.cross(along, rotations.normalize(shin))
    own = own - along * (own * along).sum(-1, keepdims=True)
    # A knee that bends the wrong way a little is a straight one: its own plane may not turn the axis round.
    aligned = (own * hinge).sum(-1, keepdims=True)
    own = np.where(aligned < 0.0, own - hinge * aligned, own)
    return rotations.normalize(own + _STRAIGHT * hinge)


def _bend_of(thigh: np.ndarray, shin: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Angle [...] (rad) of the knee about `axis`; 0 = straight."""
    along, onward = rotations.normalize(thigh), rotations.normalize(shin)
    sine = (np.cross(along, onward) * axis).sum(-1)
    angle: np.ndarray = np.arctan2(sine, (along * onward).sum(-1))
    return angle


def _bend_for(distance: np.ndarray, thigh: np.ndarray, shin: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Angle [...] (rad) of a knee that puts the ankle at `distance` from the hip.

    across: length [...] of what of the shin lies in the plane it turns in.
    """
    upper, lower = _length(thigh), _length(shin)
    cosine = (distance**2 - upper**2 - lower**2) / np.maximum(2.0 * upper * across, _TINY**2)
    angle: np.ndarray = np.arccos(np.clip(cosine, -1.0, 1.0))
    return angle


def _length(vector: np.ndarray) -> np.ndarray:
    length: np.ndarray = np.linalg.norm(vector, axis=-1)
    return length
