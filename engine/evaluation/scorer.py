"""Scorer: whatever puts motions and texts into one space; our evaluator, or the official one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from ..training.text_table import TextTable
from .evaluator import Evaluator, motion_points, movement_pieces, text_points
from .movement import Pieces


class Scorer(Protocol):
    """Points of motions and texts."""

    def motions(self, rows: Sequence[np.ndarray]) -> np.ndarray:
        """Points [N, D] of motions [T, 263] (metres and radians)."""
        ...

    def texts(self, texts: Sequence[str]) -> np.ndarray:
        """Points [N, D] of texts."""
        ...

    def movements(self, rows: Sequence[np.ndarray]) -> Pieces:
        """What FID is measured on: features of the pieces of motions [T, 263]."""
        ...


class OwnScorer:
    """The project's own evaluator with a table of word features."""

    def __init__(self, evaluator: Evaluator, table: TextTable) -> None:
        self._evaluator, self._table = evaluator, table

    def motions(self, rows: Sequence[np.ndarray]) -> np.ndarray:
        """Points [N, D] of motions [T, 263]."""
        return motion_points(self._evaluator, rows)

    def texts(self, texts: Sequence[str]) -> np.ndarray:
        """Points [N, D] of texts that are in the table."""
        return text_points(self._evaluator, self._table.features(texts))

    def movements(self, rows: Sequence[np.ndarray]) -> Pieces:
        """Movement features of the pieces of motions [T, 263]."""
        return movement_pieces(self._evaluator, rows)
