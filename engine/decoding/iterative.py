"""Iterative parallel decoding: the one loop behind every job.

All open tokens start masked. In each step the network scores every masked slot at once, a code is
drawn for each, and the least certain are masked again, as many as the schedule says. Known tokens
are certain beyond doubt: they are never masked, so filling gaps is the same algorithm.
Source: MaskGIT (Chang et al. 2022); MMM section 3.3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from ..models.config import Specials
from ..planning.plan import TokenPlan
from .sampling import SamplingOptions, doubt_rank, draw
from .schedule import cosine, linear, masked_counts

#: Network: tokens [B, slots, columns], lengths [B] and a level to that level's logits [B, slots, parts, codes].
LogitsOf: TypeAlias = Callable[[Tensor, Tensor, int], Tensor]
OnStep: TypeAlias = Callable[[int, int], None]
IsCancelled: TypeAlias = Callable[[], bool]


class DecodingCancelled(Exception):  # noqa: N818 - an ending that was asked for, not an error
    """Raised between steps after is_cancelled said so."""


@dataclass(frozen=True)
class Decoded:
    """Tokens of a finished plan."""

    tokens: np.ndarray  # int64 [T, columns]; known tokens as they were
    confidence: np.ndarray  # float32 [T, columns], 1 where known


def decode(
    plans: Sequence[TokenPlan],
    logits_of: LogitsOf,
    specials: Specials,
    generators: Sequence[torch.Generator],
    options: SamplingOptions,
    *,
    levels: int = 1,
    on_step: OnStep | None = None,
    is_cancelled: IsCancelled | None = None,
    device: torch.device | None = None,
) -> list[Decoded]:
    """Decode plans as one batch, coarse level first; a CPU generator for each keeps its draws its own.

    Raises DecodingCancelled between two steps when is_cancelled() is true.
    """
    batch = [_Open(plan, generator, levels) for plan, generator in zip(plans, generators, strict=True)]
    slots = max(len(plan) for plan in plans) + 1
    lengths = torch.tensor([len(plan) for plan in plans], device=device)
    rounds = [(level, step) for level in range(levels) for step in range(_begin(batch, level, options))]
    for done, (level, step) in enumerate(rounds, start=1):
        if is_cancelled is not None and is_cancelled():
            raise DecodingCancelled
        tokens = torch.stack([item.masked_tokens(level, step, slots, specials) for item in batch])
        logits = logits_of(tokens.to(device), lengths, level)
        for item, rows in zip(batch, logits, strict=True):
            item.take(level, step, rows.cpu(), options.of_level(level))
        if on_step is not None:
            on_step(done, len(rounds))
    return [item.decoded() for item in batch]


def shown(tokens: Tensor, masked: Tensor, slots: int, specials: Specials) -> Tensor:
    """Tokens [T, columns] as the network sees them in more `slots`: masks where `masked`, then end, then padding."""
    row = torch.full((slots, tokens.shape[1]), specials.pad)
    row[: len(tokens)] = torch.where(masked, specials.mask, tokens)
    row[len(tokens)] = specials.end
    return row


def _begin(batch: Sequence[_Open], level: int, options: SamplingOptions) -> int:
    """Plan a level's masks in every item; how many steps the longest takes."""
    return max(item.begin(level, options.of_level(level)) for item in batch)


class _Open:
    """One plan on its way: its tokens, how sure each is, and which are masked next."""

    def __init__(self, plan: TokenPlan, generator: torch.Generator, levels: int) -> None:
        self.tokens = torch.from_numpy(plan.tokens.copy())
        self.known = torch.from_numpy(plan.known.copy())
        self.confidence = self.known.float()
        self.masked = ~self.known  # [T, columns]: shown to the network as masks
        self.rank = torch.zeros(self.known.shape)
        self.generator, self.levels = generator, levels
        self.counts: dict[int, list[int]] = {}  # level -> tokens masked in each of its steps

    def begin(self, level: int, options: SamplingOptions) -> int:
        """Plan the masks of a level; how many steps it takes."""
        schedule = linear if options.linear else cosine
        self.counts[level] = masked_counts(int(self.masked[:, self._of(level)].sum()), options.steps, schedule)
        return len(self.counts[level])

    def masked_tokens(self, level: int, step: int, slots: int, specials: Specials) -> Tensor:
        """Tokens [slots, columns] as the network sees them in this step."""
        columns, counts = self._of(level), self.counts[level]
        masked, count = self.masked[:, columns], counts[step] if step < len(counts) else 0
        # Only what was masked may be masked again: a token once accepted stays, a known one always.
        doubt = torch.where(masked, self.rank[:, columns], torch.inf).flatten()
        again = torch.zeros_like(doubt, dtype=torch.bool)
        again[doubt.argsort(stable=True)[:count]] = True
        self.masked[:, columns] = again.view(masked.shape)
        return shown(self.tokens, self.masked, slots, specials)

    def take(self, level: int, step: int, logits: Tensor, options: SamplingOptions) -> None:
        """Draw a code at every masked slot of a level from logits [slots, parts, codes]."""
        counts = self.counts[level]
        if step >= len(counts):
            return
        here = torch.zeros_like(self.masked)
        here[:, self._of(level)] = self.masked[:, self._of(level)]
        codes, confidence = draw(logits[: len(self.tokens)][here[:, self._of(level)]], options, self.generator)
        self.tokens[here] = codes
        self.confidence[here] = confidence
        fade = 1.0 - (step + 1) / len(counts)
        self.rank[here] = doubt_rank(confidence, fade, options, self.generator)
        if step + 1 == len(counts):
            self.masked[here] = False

    def decoded(self) -> Decoded:
        confidence = self.confidence.clamp(0.0, 1.0).to(torch.float32)
        return Decoded(self.tokens.numpy().copy(), confidence.numpy().copy())

    def _of(self, level: int) -> slice:
        return slice(level, None, self.levels)
