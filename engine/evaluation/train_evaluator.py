"""Training of the evaluator network: every caption is to find its own motion among those of a batch.

The val split is never read. The step that is kept is the best on takes of the train split that were set aside.
Source of the loss: InfoNCE (van den Oord et al. 2018) in both directions, as CLIP has it.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from ..features.mirrored_text import mirror_text
from ..features.mirroring import mirror_rows
from ..models.text_encoder import TextFeatures
from ..motion.skeleton import FRAMES_PER_TOKEN
from ..training.cmu import DataError
from ..training.dataset import MotionSet
from ..training.loop import StepContext
from ..training.text_table import TextTable
from .evaluator import Evaluator, EvaluatorConfig, motion_points, pad_rows, save_evaluator, text_points
from .prompts import MIN_FRAMES, Prompt, prompts_of, real_rows
from .text_metrics import TOP, matching_distance, pools, r_precision, repeat

#: One take in this many is set aside to choose the step that is kept.
_ASIDE: Final = 20
_REPEATS: Final = 30
_MOST_SHARP: Final = 4.6  # log of 100, as in CLIP
_SIDE: Final = re.compile(r"\b(left|right|clockwise|counter|anti)", re.IGNORECASE)


@dataclass(frozen=True)
class EvaluatorOptions:
    """What a step sees."""

    batch: int = 72  # motions; those whose caption names a side bring their mirror image along
    twins: int = 24  # at most so many mirror images
    crop: float = 0.15  # largest share of a motion cut off its ends
    noise: float = 0.02  # deviation of what is added to the normalised rows
    word_dropout: float = 0.1  # share of word features left out
    alike: float = 0.92  # cosine of two sentences from which on their motions are not told apart


class EvaluatorTask:
    """Learns to tell which caption belongs to which motion."""

    def __init__(
        self,
        data: MotionSet,
        takes: Mapping[str, str],
        texts: TextTable,
        config: EvaluatorConfig,
        options: EvaluatorOptions,
        best: Path,
    ) -> None:
        """takes: motion name -> take; best: where the best network so far is kept."""
        self.model: nn.Module = Evaluator(config, data.normalization())
        self.data, self.texts, self.options, self.best = data, texts, options, best
        self.takes = takes
        prompts = prompts_of(data, "train")
        self.held = [p for p in prompts if is_aside(takes[p.motion])]
        self.groups = _by_motion(p for p in prompts if not is_aside(takes[p.motion]))

    def loss(self, context: StepContext) -> tuple[Tensor, dict[str, float]]:
        """Contrastive loss of a batch in both directions."""
        assert isinstance(self.model, Evaluator)
        random = np.random.default_rng(int(torch.randint(2**62, (), generator=context.generator)))
        items = self._draw(random)
        rows, frames = pad_rows([self._rows(item, random) for item in items])
        rows = rows + torch.randn(rows.shape, generator=context.generator) * self._noise()
        device = context.device
        motions = self.model.embed_motion(rows.to(device), frames.to(device))
        heard = self.texts.features([item.text for item in items])
        words = self.model.embed_text(_dropped(heard, self.options.word_dropout, context))
        scores = words @ motions.T * self.model.sharpness.clamp(max=_MOST_SHARP).exp()
        scores = scores.masked_fill(self._same(items, heard.sentence).to(device), -torch.inf)
        own = torch.arange(len(items), device=device)
        loss = (F.cross_entropy(scores, own) + F.cross_entropy(scores.T, own)) / 2
        return loss, {"hits": float((scores.argmax(1) == own).float().mean())}

    @torch.no_grad()
    def evaluate(self, model: nn.Module) -> dict[str, float]:
        """R-precision on the takes set aside; keeps the network if it is the best so far."""
        assert isinstance(model, Evaluator)
        with torch.autocast("cpu", enabled=False):
            figures = precision(model, self.data, self.held, self.texts)
        if figures["r3"] + figures["r1"] > _score(self.best):
            save_evaluator(self.best, model, {f"aside_{name}": value for name, value in figures.items()})
        return figures

    def _draw(self, random: np.random.Generator) -> list[_Item]:
        picks = random.choice(len(self.groups), size=min(self.options.batch, len(self.groups)), replace=False)
        items, twins = [], []
        for pick in picks:
            prompts = self.groups[pick]
            prompt = prompts[int(random.integers(len(prompts)))]
            pair = [_Item(prompt, prompt.text, False), _Item(prompt, mirror_text(prompt.text), True)]
            first = int(random.integers(2))
            items.append(pair[first])
            if pair[0].text != pair[1].text:
                twins.append(pair[1 - first])
        return items + twins[: self.options.twins]

    def _rows(self, item: _Item, random: np.random.Generator) -> np.ndarray:
        rows = real_rows(self.data, item.prompt)
        longest_cut = min(int(len(rows) * self.options.crop), len(rows) - MIN_FRAMES)
        cut = int(random.integers(longest_cut + 1))
        start = int(random.integers(cut + 1))
        frames = (len(rows) - cut) // FRAMES_PER_TOKEN * FRAMES_PER_TOKEN
        rows = rows[start : start + frames]
        return mirror_rows(rows) if item.flipped else rows

    def _noise(self) -> Tensor:
        assert isinstance(self.model, Evaluator)
        deviation = torch.zeros(self.data.rows.shape[1])
        deviation[: len(self.model.std)] = self.model.std.cpu() * self.options.noise
        return deviation

    def _same(self, items: Sequence[_Item], sentences: Tensor) -> Tensor:
        """Pairs [N, N] that must not be told apart: one motion, one take, or one meaning; never an item and itself."""
        unit = F.normalize(sentences, dim=-1)
        takes = np.array([self.takes[item.prompt.motion] for item in items])
        flipped = np.array([item.flipped for item in items])
        sides = np.array([" ".join(_SIDE.findall(item.text.lower())) for item in items])
        texts = np.array([item.text for item in items])
        # A motion and its mirror image differ exactly where a side is named, however near their sentences lie.
        one_take = (takes[:, None] == takes) & (flipped[:, None] == flipped)
        one_meaning = (unit @ unit.T >= self.options.alike).numpy() & (sides[:, None] == sides)
        same = one_take | one_meaning | (texts[:, None] == texts)
        np.fill_diagonal(same, False)
        return torch.from_numpy(same)


@dataclass(frozen=True)
class _Item:
    """A caption and its motion, or the mirror images of both."""

    prompt: Prompt
    text: str
    flipped: bool


def precision(evaluator: Evaluator, data: MotionSet, prompts: Sequence[Prompt], texts: TextTable) -> dict[str, float]:
    """R-precision and matching distance of real motion against its captions: the evaluator's own ceiling."""
    motions = motion_points(evaluator, [real_rows(data, p) for p in prompts])
    heard = text_points(evaluator, texts.features([p.text for p in prompts]))
    names = [p.motion for p in prompts]

    def once(random: np.random.Generator) -> dict[str, float]:
        parts = pools(names, random)
        hits = np.mean([r_precision(heard[part], motions[part]) for part in parts], axis=0)
        return {f"r{k + 1}": float(hits[k]) for k in range(TOP)}

    figures = {name: value.mean for name, value in repeat(once, _REPEATS, 0).items()}
    return {**figures, "mm_dist": matching_distance(heard, motions)}


