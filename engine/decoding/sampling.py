"""Drawing codes from logits. Noise is always made on the CPU, so a seed means the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class SamplingOptions:
    """How freely codes are drawn."""

    steps: int = 10
    temperature: float = 1.0  # 0: always the likeliest code
    keep_share: float = 1.0  # nucleus: the likeliest codes that together have this share
    guidance: float = 1.0  # 1: off; above: away from what the model would do without text


def guided(with_text: Tensor, without_text: Tensor, guidance: float) -> Tensor:
    """Logits pushed from the unconditional towards the conditional (classifier-free guidance)."""
    return without_text + guidance * (with_text - without_text)


def draw(logits: Tensor, options: SamplingOptions, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Codes [N] drawn from logits [N, codes], and the probability [N] the model gave each."""
    logits = logits.float()
    probabilities = logits.softmax(-1)
    uniform = torch.rand(logits.shape, generator=generator).to(logits.device)
    if options.temperature <= 0:
        codes = logits.argmax(-1)
    else:
        gumbel = -torch.log(-torch.log(uniform.clamp(1e-9, 1 - 1e-7)))
        scaled = _nucleus(logits / options.temperature, options.keep_share)
        codes = (scaled + gumbel).argmax(-1)
    return codes, probabilities.gather(-1, codes[:, None])[:, 0]


def _nucleus(logits: Tensor, share: float) -> Tensor:
    if share >= 1.0:
        return logits
    ordered, order = logits.sort(-1, descending=True)
    before = ordered.softmax(-1).cumsum(-1) - ordered.softmax(-1)
    cut = torch.zeros_like(before, dtype=torch.bool).scatter(-1, order, before >= share)
    return logits.masked_fill(cut, float("-inf"))
