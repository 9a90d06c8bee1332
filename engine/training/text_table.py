"""Features of every caption, computed once: the text encoder is frozen, so training only looks them up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from torch import Tensor
from tqdm import tqdm

from ..models.text_encoder import TextEncoder, TextFeatures

_BATCH = 64


@dataclass(frozen=True)
class TextTable:
    """Features of a list of texts; words of all texts one after the other."""

    index: dict[str, int]
    sentence: np.ndarray  # float32 [N, D]
    words: np.ndarray  # float16 [total words, D]
    offsets: np.ndarray  # int64 [N + 1] into words

    def features(self, texts: Sequence[str]) -> TextFeatures:
        """Padded features of texts that are in the table."""
        rows = [self.index[text] for text in texts]
        counts = self.offsets[np.array(rows) + 1] - self.offsets[rows]
        words = np.zeros((len(rows), int(counts.max()), self.words.shape[1]), dtype=np.float32)
        for i, row in enumerate(rows):
            words[i, : counts[i]] = self.words[self.offsets[row] : self.offsets[row + 1]]
        known = np.arange(words.shape[1])[None] < counts[:, None]
        return TextFeatures(torch.from_numpy(self.sentence[rows]), torch.from_numpy(words), torch.from_numpy(known))

    def word_counts(self, texts: Sequence[str]) -> Tensor:
        """Word tokens [B] of each text."""
        rows = np.array([self.index[text] for text in texts])
        return torch.from_numpy(self.offsets[rows + 1] - self.offsets[rows])


def build_text_table(texts: Sequence[str], encoder: TextEncoder, cache: Path) -> TextTable:
    """Table of the distinct `texts`, read from `cache` when it holds the same texts."""
    unique = sorted(set(texts))
    digest = hashlib.sha256("\n".join([encoder.name, *unique]).encode()).hexdigest()[:16]
    path = cache / f"texts-{digest}.safetensors"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        save_file(_encode(unique, encoder), path)
    stored = load_file(path)
    index = {text: i for i, text in enumerate(unique)}
    return TextTable(index, stored["sentence"], stored["words"], stored["offsets"])


def _encode(texts: Sequence[str], encoder: TextEncoder) -> dict[str, np.ndarray]:
    # Sorted by length a batch has little padding; the table keeps the given order.
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    sentences: list[np.ndarray] = [np.empty(0)] * len(texts)
    words: list[np.ndarray] = [np.empty(0)] * len(texts)
    for start in tqdm(range(0, len(order), _BATCH), desc="text features", unit="batch"):
        part = order[start : start + _BATCH]
        features = encoder.encode([texts[i] for i in part])
        for row, i in enumerate(part):
            sentences[i] = features.sentence[row].cpu().numpy()
            words[i] = features.words[row][features.word_known[row]].cpu().numpy().astype(np.float16)
    offsets = np.cumsum([0, *(len(w) for w in words)])
    return {"sentence": np.stack(sentences), "words": np.concatenate(words), "offsets": offsets.astype(np.int64)}
