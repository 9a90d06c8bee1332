"""Training of the evaluator's small parts, after its matching: telling sides, and coding movement.

Apart from the matching they cost a minute, and leave what it learnt alone. The val split is never read.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from ..features.mirrored_text import mirror_text
from ..models.text_encoder import TextFeatures
from ..training.dataset import MotionSet
from ..training.text_table import TextTable
from .evaluator import Evaluator, pad_rows
from .movement import WINDOW, cut, stacked
from .prompts import Prompt, real_rows

_SIDE_STEPS: Final = 160
_SIDE_BATCH: Final = 128
_LOOK_EVERY: Final = 20
_MOVEMENT_STEPS: Final = 400
_MOVEMENT_BATCH: Final = 48
#: Factor of the margin in the loss, for sides of reach one.
_SHARP: Final = 1.92


def learn_sides(
    evaluator: Evaluator, data: MotionSet, seen: Sequence[Prompt], held: Sequence[Prompt], texts: TextTable
) -> None:
    """Captions that name a side learn which of a motion and its mirror image they mean.

    Own motion stands against its mirror image, own caption against its mirror image. Kept is the step that tells most
    sides of `held` apart.
    """
    sided, asked = (_Sided(evaluator, data, part, texts) for part in (seen, held))
    parts = nn.ModuleDict({"said": evaluator.said_side, "done": evaluator.side})
    optimizer = torch.optim.AdamW(parts.parameters(), lr=3e-3, weight_decay=0.05)
    random = np.random.default_rng(0)
    best, kept = -1.0, copy.deepcopy(parts.state_dict())
    for step in range(1, _SIDE_STEPS + 1):
        parts.train()
        picks = random.choice(len(sided), size=min(_SIDE_BATCH, len(sided)), replace=False)
        loss = sided.loss(evaluator, picks)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % _LOOK_EVERY == 0:
            parts.eval()
            told, margin = asked.told(evaluator)
            print(f"sides, step {step}: loss {loss.item():.3f}, told of those set aside {told:.3f}", flush=True)
            if told + 0.01 * margin > best:
                best, kept = told + 0.01 * margin, copy.deepcopy(parts.state_dict())
    parts.load_state_dict(kept)


class _Sided:
    """Captions that name a side, with the odd facts of their motions."""

    @torch.no_grad()
    def __init__(self, evaluator: Evaluator, data: MotionSet, prompts: Sequence[Prompt], texts: TextTable) -> None:
        chosen = [p for p in prompts if mirror_text(p.text) != p.text]
        self.own, self.mirrored = [p.text for p in chosen], [mirror_text(p.text) for p in chosen]
        self.texts = texts
        rows = [pad_rows([real_rows(data, p)]) for p in chosen]
        self.odd = torch.cat([evaluator.side.odd(*one) for one in rows]) if rows else torch.zeros(0, 1)
        if evaluator.side.unfit() and rows:
            evaluator.side.fit(self.odd)

    def __len__(self) -> int:
        return len(self.own)

    def loss(self, evaluator: Evaluator, picks: np.ndarray) -> Tensor:
        """Of own against mirrored, by motion and by caption."""
        said, mirrored, done = (side / evaluator.config.side_reach for side in self._sides(evaluator, picks))
        by_motion = 2 * (said * done).sum(1)
        by_caption = ((said - mirrored) * done).sum(1)
        return F.softplus(-_SHARP * by_motion).mean() + F.softplus(-_SHARP * by_caption).mean()

    @torch.no_grad()
    def told(self, evaluator: Evaluator) -> tuple[float, float]:
        """Share of captions nearer to their motion than to its mirror image, and by how much in the mean."""
        if not self.own:
            return 0.5, 0.0
        said, _, done = self._sides(evaluator, np.arange(len(self.own)))
        nearer = (said * done).sum(1)
        return float((nearer > 0).float().mean()), float(nearer.mean())

    def _sides(self, evaluator: Evaluator, picks: np.ndarray) -> tuple[Tensor, Tensor, Tensor]:
        heard = [self.texts.features([names[i] for i in picks]) for names in (self.own, self.mirrored)]
        said, mirrored = (_said(evaluator, one) for one in heard)
        return said, mirrored, evaluator.side.of_odd(self.odd[picks])


def _said(evaluator: Evaluator, heard: TextFeatures) -> Tensor:
    side: Tensor = evaluator.said_side(heard.words, heard.word_known)
    return side


def learn_movement(evaluator: Evaluator, motions: Sequence[np.ndarray]) -> None:
    """The coder learns to rebuild pieces of real motions [T, 263]; then features are scaled by them."""
    whole = [piece for piece in cut(motions)[0] if len(piece) == WINDOW]
    coder = evaluator.coder
    optimizer = torch.optim.Adam(coder.parameters(), lr=2e-3)
    schedule: Any = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=_MOVEMENT_STEPS)
    random = np.random.default_rng(0)
    for step in range(1, _MOVEMENT_STEPS + 1):
        picks = random.integers(len(whole), size=_MOVEMENT_BATCH)
        values = stacked([whole[i] for i in picks], evaluator.mean, evaluator.std)
        loss = (coder.rebuilt(values) - values).square().clamp(max=64.0).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            print(f"movement, step {step}: {loss.item():.3f} of what there is", flush=True)
    evaluator.fit_movement(motions)
