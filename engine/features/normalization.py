"""Rows scaled for the network: one standard deviation per group of columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from .representation import CONTACTS, GLIDE, HEIGHT, POSITIONS, ROTATIONS, ROW_SIZE, TURN, VELOCITIES

#: Columns of a group share one deviation, so that quiet joints are not blown up to noise.
GROUPS: Final = (TURN, GLIDE, HEIGHT, POSITIONS, ROTATIONS, VELOCITIES, CONTACTS)
#: The root has 4 of the 263 columns yet moves every joint: its errors count this many times.
ROOT_EMPHASIS: Final = 5.0


@dataclass(frozen=True)
class Normalization:
    """Mean and deviation of every column, float32 [263] each."""

    mean: np.ndarray
    std: np.ndarray

    def __post_init__(self) -> None:
        if self.mean.shape != (ROW_SIZE,) or self.std.shape != (ROW_SIZE,):
            raise ValueError(f"Normalisation needs {ROW_SIZE} means and deviations.")

    def normalize(self, rows: np.ndarray) -> np.ndarray:
        """Rows [..., 263] -> float32 network units."""
        return ((rows - self.mean) / self.std).astype(np.float32)

    def denormalize(self, values: np.ndarray) -> np.ndarray:
        """Network units [..., 263] -> float64 rows in metres and radians."""
        return values.astype(np.float64) * self.std + self.mean


def measure_normalization(rows: np.ndarray) -> Normalization:
    """Normalisation of a data set's rows [N, 263]."""
    mean, std = rows.mean(0), rows.std(0)
    for group in GROUPS:
        spread = std[group].mean()
        std[group] = spread if spread > 0 else 1.0  # a column that never moves needs no scale
    std[: POSITIONS.start] /= ROOT_EMPHASIS
    return Normalization(mean.astype(np.float32), std.astype(np.float32))
