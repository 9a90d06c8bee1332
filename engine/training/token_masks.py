"""What the masked transformer is shown in training: the jobs it will be asked to do, as masks.

Every mask leaves some tokens of the trained level to be named. Coarse level: all or part of a
motion (MMM section 3.2), one stretch of it (in-betweening), or one body part over the other, whose
tokens are lightly corrupted (MMM section 4.4). Finer levels: given all coarser ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from ..models.config import TransformerConfig

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class MaskOptions:
    """How often each job is practised, and how hard."""

    least_masked: float = 0.5
    most_corrupted: float = 0.5  # share of visible tokens replaced, drawn per sample from 0 to this
    stretch: float = 0.25  # share of samples with one open stretch instead of scattered ones
    upper_over_lower: float = 0.25  # share of samples whose legs are given
    lower_under_upper: float = 0.05
    apart: float = 0.5  # share of the others whose parts are masked at different moments
    legs_corrupted: float = 0.15  # of given legs' tokens, at most
    context: float = 0.5  # share of samples whose visible tokens show their finer codes


class Random:
    """Plain draws from a torch generator."""

    def __init__(self, generator: torch.Generator) -> None:
        self.generator = generator

    def uniforms(self, *shape: int) -> Tensor:
        """Numbers in [0, 1)."""
        return torch.rand(shape, generator=self.generator)

    def uniform(self) -> float:
        """A number in [0, 1)."""
        return float(torch.rand((), generator=self.generator))

    def below(self, limit: int) -> int:
        """An integer in [0, limit)."""
        return int(torch.randint(limit, (), generator=self.generator))

    def one_of(self, items: Sequence[_Item]) -> _Item:
        """Any of `items`, all as likely."""
        return items[self.below(len(items))]

    def drawn(self, shares: Tensor) -> int:
        """An index, as often as `shares` has it: running sums, up to 1."""
        return min(int(torch.searchsorted(shares, self.uniform(), right=True)), len(shares) - 1)

    def chance(self, share: float) -> bool:
        """True in this share of all draws."""
        return self.uniform() < share


def running_shares(weights: Tensor) -> Tensor:
    """Weights as Random.drawn wants them."""
    return (weights / weights.sum()).cumsum(0)


def mask_tokens(
    tokens: Tensor,
    level: int,
    config: TransformerConfig,
    random: Random,
    options: MaskOptions,
    augment: bool = True,
    legs_given: bool = False,
) -> Tensor:
    """Tokens [T, columns] as shown when a level is trained; without `augment` scattered masks, no corruption.

    legs_given: the first part is never asked for.
    """
    kept = _kept(config.parts, random, options, augment, legs_given)  # [parts]
    open_tokens = _hidden(len(tokens), config.parts, random, options, augment) & ~kept  # [T, parts]
    shown = tokens.unflatten(1, (config.parts, config.levels)).clone()
    corrupt = torch.zeros_like(open_tokens)
    if augment and level == 0:
        most = torch.where(kept, options.legs_corrupted, options.most_corrupted)
        corrupt = random.uniforms(*open_tokens.shape) < random.uniform() * most
        codes = (random.uniforms(*open_tokens.shape) * config.codes).long()
        shown[..., 0] = torch.where(corrupt, codes, shown[..., 0])
    shown[..., level] = torch.where(open_tokens, config.specials.mask, shown[..., level])
    if level + 1 < config.levels:
        finer = open_tokens | corrupt
        if not random.chance(options.context):
            finer = torch.ones_like(finer)
        shown[..., level + 1 :] = torch.where(finer[..., None], config.specials.mask, shown[..., level + 1 :])
    return shown.flatten(1)


def _kept(parts: int, random: Random, options: MaskOptions, augment: bool, legs_given: bool) -> Tensor:
    """Which parts [parts] are given whole."""
    kept = torch.zeros(parts, dtype=torch.bool)
    if parts > 1 and augment:
        draw = random.uniform()
        kept[0] = legs_given or draw < options.upper_over_lower
        kept[1] = not legs_given and draw > 1.0 - options.lower_under_upper
    return kept


def _hidden(count: int, parts: int, random: Random, options: MaskOptions, augment: bool) -> Tensor:
    """Which tokens [T, parts] are to be named where the part is not given."""
    pattern = _stretch if augment and random.chance(options.stretch) else _scattered
    if parts > 1 and augment and random.chance(options.apart):
        return torch.stack([pattern(count, random, options) for _ in range(parts)], dim=1)
    return pattern(count, random, options)[:, None].expand(count, parts)


def _scattered(count: int, random: Random, options: MaskOptions) -> Tensor:
    share = options.least_masked + random.uniform() * (1.0 - options.least_masked)
    hidden = torch.zeros(count, dtype=torch.bool)
    hidden[random.uniforms(count).argsort()[: max(1, round(share * count))]] = True
    return hidden


def _stretch(count: int, random: Random, options: MaskOptions) -> Tensor:
    """One gap, of any length, anywhere; what decoding has found of it already is scattered in it."""
    length = 1 + random.below(count)
    start = random.below(count - length + 1)
    hidden = torch.zeros(count, dtype=torch.bool)
    hidden[start : start + length] = True
    return hidden & _scattered(count, random, options) if length > 2 else hidden
