"""Text to motion by the field's protocol, with the real motion's own figures beside those of what was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..features.representation import joints_from_rows
from ..training.dataset import MotionSet
from . import text_metrics as tm
from .generated import MotionBatch
from .motion_metrics import kinetics, mean_bone_drift, measure
from .movement import Pieces
from .prompts import Prompt, one_each, prompts_of, real_rows
from .scorer import Scorer

Figures = dict[str, tm.Interval]


@dataclass(frozen=True)
class TextPoints:
    """Where captions, the real motions and the made ones lie."""

    names: tuple[str, ...]  # motion of each prompt
    texts: np.ndarray  # [P, D]
    real: np.ndarray  # [P, D]
    made: np.ndarray  # [sittings, P, D]
    train_movement: np.ndarray  # [N, F] of the train split
    real_movement: Pieces  # by prompt
    made_movement: tuple[Pieces, ...]  # of each sitting
    decoded_movement: tuple[Pieces, ...]  # likewise, of all that the network decoded
    real_kinetics: np.ndarray  # [P, K]
    made_kinetics: np.ndarray  # [sittings, P, K]


@dataclass(frozen=True)
class TextReport:
    """Figures by name; `real` is the ceiling: real motion against its captions."""

    made: Figures
    real: Figures
    animator_made: dict[str, float]
    animator_real: dict[str, float]


def text_points(
    scorer: Scorer, data: MotionSet, prompts: Sequence[Prompt], sittings: Sequence[MotionBatch]
) -> TextPoints:
    """Points of every prompt and of what was made for it."""
    real = [real_rows(data, prompt) for prompt in prompts]
    made = [batch.motion_rows() for batch in sittings]
    return TextPoints(
        tuple(prompt.motion for prompt in prompts),
        scorer.texts([prompt.text for prompt in prompts]),
        scorer.motions(real),
        np.stack([scorer.motions(rows) for rows in made]),
        scorer.movements([real_rows(data, prompt) for prompt in one_each(prompts_of(data, "train"))]).points,
        scorer.movements(real),
        tuple(scorer.movements(rows) for rows in made),
        tuple(scorer.movements(batch.decoded_rows()) for batch in sittings),
        kinetics([joints_from_rows(rows) for rows in real]),
        np.stack([kinetics(batch.joints()) for batch in sittings]),
    )


def text_figures(points: TextPoints, repeats: int) -> tuple[Figures, Figures]:
    """Figures of the made and of the real motions; each repeat draws pools and pairs anew, and one sitting.

    fid compares with the real motions of the train split, which are many: val's own are so few that no motion comes
    near them. The real column's fid is the floor. fid is of the motion that an animator gets, fid_decoded of the
    rows as decoded, whose velocities say again, and not quite the same, what positions and rotations say.
    fid_kinetic compares with val; its floor is one half against the other.
    """
    made = tm.repeat(lambda random: _once(points, random, real=False), repeats, 0)
    real = tm.repeat(lambda random: _once(points, random, real=True), repeats, 0)
    return made, real


def _once(points: TextPoints, random: np.random.Generator, real: bool) -> dict[str, float]:
    sitting = int(random.integers(len(points.made)))
    motions = points.real if real else points.made[sitting]
    parts = tm.pools(points.names, random)
    hits = np.mean([tm.r_precision(points.texts[part], motions[part]) for part in parts], axis=0)
    drawn = np.concatenate(parts)
    figures = {f"r{k + 1}": float(hits[k]) for k in range(tm.TOP)}
    figures["mm_dist"] = tm.matching_distance(points.texts[drawn], motions[drawn])
    figures["diversity"] = tm.diversity(motions[drawn], random)
    scaled = points.real_kinetics.std(0)
    kinetic = (points.real_kinetics if real else points.made_kinetics[sitting]) / scaled
    if real:
        halves = _halves(points.names, random)
        figures["fid_kinetic"] = tm.frechet_distance(*(kinetic[half] for half in halves))
    else:
        figures["fid_kinetic"] = tm.frechet_distance(points.real_kinetics / scaled, kinetic)
    # One caption of each motion is drawn: else a motion with many captions would count as often.
    movement = points.real_movement if real else points.made_movement[sitting]
    decoded = points.real_movement if real else points.decoded_movement[sitting]
    figures["fid"] = tm.frechet_distance(points.train_movement, movement.of(drawn))
    figures["fid_decoded"] = tm.frechet_distance(points.train_movement, decoded.of(drawn))
    return figures


def _halves(names: Sequence[str], random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One prompt of each motion, cut into two halves that share no motion."""
    (drawn,) = tm.pools(names, random, size=len(set(names)))
    return drawn[: len(drawn) // 2], drawn[len(drawn) // 2 :]


def animator_figures(batches: Sequence[MotionBatch]) -> dict[str, float]:
    """What an animator sees of what was made; bone drift of the position columns before they became a skeleton."""
    joints = [motion for batch in batches for motion in batch.joints()]
    raw = [joints_from_rows(rows) for batch in batches for rows in batch.decoded_rows()]
    columns = measure(raw)
    return {
        **measure(joints).row(),
        "bone_drift_mm": mean_bone_drift(raw),
        "columns_skate_ratio": columns.skate_ratio,
        "columns_jerk": columns.jerk,
    }


def animator_real(data: MotionSet, prompts: Sequence[Prompt]) -> dict[str, float]:
    """The same of the real motions, each once."""
    once = {prompt.motion: prompt for prompt in prompts}
    joints = [joints_from_rows(real_rows(data, prompt)) for prompt in once.values()]
    row = measure(joints).row()
    same = {f"columns_{name}": row[name] for name in ("skate_ratio", "jerk")}  # real joints are their own columns
    return {**row, "bone_drift_mm": mean_bone_drift(joints), **same}


def multimodality(scorer: Scorer, batches: Sequence[MotionBatch]) -> float:
    """Mean distance of motions made for one text: one batch per text."""
    groups = np.stack([scorer.motions(batch.motion_rows()) for batch in batches])
    return tm.multimodality(groups, np.random.default_rng(0))
