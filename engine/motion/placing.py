"""Where a clip stands and which way it faces: rigid moves that keep feet on the floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .clip import MotionClip
from .rotations import about_y, heading, inverse, multiply, rotate


@dataclass(frozen=True)
class Placement:
    """A turn about the world's up axis through the origin, then a move along the floor."""

    turn: float  # rad
    shift: np.ndarray  # [3] m, no height


def place(clip: MotionClip, placement: Placement) -> MotionClip:
    """`clip` moved by `placement`."""
    turn = about_y(np.array(placement.turn))
    rotations = np.array(clip.rotations, dtype=np.float64)
    rotations[:, 0] = multiply(np.broadcast_to(turn, rotations[:, 0].shape), rotations[:, 0])
    return MotionClip(rotate(turn, clip.root) + placement.shift, rotations, clip.contacts, clip.fps)


def placement_onto(clip: MotionClip, frame: int, target: MotionClip, target_frame: int) -> Placement:
    """What moves `clip` so that its pelvis at `frame` stands over and faces as `target`'s at `target_frame`."""
    turn = turn_between(clip.rotations[frame, 0], target.rotations[target_frame, 0])
    shift = target.root[target_frame] - rotate(about_y(np.array(turn)), clip.root[frame])
    shift[1] = 0.0
    return Placement(turn, shift)


def turn_between(one: np.ndarray, other: np.ndarray) -> float:
    """Turn about +y (rad, -pi..pi) that brings the rotation `one` [4] closest to `other` [4]."""
    angle = float(heading(multiply(other, inverse(one))))
    return (angle + np.pi) % (2 * np.pi) - np.pi
