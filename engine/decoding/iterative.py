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
from .schedule import Schedule, cosine, masked_counts

#: Network: tokens [B, slots] and lengths [B] to logits [B, slots, codes].
LogitsOf: TypeAlias = Callable[[Tensor, Tensor], Tensor]
OnStep: TypeAlias = Callable[[int, int], None]
IsCancelled: TypeAlias = Callable[[], bool]


class DecodingCancelled(Exception):  # noqa: N818 - an ending that was asked for, not an error
    """Raised between steps after is_cancelled said so."""


@dataclass(frozen=True)
class Decoded:
    """Tokens of a finished plan."""

    tokens: np.ndarray  # int64 [T, P]; known tokens as they were
    confidence: np.ndarray  # float32 [T, P], 1 where known


def decode(
    plans: Sequence[TokenPlan],
    logits_of: LogitsOf,
    specials: Specials,
    generators: Sequence[torch.Generator],
    options: SamplingOptions,
    *,
    schedule: Schedule = cosine,
    on_step: OnStep | None = None,
    is_cancelled: IsCancelled | None = None,
    device: torch.device | None = None,
) -> list[Decoded]:
    """Decode whole-body plans as one batch; a CPU generator for each keeps its draws its own.

    Raises DecodingCancelled between two steps when is_cancelled() is true.
    """
    batch = [_Open(plan, generator, options, schedule) for plan, generator in zip(plans, generators, strict=True)]
    slots = max(len(plan) for plan in plans) + 1
    lengths = torch.tensor([len(plan) for plan in plans], device=device)
    total = max(len(item.counts) for item in batch)
    for step in range(total):
        if is_cancelled is not None and is_cancelled():
            raise DecodingCancelled
        tokens = torch.stack([item.masked_tokens(step, slots, specials) for item in batch])
        logits = logits_of(tokens.to(device), lengths)
        for item, rows in zip(batch, logits, strict=True):
            item.take(step, rows.cpu(), options)
        if on_step is not None:
            on_step(step + 1, total)
    return [item.decoded() for item in batch]


class _Open:
    """One plan on its way: its tokens, how sure each is, and which are masked next."""

    def __init__(self, plan: TokenPlan, generator: torch.Generator, options: SamplingOptions, schedule: Schedule):
        self.tokens = torch.from_numpy(plan.tokens[:, 0].copy())
        known = torch.from_numpy(plan.known[:, 0].copy())
        self.confidence = known.float()
        self.rank = torch.zeros(len(plan))
        self.generator = generator
        self.counts = masked_counts(int((~known).sum()), options.steps, schedule)
        self.masked = ~known

    def masked_tokens(self, step: int, slots: int, specials: Specials) -> Tensor:
        """Tokens [slots] as the network sees them in this step: masks, then end, then padding."""
        count = self.counts[step] if step < len(self.counts) else 0
        # Only what was masked may be masked again: a token once accepted stays, a known one always.
        doubt = torch.where(self.masked, self.rank, torch.inf)
        self.masked = torch.zeros_like(self.masked)
        self.masked[doubt.argsort(stable=True)[:count]] = True
        row = torch.full((slots,), specials.pad)
        row[: len(self.tokens)] = torch.where(self.masked, specials.mask, self.tokens)
        row[len(self.tokens)] = specials.end
        return row

    def take(self, step: int, logits: Tensor, options: SamplingOptions) -> None:
        """Draw a code at every masked slot from logits [slots, codes]."""
        if step >= len(self.counts):
            return
        codes, confidence = draw(logits[: len(self.tokens)][self.masked], options, self.generator)
        self.tokens[self.masked] = codes
        self.confidence[self.masked] = confidence
        fade = 1.0 - (step + 1) / len(self.counts)
        self.rank[self.masked] = doubt_rank(confidence, fade, options, self.generator)

    def decoded(self) -> Decoded:
        confidence = self.confidence.clamp(0.0, 1.0).to(torch.float32)
        return Decoded(self.tokens.numpy()[:, None].copy(), confidence.numpy()[:, None].copy())
