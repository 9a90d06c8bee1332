"""Training of the masked transformer on tokenised, captioned motion.

Source: MMM section 3.2: part of the visible tokens is replaced by random codes, a share r in
[least_masked, 1] of all tokens is masked, and the network names the true code everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from ..models.config import TransformerConfig
from ..models.transformer import MaskedTransformer
from .loop import StepContext, step_context
from .text_table import TextTable
from .token_set import MIN_TOKENS, TokenizedMotion, longest_window

NO_TEXT = ""


@dataclass(frozen=True)
class TransformerOptions:
    """What a step sees."""

    batch: int = 128
    least_masked: float = 0.5
    most_corrupted: float = 0.5  # share of visible tokens replaced, drawn per sample from 0 to this
    no_text: float = 0.1  # share of samples without text, for guidance
    crop: float = 0.3  # share of samples that see a random part of their phrase
    smoothing: float = 0.0


@dataclass(frozen=True)
class Batch:
    """Token slots with what is shown, what is true, and the texts."""

    shown: Tensor  # int64 [B, slots]
    truth: Tensor  # int64 [B, slots], -100 outside the motion
    lengths: Tensor  # int64 [B]
    texts: tuple[str, ...]


class TransformerTask:
    """Learns to name masked tokens."""

    def __init__(
        self,
        model: MaskedTransformer,
        train: Sequence[TokenizedMotion],
        val: Sequence[TokenizedMotion],
        texts: TextTable,
        options: TransformerOptions,
    ) -> None:
        self.model: nn.Module = model
        self.config: TransformerConfig = model.config
        self.train, self.val, self.texts, self.options = train, val, texts, options

    def loss(self, context: StepContext) -> tuple[Tensor, dict[str, float]]:
        """Cross-entropy over all motion tokens, averaged per sample and then over the batch."""
        picks = torch.randint(len(self.train), (self.options.batch,), generator=context.generator)
        batch = self.batch([self.train[int(i)] for i in picks], context.generator)
        logits = self._logits(self.model, batch, context.device)
        truth = batch.truth.to(context.device)
        losses = F.cross_entropy(
            logits.float().transpose(1, 2), truth, reduction="none", label_smoothing=self.options.smoothing
        )
        loss = (losses.sum(1) / batch.lengths.to(context.device)).mean()
        hidden = (batch.shown == self.config.specials.mask).to(context.device)
        hits = (logits.argmax(-1) == truth)[hidden].float().mean()
        return loss, {"accuracy": hits.item()}

    @torch.no_grad()
    def evaluate(self, model: nn.Module) -> dict[str, float]:
        """Loss and accuracy over masked tokens of the val split, with always the same masks."""
        losses, hits = [], []
        for start in range(0, len(self.val), self.options.batch):
            generator = step_context(start, 1, torch.device("cpu")).generator
            batch = self.batch(self.val[start : start + self.options.batch], generator, augment=False)
            device = next(model.parameters()).device
            logits = self._logits(model, batch, device).float().cpu()
            hidden = batch.shown == self.config.specials.mask
            losses.append(F.cross_entropy(logits[hidden], batch.truth[hidden], reduction="none"))
            hits.append((logits.argmax(-1) == batch.truth)[hidden].float())
        return {"loss": float(torch.cat(losses).mean()), "accuracy": float(torch.cat(hits).mean())}

    def batch(self, motions: Sequence[TokenizedMotion], generator: torch.Generator, augment: bool = True) -> Batch:
        """Random phrases of `motions`, corrupted and masked."""
        specials, slots = self.config.specials, self.config.slots
        shown = torch.full((len(motions), slots), specials.pad)
        truth = torch.full((len(motions), slots), -100)
        texts = []
        for row, motion in enumerate(motions):
            random = _Random(generator)
            tokens, text = self._sample(motion, random, augment)
            count = len(tokens)
            truth[row, :count] = tokens
            shown[row, :count] = self._corrupt(tokens, random, augment)
            shown[row, count] = specials.end
            texts.append(text)
        return Batch(shown, truth, (truth >= 0).sum(1), tuple(texts))

    def _sample(self, motion: TokenizedMotion, random: _Random, augment: bool) -> tuple[Tensor, str]:
        phrase = motion.phrases[random.below(len(motion.phrases)) if augment else 0]
        stream = motion.tokens[random.below(len(motion.tokens)) if augment else 0]
        stop = min(phrase.stop, len(stream))
        length = min(longest_window(phrase), stop - phrase.start)
        if augment and random.chance(self.options.crop) and length > MIN_TOKENS:
            # Mostly a token off either end; a phrase seldom fits half of its motion.
            length -= min(length - MIN_TOKENS, 1 + random.below(max(1, length // 8)))
        start = phrase.start + (random.below(stop - phrase.start - length + 1) if augment else 0)
        text = NO_TEXT if augment and random.chance(self.options.no_text) else phrase.text
        return torch.from_numpy(stream[start : start + length].astype(np.int64)), text

    def _corrupt(self, tokens: Tensor, random: _Random, augment: bool) -> Tensor:
        count = len(tokens)
        shown = tokens.clone()
        if augment:
            replaced = random.uniforms(count) < random.uniform() * self.options.most_corrupted
            codes = (random.uniforms(count) * self.config.codes).long()
            shown = torch.where(replaced, codes, shown)
        share = self.options.least_masked + random.uniform() * (1.0 - self.options.least_masked)
        hidden = random.uniforms(count).argsort()[: max(1, round(share * count))]
        shown[hidden] = self.config.specials.mask
        return shown

    def _logits(self, model: nn.Module, batch: Batch, device: torch.device) -> Tensor:
        features = self.texts.features(batch.texts)
        logits: Tensor = model(
            batch.shown.to(device),
            batch.lengths.to(device),
            features.sentence.to(device),
            features.words.to(device),
            features.word_known.to(device),
        )
        return logits


class _Random:
    """Plain draws from a torch generator."""

    def __init__(self, generator: torch.Generator) -> None:
        self.generator = generator

    def uniforms(self, count: int) -> Tensor:
        return torch.rand(count, generator=self.generator)

    def uniform(self) -> float:
        return float(torch.rand((), generator=self.generator))

    def below(self, limit: int) -> int:
        return int(torch.randint(limit, (), generator=self.generator))

    def chance(self, share: float) -> bool:
        return self.uniform() < share
