"""What is lost when motion becomes tokens: errors, sliding feet, and how much of the book is used."""

from __future__ import annotations

import numpy as np

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
