"""Motion made for captions of the train split, as tokens: what a decoder meets in use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from tqdm import tqdm

from ..editing.workbench import Workbench, generator_of
from ..models.text_encoder import TextEncoder
from ..planning.generate import plan_generate
from ..weights import WeightsSet
from .token_set import TokenizedMotion, longest_window

_BATCH: Final = 16


def made_tokens(
    weights: WeightsSet, encoder: TextEncoder, motions: Sequence[TokenizedMotion], count: int, device: str, cache: Path
) -> list[np.ndarray]:
    """Token ids int16 [n, columns] for `count` captions spread over `motions`, read from `cache` if made before."""
    path = cache / f"made-{weights.version}-{count}.npz"
    if not path.is_file():
        chosen = [motions[i * len(motions) // count] for i in range(count)]
        bench = Workbench(weights, encoder, device, lambda fraction, message: None, lambda: False)
        made = _decoded(bench, [(one.phrases[0].text, longest_window(one.phrases[0])) for one in chosen])
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, tokens=np.concatenate(made), counts=np.array([len(tokens) for tokens in made]))
    with np.load(path) as stored:
        return np.split(stored["tokens"], np.cumsum(stored["counts"])[:-1])


@torch.inference_mode()
def _decoded(bench: Workbench, wanted: Sequence[tuple[str, int]]) -> list[np.ndarray]:
    # Sorted by length a batch has little padding.
    order = sorted(range(len(wanted)), key=lambda i: wanted[i][1])
    made: dict[int, np.ndarray] = {}
    for start in tqdm(range(0, len(order), _BATCH), desc="made motion", unit="batch"):
        part = order[start : start + _BATCH]
        plans = [plan_generate(*wanted[i], bench.layout) for i in part]
        for i, one in zip(part, bench.decode(plans, [generator_of(i) for i in part]), strict=True):
            made[i] = one.tokens.astype(np.int16)
    return [made[i] for i in range(len(wanted))]