def told_sides(evaluator: Evaluator, data: MotionSet, prompts: Sequence[Prompt], texts: TextTable) -> float:
    """Share of captions naming a side that lie nearer to their motion than to its mirror image; 0.5 is chance."""
    sided = [p for p in prompts if mirror_text(p.text) != p.text]
    if not sided:
        return 0.5
    heard = text_points(evaluator, texts.features([p.text for p in sided]))
    rows = [real_rows(data, p) for p in sided]
    own, flipped = motion_points(evaluator, rows), motion_points(evaluator, [mirror_rows(r) for r in rows])
    nearer = np.linalg.norm(heard - own, axis=1) < np.linalg.norm(heard - flipped, axis=1)
    return float(nearer.mean())


def read_takes(folder: Path) -> dict[str, str]:
    """Motion name -> the recording it was cut from, by the data set's clips.csv."""
    try:
        with (folder / "clips.csv").open(newline="", encoding="utf-8") as file:
            return {row["id"]: row["take"] for row in csv.DictReader(file)}
    except OSError as error:
        raise DataError(f"{folder}/clips.csv cannot be read: {error}. Point --data at the set's folder.") from error


def is_aside(take: str) -> bool:
    """Whether a take of the train split is set aside; by its name, so that no run chooses otherwise."""
    return int(hashlib.sha256(take.encode()).hexdigest()[:8], 16) % _ASIDE == 0


def _by_motion(prompts: Iterable[Prompt]) -> list[list[Prompt]]:
    groups: dict[str, list[Prompt]] = {}
    for prompt in prompts:
        groups.setdefault(prompt.motion, []).append(prompt)
    return list(groups.values())


def _dropped(features: TextFeatures, share: float, context: StepContext) -> TextFeatures:
    kept = torch.rand(features.word_known.shape, generator=context.generator) >= share
    words = features.words * kept[..., None]
    device = context.device
    return TextFeatures(features.sentence.to(device), words.to(device), features.word_known.to(device))


def _score(best: Path) -> float:
    facts = best.with_suffix(".json")
    if not (best.is_file() and facts.is_file()):
        return -1.0
    figures = json.loads(facts.read_text(encoding="utf-8"))["figures"]
    return float(figures["aside_r3"] + figures["aside_r1"])
