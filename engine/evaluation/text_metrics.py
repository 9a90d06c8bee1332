"""Figures of the text-to-motion field, from points of motions and texts in an evaluator's space.

Source: Guo et al., CVPR 2022, section 5; Heusel et al., NeurIPS 2017 (FID).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

#: A caption is looked for among this many motions.
POOL: Final = 32
TOP: Final = 3
DIVERSITY_PAIRS: Final = 300
MULTIMODALITY_PAIRS: Final = 10


@dataclass(frozen=True)
class Interval:
    """Mean over repeats and half the width of its 95 % interval."""

    mean: float
    half_width: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Interval:
        """1.96 standard errors on either side, as published; 0 for a single repeat."""
        return cls(float(np.mean(values)), float(1.96 * np.std(values) / np.sqrt(len(values))))


def distances(texts: np.ndarray, motions: np.ndarray) -> np.ndarray:
    """Euclidean distances [N, M] between points [N, D] and [M, D]."""
    squares = (texts**2).sum(1)[:, None] + (motions**2).sum(1)[None] - 2.0 * texts @ motions.T
    return np.sqrt(np.maximum(squares, 0.0))


def r_precision(texts: np.ndarray, motions: np.ndarray, top: int = TOP) -> np.ndarray:
    """Shares [top] of texts whose own motion (same index) is among the nearest 1, 2 ... `top` of all given."""
    away = distances(texts, motions)
    own = np.diagonal(away)[:, None]
    # A tie counts against: motions that are all alike must not look like hits.
    rank = (away <= own).sum(1) - 1
    return np.array([float((rank < k).mean()) for k in range(1, top + 1)])


def matching_distance(texts: np.ndarray, motions: np.ndarray) -> float:
    """Mean distance of a text to its own motion (MM-Dist)."""
    return float(np.linalg.norm(texts - motions, axis=1).mean())


def frechet_distance(real: np.ndarray, made: np.ndarray) -> float:
    """FID of points [N, D] and [M, D]: squared Frechet distance of the normal distributions through them."""
    gap = real.mean(0) - made.mean(0)
    first, second = np.cov(real, rowvar=False), np.cov(made, rowvar=False)
    # The trace of sqrtm(A B) equals that of sqrt(A^1/2 B A^1/2), which is symmetric: no complex roots to drop,
    # and it works for as few points as a small val split has.
    root = _symmetric_root(first)
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ second @ root), 0.0)).sum()
    return float(gap @ gap + np.trace(first) + np.trace(second) - 2.0 * cross)


def diversity(motions: np.ndarray, random: np.random.Generator, pairs: int = DIVERSITY_PAIRS) -> float:
    """Mean distance of random pairs of different motions."""
    first = random.integers(len(motions), size=pairs)
    second = (first + random.integers(1, len(motions), size=pairs)) % len(motions)
    return float(np.linalg.norm(motions[first] - motions[second], axis=1).mean())


def multimodality(groups: np.ndarray, random: np.random.Generator, pairs: int = MULTIMODALITY_PAIRS) -> float:
    """Mean distance of random pairs of motions made for one text; groups [texts, motions, D]."""
    count = groups.shape[1]
    first = random.integers(count, size=(len(groups), pairs))
    second = (first + random.integers(1, count, size=first.shape)) % count
    rows = np.arange(len(groups))[:, None]
    return float(np.linalg.norm(groups[rows, first] - groups[rows, second], axis=-1).mean())


def repeat(measure: Callable[[np.random.Generator], dict[str, float]], repeats: int, seed: int) -> dict[str, Interval]:
    """Figures of `repeats` runs of `measure`, each with its own randomness."""
    rows = [measure(np.random.default_rng((seed, i))) for i in range(repeats)]
    return {name: Interval.of([row[name] for row in rows]) for name in rows[0]}


def pools(motions: Sequence[str], random: np.random.Generator, size: int = POOL) -> list[np.ndarray]:
    """Prompt indices in pools of `size`, no motion twice in one; motions: name of each prompt's motion.

    One prompt of each motion is drawn; what does not fill a pool is left out, as published. With fewer motions than
    `size` there is one pool of all.
    """
    by_name: dict[str, list[int]] = {}
    for i, name in enumerate(motions):
        by_name.setdefault(name, []).append(i)
    drawn = random.permutation([indices[int(random.integers(len(indices)))] for indices in by_name.values()])
    if len(drawn) < size:
        return [drawn]
    return [drawn[start : start + size] for start in range(0, len(drawn) - size + 1, size)]


def _symmetric_root(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    root: np.ndarray = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return root
