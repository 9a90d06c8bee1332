"""Codebook lookup in one or several levels, and its training by moving averages.

With several levels each one names the nearest code to what the levels before left over (residual
quantization), so that a coarse token carries the movement and finer ones its detail.
Source: van den Oord et al. 2017 (VQ-VAE), appendix A.1 for the averages; MMM section 3.1 for the
low code width that keeps a large book in use; Zeghidour et al. 2021 (SoundStream) for the levels.
"""

from __future__ import annotations

import torch
import torch.distributed as dist
from torch import Tensor, nn


class Quantizer(nn.Module):
    """Nearest rows of codebooks [levels, codes, code_width] by squared distance."""

    codebook: Tensor

    def __init__(self, levels: int, codes: int, code_width: int) -> None:
        super().__init__()
        self.register_buffer("codebook", torch.zeros(levels, codes, code_width))

    @property
    def levels(self) -> int:
        """How many ids describe one latent."""
        return len(self.codebook)

    def encode(self, latents: Tensor) -> Tensor:
        """Latents [..., code_width] -> ids [..., levels] (int64)."""
        rest = latents.reshape(-1, latents.shape[-1])
        ids = []
        for level in range(self.levels):
            ids.append(self.nearest(level, rest))
            rest = rest - self.codebook[level][ids[-1]]
        return torch.stack(ids, dim=-1).reshape(*latents.shape[:-1], self.levels)

    def nearest(self, level: int, values: Tensor) -> Tensor:
        """Ids [N] of the codes of a level that are nearest to values [N, code_width]."""
        book = self.codebook[level]
        with torch.autocast(values.device.type, enabled=False):  # a near miss in bf16 is the wrong code
            return (book.square().sum(1) - 2.0 * values.float() @ book.T).argmin(1)

    def decode(self, ids: Tensor) -> Tensor:
        """Ids [..., n], n <= levels, -> vectors [..., code_width]: the sum of the named codes."""
        vectors: Tensor = sum(self.codebook[level][ids[..., level]] for level in range(ids.shape[-1]))  # type: ignore[assignment]
        return vectors


class CodebookLearner(nn.Module):
    """Keeps codebooks at the running mean of the latents that chose each code.

    A code that hardly anything chooses is moved onto a random latent of the current batch.
    Buffers, not parameters: they are saved in checkpoints, so that training resumes exactly.
    """

    counts: Tensor
    sums: Tensor
    steps: Tensor

    def __init__(self, quantizer: Quantizer, decay: float = 0.99, reset_every: int = 10, reset_share: float = 0.3):
        super().__init__()
        self._quantizer = [quantizer]  # in a list: the tokenizer owns its parameters
        levels, codes, width = quantizer.codebook.shape
        self.decay, self.reset_every, self.reset_share = decay, reset_every, reset_share
        self.register_buffer("counts", torch.ones(levels, codes))
        self.register_buffer("sums", torch.zeros(levels, codes, width))
        self.register_buffer("steps", torch.zeros((), dtype=torch.long))

    @torch.no_grad()
    def go_on(self) -> None:
        """Take the quantizer's book as learnt, every code as often chosen, instead of starting it anew."""
        self.sums.copy_(self._quantizer[0].codebook)
        self.counts.fill_(1.0)
        self.steps.fill_(1)

    @torch.no_grad()
    def learn(self, latents: Tensor, generator: torch.Generator) -> Tensor:
        """Ids [N, levels] of latents [N, code_width], after which every level's book moves towards them."""
        quantizer, rest, ids = self._quantizer[0], latents, []
        for level in range(quantizer.levels):
            if int(self.steps) == 0:
                self._start(level, rest, generator)
            chosen = quantizer.nearest(level, rest)
            left = rest - quantizer.codebook[level][chosen]
            self._update(level, rest, chosen, generator)
            ids.append(chosen)
            rest = left
        self.steps += 1
        return torch.stack(ids, dim=-1)

    def _update(self, level: int, latents: Tensor, ids: Tensor, generator: torch.Generator) -> None:
        counts, sums = self.counts[level], self.sums[level]
        chosen = torch.zeros_like(counts).index_add_(0, ids, torch.ones_like(latents[:, 0]))
        total = torch.zeros_like(sums).index_add_(0, ids, latents)
        if dist.is_initialized():
            dist.all_reduce(chosen)
            dist.all_reduce(total)
        counts.lerp_(chosen, 1.0 - self.decay)
        sums.lerp_(total, 1.0 - self.decay)
        self._quantizer[0].codebook[level].copy_(sums / counts.clamp_min(1e-3)[:, None])
        if (int(self.steps) + 1) % self.reset_every == 0:
            self._reset_idle(level, latents, generator)

    def _start(self, level: int, latents: Tensor, generator: torch.Generator) -> None:
        """Fill a level's book with random latents of the first batch."""
        self.sums[level].copy_(self._random_latents(latents, self.sums.shape[1], generator))
        self.counts[level].fill_(1.0)
        self._quantizer[0].codebook[level].copy_(self.sums[level])

    def _reset_idle(self, level: int, latents: Tensor, generator: torch.Generator) -> None:
        counts = self.counts[level]
        idle = counts < self.reset_share * counts.mean()
        count = int(idle.sum())
        if count:
            fresh = self._random_latents(latents, count, generator)
            start_count = counts.mean()
            self.sums[level, idle] = fresh * start_count
            self.counts[level, idle] = start_count
            self._quantizer[0].codebook[level, idle] = fresh

    def _random_latents(self, latents: Tensor, count: int, generator: torch.Generator) -> Tensor:
        picks = torch.randint(len(latents), (count,), generator=generator).to(latents.device)
        fresh = latents[picks]
        noise = torch.randn(fresh.shape, generator=generator).to(latents) * 0.01 * latents.std()
        fresh = fresh + noise
        if dist.is_initialized():
            dist.broadcast(fresh, 0)
        return fresh
