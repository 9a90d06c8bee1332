"""Captioned motion as tokens: what the transformer and the length predictor learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from ..features.mirroring import mirror_rows
from ..features.normalization import Normalization
from ..models.tokenizer import Tokenizer
from ..motion.skeleton import FRAMES_PER_TOKEN, MAX_TOKENS, MODEL_FPS
from .captions import mirror_caption
from .cmu import Caption
from .dataset import Motion, MotionSet

#: The published filter keeps motions of two seconds and more.
MIN_TOKENS = 2 * MODEL_FPS // FRAMES_PER_TOKEN


@dataclass(frozen=True)
class Phrase:
    """A caption and the half-open token range it describes."""

    text: str
    start: int
    stop: int


@dataclass(frozen=True)
class TokenizedMotion:
    """One motion, or its mirror image, cut into tokens from each of four starting frames."""

    tokens: tuple[np.ndarray, ...]  # int16 [n] for each starting frame
    phrases: tuple[Phrase, ...]


def tokenize_split(
    data: MotionSet, split: str, tokenizer: Tokenizer, normalization: Normalization, mirrored: bool
) -> list[TokenizedMotion]:
    """All captioned motions of a split of at least two seconds; with mirror images if asked."""
    out: list[TokenizedMotion] = []
    for motion in data.of_split(split):
        if len(motion) - FRAMES_PER_TOKEN + 1 < MIN_TOKENS * FRAMES_PER_TOKEN or not motion.captions:
            continue
        rows = np.asarray(data.rows_of(motion))
        out.append(TokenizedMotion(_shifted(rows, tokenizer, normalization), _phrases(motion, motion.captions)))
        if mirrored:
            captions = tuple(Caption(mirror_caption(c.text), c.start, c.stop) for c in motion.captions)
            tokens = _shifted(mirror_rows(rows), tokenizer, normalization)
            out.append(TokenizedMotion(tokens, _phrases(motion, captions)))
    return out


def _shifted(rows: np.ndarray, tokenizer: Tokenizer, normalization: Normalization) -> tuple[np.ndarray, ...]:
    device = tokenizer.quantizer.codebook.device
    values = torch.from_numpy(normalization.normalize(rows)).to(device)
    out = []
    for shift in range(FRAMES_PER_TOKEN):
        count = (len(rows) - shift) // FRAMES_PER_TOKEN
        window = values[shift : shift + count * FRAMES_PER_TOKEN]
        out.append(tokenizer.encode(window[None])[0].cpu().numpy().astype(np.int16))
    return tuple(out)


def _phrases(motion: Motion, captions: tuple[Caption, ...]) -> tuple[Phrase, ...]:
    """Captions with their ranges; one too short to learn from speaks for the shortest range allowed."""
    count = (len(motion) - FRAMES_PER_TOKEN + 1) // FRAMES_PER_TOKEN
    out = []
    for caption in captions:
        start = int(caption.start * MODEL_FPS) // FRAMES_PER_TOKEN
        stop = min(count, round(caption.stop * MODEL_FPS / FRAMES_PER_TOKEN))
        start = max(0, min(start, count - MIN_TOKENS))
        out.append(Phrase(caption.text.strip(), start, max(stop, start + MIN_TOKENS)))
    return tuple(out)


def longest_window(phrase: Phrase) -> int:
    """Tokens of a phrase that fit the model."""
    return min(MAX_TOKENS, phrase.stop - phrase.start)
