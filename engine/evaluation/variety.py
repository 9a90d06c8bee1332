"""How unlike one another motions of the same action are: takes that look alike are no takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ..motion.skeleton import Joint
from .figure import Figure

#: Moments of a motion that are compared, spread evenly over it however long it is.
MOMENTS: Final = 16


def course(figure: Figure) -> np.ndarray:
    """Joints [MOMENTS, 22, 3] (m) as seen from the pelvis, its heading taken out."""
    at = np.linspace(0, len(figure.joints) - 1, MOMENTS).round().astype(int)
    return np.stack([figure.local(joint)[at] for joint in Joint], axis=1)


def distances(courses: Sequence[np.ndarray]) -> np.ndarray:
    """How far [N, N] (m) the joints of each two courses are apart, in the mean over joints and moments."""
    flat = np.stack(courses).reshape(len(courses), -1, 3)
    return np.stack([np.linalg.norm(flat - one, axis=-1).mean(axis=-1) for one in flat])


def apart(figures: Sequence[Figure]) -> float:
    """The same in the mean over all pairs, m; nan of fewer than two motions."""
    if len(figures) < 2:
        return float("nan")
    pairs = np.triu_indices(len(figures), 1)
    return float(distances([course(figure) for figure in figures])[pairs].mean())
