"""Training of the length predictor: caption to number of tokens."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from ..models.config import LengthConfig
from ..models.length import LengthPredictor
from .loop import StepContext
from .own_motion import LONG, OwnMotion, lessons_of
from .text_table import TextTable
from .token_masks import Random
from .token_set import TokenizedMotion, longest_window

_BATCH = 256


class LengthTask:
    """Learns how many tokens the annotators' motions last."""

    def __init__(
        self,
        config: LengthConfig,
        train: Sequence[TokenizedMotion],
        val: Sequence[TokenizedMotion],
        texts: TextTable,
        own: Sequence[OwnMotion] = (),
        own_share: float = 0.5,
    ) -> None:
        """own: motion of the transformer's own; the long ones show how long an action takes, a share of all samples."""
        self.model: nn.Module = LengthPredictor(config)
        self.config, self.texts = config, texts
        self.train, self.val = _pairs(train), _pairs(val)
        self.own = [_pairs(lesson.motions) for lesson in lessons_of([one for one in own if one.kind == LONG])]
        self.own_share = own_share

    def loss(self, context: StepContext) -> tuple[Tensor, dict[str, float]]:
        """Cross-entropy against a target blurred over neighbouring lengths."""
        pairs = self._drawn(Random(context.generator))
        logits = self._logits(self.model, [text for text, _ in pairs], context.device).float()
        target = self._blurred(torch.tensor([count for _, count in pairs])).to(context.device)
        loss = F.cross_entropy(logits, target)
        return loss, {}

    def _drawn(self, random: Random) -> list[tuple[str, int]]:
        """Texts and tokens; of own motion any action as often."""
        picks = torch.randint(len(self.train), (_BATCH,), generator=random.generator)
        recorded = [self.train[int(i)] for i in picks]
        if not self.own:
            return recorded
        return [random.one_of(random.one_of(self.own)) if random.chance(self.own_share) else pair for pair in recorded]

    @torch.no_grad()
    def evaluate(self, model: nn.Module) -> dict[str, float]:
        """Mean error of the predicted length on the val split, seconds of five tokens each."""
        assert isinstance(model, LengthPredictor)
        texts = [text for text, _ in self.val]
        device = next(model.parameters()).device
        features = self.texts.features(texts)
        guess = model.predict(features.sentence.to(device), self.texts.word_counts(texts).to(device)).cpu()
        truth = torch.tensor([count for _, count in self.val])
        constant = truth.median().expand_as(truth)
        return {
            "error_tokens": float((guess - truth).abs().float().mean()),
            "constant_error_tokens": float((constant - truth).abs().float().mean()),
        }

    def _blurred(self, counts: Tensor) -> Tensor:
        classes = torch.arange(self.config.classes)
        weight = torch.exp(-0.5 * ((classes[None] - counts[:, None]) / 1.5) ** 2)
        return weight / weight.sum(1, keepdim=True)

    def _logits(self, model: nn.Module, texts: Sequence[str], device: torch.device) -> Tensor:
        features = self.texts.features(texts)
        logits: Tensor = model(features.sentence.to(device), self.texts.word_counts(texts).to(device))
        return logits


def _pairs(motions: Sequence[TokenizedMotion]) -> list[tuple[str, int]]:
    return [(phrase.text, longest_window(phrase)) for motion in motions for phrase in motion.phrases]
