"""Drawing codes from logits. Noise is always made on the CPU, so a seed means the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor


@dataclass(frozen=True)
class SamplingOptions:
    """How freely codes are drawn."""

    steps: int = 10
    temperature: float = 1.0  # 0: always the likeliest code
    keep_share: float = 1.0  # nucleus: the likeliest codes that together have this share
    guidance: float = 1.0  # 1: off; above: away from what the model would do without text
    part_guidance: float = 0.0  # where one body part is made over another that is given; 0: as guidance
    shuffle: float = 0.0  # noise on which tokens count as surest; fades to none over the steps
    linear: bool = False  # the schedule: as many tokens in every step, instead of few at first
    detail_steps: int = 2  # steps of each finer level, where tokens have levels
    detail_temperature: float = 0.5

    def of_level(self, level: int) -> SamplingOptions:
        """Options for a level: finer ones only follow what the coarse one decided."""
        if level == 0:
            return self
        return replace(self, steps=self.detail_steps, temperature=self.detail_temperature, shuffle=0.0)


def guided(logits: Tensor, without_text: Tensor, scale: float) -> Tensor:
    """Classifier-free guidance (Ho & Salimans 2022): away from what the model would do without text; 1 is off."""
    return without_text + scale * (logits - without_text)


def draw(logits: Tensor, options: SamplingOptions, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Codes [N] drawn from logits [N, codes], and the probability [N] the model gave each."""
    logits = logits.float()
    probabilities = logits.softmax(-1)
    noise = gumbel(logits.shape, generator).to(logits.device)
    if options.temperature <= 0:
        codes = logits.argmax(-1)
    else:
        scaled = _nucleus(logits / options.temperature, options.keep_share)
        codes = (scaled + noise).argmax(-1)
    return codes, probabilities.gather(-1, codes[:, None])[:, 0]


def doubt_rank(confidence: Tensor, fade: float, options: SamplingOptions, generator: torch.Generator) -> Tensor:
    """Order in which tokens [N] of probability `confidence` are kept: lowest is masked again first.

    The surest tokens of an unfinished motion are those of standing still, and a motion that begins
    with them never starts to move. So early on (fade near 1) chance has a say. Source: MaskGIT.
    """
    rank = confidence.clamp_min(1e-9).log()
    if options.shuffle <= 0:
        return rank
    return rank + options.shuffle * fade * gumbel(confidence.shape, generator).to(confidence.device)


def gumbel(shape: torch.Size, generator: torch.Generator) -> Tensor:
    """Standard Gumbel noise, made on the CPU."""
    uniform = torch.rand(shape, generator=generator)
    return -torch.log(-torch.log(uniform.clamp(1e-9, 1 - 1e-7)))


def _nucleus(logits: Tensor, share: float) -> Tensor:
    if share >= 1.0:
        return logits
    ordered, order = logits.sort(-1, descending=True)
    before = ordered.softmax(-1).cumsum(-1) - ordered.softmax(-1)
    cut = torch.zeros_like(before, dtype=torch.bool).scatter(-1, order, before >= share)
    return logits.masked_fill(cut, float("-inf"))
