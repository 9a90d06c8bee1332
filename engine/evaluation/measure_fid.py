"""Whether FID hears bad motion: real motion, spoilt in known ways, against real motion."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from ..features.normalization import Normalization
from ..features.representation import GLIDE, POSITIONS, VELOCITIES, joints_from_rows, root_from_rows
from ..models.tokenizer import Tokenizer
from ..motion import rotations as rot
from ..training.dataset import MotionSet
from ..training.train_tokenizer import reconstruct
from .generated import read_batch
from .prompts import Prompt, one_each, prompts_of, real_rows
from .scorer import Scorer
from .text_metrics import frechet_distance

_NOISE: Final = (0.01, 0.02, 0.04)  # m
_SMOOTHING: Final = 2.0  # frames
_SLIDE: Final = 1.2


def fid_table(
    scorer: Scorer,
    data: MotionSet,
    prompts: Sequence[Prompt],
    tokenizer: Tokenizer,
    scale: Normalization,
    made: Sequence[Path] = (),
) -> dict[str, dict[str, float]]:
    """FID of each spoilt val split against the train split and against the unspoilt val split.

    The real val split's own against the train split is the floor: nothing can be told apart below it.
    """
    val = [real_rows(data, p) for p in one_each(prompts)]
    train = scorer.movements([real_rows(data, p) for p in one_each(prompts_of(data, "train"))]).points
    true = scorer.movements(val).points
    columns = {"real (floor)": {"against train": frechet_distance(train, true)}}
    ways = _spoilt(val, data, prompts, tokenizer, scale)
    chosen = [prompts.index(p) for p in one_each(prompts)]
    for path in made:
        motions = read_batch(path).motion_rows()
        ways[path.stem[:11]] = [motions[i] for i in chosen]
    for name, rows in ways.items():
        points = scorer.movements(rows).points
        columns[name] = {
            "against train": frechet_distance(train, points),
            "against val": frechet_distance(true, points),
        }
    return columns


def _spoilt(
    val: Sequence[np.ndarray], data: MotionSet, prompts: Sequence[Prompt], tokenizer: Tokenizer, scale: Normalization
) -> dict[str, list[np.ndarray]]:
    random = np.random.default_rng(0)
    ways = {f"noise {1000 * size:.0f} mm": [noisy(rows, size, random) for rows in val] for size in _NOISE}
    ways[f"smoothed {_SMOOTHING:.0f} frames"] = [smoothed(rows, _SMOOTHING) for rows in val]
    ways[f"root x {_SLIDE}"] = [sliding(rows, _SLIDE) for rows in val]
    ways["tokenizer"] = _rebuilt(data, prompts, tokenizer, scale)
    return ways


def noisy(rows: np.ndarray, size: float, random: np.random.Generator) -> np.ndarray:
    """Rows whose joints, all but the root, tremble by `size` m; velocities follow."""
    joints = joints_from_rows(rows)
    trembling = np.array(joints)
    trembling[:, 1:] += random.normal(0.0, size, trembling[:, 1:].shape)
    back = rot.inverse(root_from_rows(rows)[0])[:, None]
    spoilt = np.array(rows)
    change = rot.rotate(back, trembling - joints)
    spoilt[:, POSITIONS] += change[:, 1:].reshape(len(rows), -1)
    step = rot.rotate(back[:-1], np.diff(trembling - joints, axis=0))
    spoilt[:-1, VELOCITIES] += step.reshape(len(rows) - 1, -1)
    return spoilt


def smoothed(rows: np.ndarray, frames: float) -> np.ndarray:
    """Rows under a Gaussian of `frames` deviation in time: sluggish motion."""
    reach = np.arange(-int(4 * frames), int(4 * frames) + 1)
    kernel = np.exp(-0.5 * (reach / frames) ** 2)
    padded = np.pad(rows, ((len(reach) // 2,) * 2, (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(reach), axis=0)
    return np.asarray(windows @ (kernel / kernel.sum()), dtype=rows.dtype)


def sliding(rows: np.ndarray, factor: float) -> np.ndarray:
    """Rows whose root goes `factor` times as far while the limbs stay: feet slide."""
    spoilt = np.array(rows)
    spoilt[:, GLIDE] *= factor
    velocities = spoilt[:, VELOCITIES].reshape(len(rows), -1, 3)
    velocities[..., [0, 2]] += (factor - 1.0) * velocities[:, :1][..., [0, 2]]
    spoilt[:, VELOCITIES] = velocities.reshape(len(rows), -1)
    return spoilt


def _rebuilt(
    data: MotionSet, prompts: Sequence[Prompt], tokenizer: Tokenizer, scale: Normalization
) -> list[np.ndarray]:
    motions = {motion.name: motion for motion in data.of_split("val")}
    again = {name: np.asarray(reconstruct(tokenizer, scale, data, motion)[1]) for name, motion in motions.items()}
    parts = [(p, p.start - motions[p.motion].start) for p in one_each(prompts)]
    return [again[p.motion][start : start + p.frames].astype(np.float32) for p, start in parts]
