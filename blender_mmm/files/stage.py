"""The stage: floor coordinates in which a motion starts at the origin and faces forward. Pure.

x points to the character's right, y forward, z up; metres. A map with y upwards therefore shows the
right side on the right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Track:
    """Where a body is and looks over time, on the stage."""

    frames: np.ndarray  # [N] scene frames, ascending
    seconds: np.ndarray  # [N] since the first frame
    positions: np.ndarray  # [N, 3] metres, of the pelvis
    headings: np.ndarray  # [N] rad, 0 = forward, positive = turned to the left

    @property
    def speed(self) -> np.ndarray:
        """Speed over the floor [N], m/s, smoothed over about a fifth of a second."""
        if len(self.frames) < 2:
            return np.zeros(len(self.frames))
        velocity = np.gradient(self.positions[:, :2], self.seconds, axis=0)
        step = float(np.median(np.diff(self.seconds)))
        width = max(1, round(0.2 / step))
        width = min(width, len(self.frames))
        return np.linalg.norm(np.stack([_smoothed(v, width) for v in velocity.T], axis=1), axis=1)

    @property
    def distance(self) -> float:
        """Length of the way over the floor, metres."""
        return float(np.linalg.norm(np.diff(self.positions[:, :2], axis=0), axis=1).sum())


def _smoothed(values: np.ndarray, width: int) -> np.ndarray:
    kernel = np.ones(width)
    return np.convolve(values, kernel, "same") / np.convolve(np.ones_like(values), kernel, "same")


@dataclass(frozen=True)
class Stage:
    """How the world is laid onto the stage; the world is z up."""

    origin: np.ndarray  # [3] world point that becomes the stage's origin (on the floor)
    forward: np.ndarray  # [2] unit, world x and y of the stage's forward

    def to_stage(self, points: np.ndarray) -> np.ndarray:
        """World points [..., 3] on the stage."""
        moved = points - self.origin
        fx, fy = self.forward
        right = moved[..., 0] * fy - moved[..., 1] * fx
        ahead = moved[..., 0] * fx + moved[..., 1] * fy
        return np.stack([right, ahead, moved[..., 2]], axis=-1)

    def to_heading(self, directions: np.ndarray) -> np.ndarray:
        """Turn [...] (rad, to the left positive) of world directions [..., 3] against the stage's forward."""
        fx, fy = self.forward
        x, y = directions[..., 0], directions[..., 1]
        return np.arctan2(fx * y - fy * x, fx * x + fy * y)


def spread(count: int, first: int, last: int) -> np.ndarray:
    """About `count` whole frames spread evenly over first..last, both included, without repeats."""
    return np.unique(np.round(np.linspace(first, last, max(1, count))).astype(int))
