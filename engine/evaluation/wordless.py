"""A text encoder that keeps the words to itself: what cross-attention on words is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from ..models.text_encoder import TextEncoder, TextFeatures


class Wordless:
    """The same sentence features; of the words only the opening token, which says nothing by itself."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder
        self.name, self.width = encoder.name, encoder.width

    def encode(self, texts: Sequence[str]) -> TextFeatures:
        """Features of `texts` with every word hidden."""
        features = self._encoder.encode(texts)
        hidden = torch.zeros_like(features.word_known)
        hidden[:, 0] = True  # who looks at nothing at all gets no answer
        empty = self._encoder.encode([""] * len(texts)).words[:, :1]
        words = torch.zeros_like(features.words)
        words[:, :1] = empty
        return replace(features, words=words, word_known=hidden)
