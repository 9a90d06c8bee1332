"""How long a described motion lasts: a small classifier over token counts."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .config import LengthConfig


class LengthPredictor(nn.Module):
    """Sentence feature and word count to a distribution over 0..49 tokens."""

    def __init__(self, config: LengthConfig) -> None:
        super().__init__()
        self.config = config
        layers: list[nn.Module] = []
        inputs = config.text_width + 1
        for width in (config.width, config.width // 2):
            layers += [nn.Linear(inputs, width), nn.LayerNorm(width), nn.LeakyReLU(0.2), nn.Dropout(config.dropout)]
            inputs = width
        self.layers = nn.Sequential(*layers, nn.Linear(inputs, config.classes))

    def forward(self, sentence: Tensor, word_count: Tensor) -> Tensor:
        """Logits [B, classes] for sentence features [B, text_width] and word counts [B]."""
        scaled = word_count.to(sentence.dtype)[:, None] / 10.0
        out: Tensor = self.layers(torch.cat([sentence, scaled], dim=1))
        return out

    @torch.no_grad()
    def predict(self, sentence: Tensor, word_count: Tensor) -> Tensor:
        """The quantile config.share of the predicted distribution in tokens [B] (int64, at least 1).

        The median or a little more, not the peak: many captions fit many lengths, and the peak then sits at the
        data set's longest clip.
        """
        share = self(sentence, word_count)[:, 1:].softmax(-1).cumsum(-1)
        return 1 + (share < self.config.share).sum(-1).clamp(max=self.config.classes - 2)
