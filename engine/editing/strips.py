"""Strips of tokens decoded window by window; each take is one row of the batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ..motion.resample import token_count
from ..motion.skeleton import FRAMES_PER_TOKEN
from ..planning.plan import Strip
from ..planning.windows import Window
from .workbench import Workbench


@dataclass(frozen=True)
class Filled:
    """A strip without open tokens."""

    tokens: np.ndarray  # int64 [T, C]
    confidence: np.ndarray  # float32 [T], 1 where known


def fill_strips(
    bench: Workbench,
    strips: Sequence[Strip],
    windows: Sequence[Window],
    generators: Sequence[torch.Generator],
    part: str | None = None,
) -> list[Filled]:
    """Every window of strips of one length, in order; what one window decodes, the next one knows.

    part: the one body part whose confidence counts; by default that of the least sure part.
    """
    layout = bench.layout
    coarse = [layout.of_part(name).start for name in ([part] if part else layout.parts)]
    strips = list(strips)
    sure = [np.ones(len(strip), dtype=np.float32) for strip in strips]
    for start, stop in windows:
        # A window may reach beyond what it is there to decode; open tokens outside every window are a defect.
        decoded = bench.decode([strip.window(start, stop) for strip in strips], generators)
        for number, one in enumerate(decoded):
            is_open = ~strips[number].known[start:stop]
            sure[number][start:stop] = np.minimum(
                sure[number][start:stop], _least_sure(one.confidence[:, coarse], is_open[:, coarse])
            )
            strips[number] = strips[number].filled(start, one.tokens)
    return [Filled(strip.tokens, one) for strip, one in zip(strips, sure, strict=True)]


def _least_sure(confidence: np.ndarray, is_open: np.ndarray) -> np.ndarray:
    """Confidence [T] of coarse codes [T, parts]; finer levels are guesses by nature. 1 where nothing was open."""
    least: np.ndarray = np.where(is_open, confidence, 1.0).min(axis=1)
    return least


def per_frame(confidence: np.ndarray) -> np.ndarray:
    """Confidence of tokens [T] for each of their frames [4 T]."""
    return np.repeat(confidence, FRAMES_PER_TOKEN)


def per_token(confidence: np.ndarray) -> np.ndarray:
    """Confidence of frames [T] as that of the least sure frame of every four, float32."""
    tokens = token_count(len(confidence))
    padded = np.pad(confidence, (0, tokens * FRAMES_PER_TOKEN - len(confidence)), constant_values=1.0)
    least: np.ndarray = padded.reshape(tokens, FRAMES_PER_TOKEN).min(axis=1).astype(np.float32)
    return least
