"""What is lost when motion becomes tokens: errors, sliding feet, and how much of the book is used."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..features.normalization import Normalization
from ..features.representation import joints_from_rows
from ..models.tokenizer import Tokenizer
from ..training.dataset import MotionSet
from ..training.train_tokenizer import measure_tokenizer, reconstruct
from .motion_metrics import mean_bone_drift, measure


def tokenizer_figures(tokenizer: Tokenizer, normalization: Normalization, data: MotionSet) -> dict[str, float]:
    """Errors (mm), code use and animator figures of the val split, rebuilt and real, on the position columns."""
    real, rebuilt = [], []
    for motion in data.of_split("val"):
        rows, again, _ = reconstruct(tokenizer, normalization, data, motion)
        real.append(joints_from_rows(np.asarray(rows)))
        rebuilt.append(joints_from_rows(again))
    made, true = measure(rebuilt), measure(real)
    return {
        **measure_tokenizer(tokenizer, normalization, data),
        "skate_ratio": made.skate_ratio,
        "skate_ratio_real": true.skate_ratio,
        "skate_over_real": made.skate_ratio / max(true.skate_ratio, 1e-9),
        "skate_mm": made.skate_mm,
        "skate_mm_real": true.skate_mm,
        "jerk": made.jerk,
        "jerk_real": true.jerk,
        "bone_drift_mm": mean_bone_drift(rebuilt),
    }


@torch.no_grad()
def errors_by_levels(
    tokenizer: Tokenizer, normalization: Normalization, data: MotionSet
) -> dict[str, dict[str, float]]:
    """Errors (mm) of the val split rebuilt from the first level of codes alone, from two, and so on."""
    table = {}
    for count in range(1, tokenizer.config.levels + 1):
        local, world = [], []
        for motion in data.of_split("val"):
            rows, _, ids = reconstruct(tokenizer, normalization, data, motion)
            rebuilt = normalization.denormalize(_from_levels(tokenizer, torch.from_numpy(ids), count).numpy())
            truth, guess = joints_from_rows(rows), joints_from_rows(rebuilt)
            world.append((len(rows), float(np.linalg.norm(guess - truth, axis=-1).mean())))
            local.append((len(rows), float(np.linalg.norm(_rooted(guess) - _rooted(truth), axis=-1).mean())))
        table[f"levels {count}"] = {"rooted_mm": _mean_mm(local), "global_mm": _mean_mm(world)}
    return table


def _from_levels(tokenizer: Tokenizer, ids: Tensor, count: int) -> Tensor:
    """Normalised rows [T, 263] of ids [N, columns], finer levels than the first `count` left out."""
    parts = {}
    for name in tokenizer.layout.parts:
        network, columns = tokenizer.part(name), tokenizer.layout.of_part(name)
        vectors = network.quantizer.decode(ids[:, columns][:, :count])
        parts[name] = network.decode_vectors(vectors[None])
    return tokenizer.merge(parts)[0]


def _rooted(joints: np.ndarray) -> np.ndarray:
    return joints - joints[:, :1]


def _mean_mm(errors: list[tuple[int, float]]) -> float:
    frames, values = zip(*errors, strict=True)
    return 1000.0 * float(np.average(values, weights=frames))
