"""Codebook lookup, and its training by moving averages.

Source: van den Oord et al. 2017 (VQ-VAE), appendix A.1 for the averages; MMM section 3.1 for the
low code width that keeps a large book in use.
"""

from __future__ import annotations

import torch
import torch.distributed as dist
from torch import Tensor, nn


class Quantizer(nn.Module):
    """Nearest row of a codebook [codes, code_width] by squared distance."""

    codebook: Tensor

    def __init__(self, codes: int, code_width: int) -> None:
        super().__init__()
        self.register_buffer("codebook", torch.zeros(codes, code_width))

    def encode(self, latents: Tensor) -> Tensor:
        """Latents [..., code_width] -> ids [...] (int64)."""
        flat = latents.reshape(-1, latents.shape[-1])
        distances = self.codebook.square().sum(1) - 2.0 * flat @ self.codebook.T
        return distances.argmin(1).reshape(latents.shape[:-1])

    def decode(self, ids: Tensor) -> Tensor:
        """Ids [...] -> codebook rows [..., code_width]."""
        return self.codebook[ids]


class CodebookLearner(nn.Module):
    """Keeps a codebook at the running mean of the latents that chose each code.

    A code that hardly anything chooses is moved onto a random latent of the current batch.
    Buffers, not parameters: they are saved in checkpoints, so that training resumes exactly.
    """

    counts: Tensor
    sums: Tensor
    steps: Tensor

    def __init__(self, quantizer: Quantizer, decay: float = 0.99, reset_every: int = 10, reset_share: float = 0.3):
        super().__init__()
        self._quantizer = [quantizer]  # in a list: the tokenizer owns its parameters
        codes, width = quantizer.codebook.shape
        self.decay, self.reset_every, self.reset_share = decay, reset_every, reset_share
        self.register_buffer("counts", torch.ones(codes))
        self.register_buffer("sums", torch.zeros(codes, width))
        self.register_buffer("steps", torch.zeros((), dtype=torch.long))

    @torch.no_grad()
    def update(self, latents: Tensor, ids: Tensor, generator: torch.Generator) -> None:
        """Move the book after a batch of latents [N, code_width] that chose ids [N]."""
        book = self._quantizer[0].codebook
        chosen = torch.zeros_like(self.counts).index_add_(0, ids, torch.ones_like(latents[:, 0]))
        sums = torch.zeros_like(self.sums).index_add_(0, ids, latents)
        if dist.is_initialized():
            dist.all_reduce(chosen)
            dist.all_reduce(sums)
        self.counts.lerp_(chosen, 1.0 - self.decay)
        self.sums.lerp_(sums, 1.0 - self.decay)
        self.steps += 1
        book.copy_(self.sums / self.counts.clamp_min(1e-3)[:, None])
        if int(self.steps) % self.reset_every == 0:
            self._reset_idle(latents, generator)

    @torch.no_grad()
    def start(self, latents: Tensor, generator: torch.Generator) -> None:
        """Fill the book with random latents [N, code_width] of the first batch."""
        self.sums.copy_(self._random_latents(latents, len(self.sums), generator))
        self.counts.fill_(1.0)
        self._quantizer[0].codebook.copy_(self.sums)

    def _reset_idle(self, latents: Tensor, generator: torch.Generator) -> None:
        idle = self.counts < self.reset_share * self.counts.mean()
        count = int(idle.sum())
        if count:
            fresh = self._random_latents(latents, count, generator)
            start_count = self.counts.mean()
            self.sums[idle] = fresh * start_count
            self.counts[idle] = start_count
            self._quantizer[0].codebook[idle] = fresh

    def _random_latents(self, latents: Tensor, count: int, generator: torch.Generator) -> Tensor:
        picks = torch.randint(len(latents), (count,), generator=generator).to(latents.device)
        fresh = latents[picks]
        noise = torch.randn(fresh.shape, generator=generator).to(latents) * 0.01 * latents.std()
        fresh = fresh + noise
        if dist.is_initialized():
            dist.broadcast(fresh, 0)
        return fresh
