"""The VQ-VAE: rows of motion to tokens (four frames each) and back.

Module names inside `encoder.model` and `decoder.model` count like the official checkpoints', so
their entries fit one to one. Source: MMM section 3.1; sizes and dilation order as measured.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..motion.skeleton import FRAMES_PER_TOKEN
from .config import TokenizerConfig
from .quantizer import Quantizer


class ResidualBlock(nn.Module):
    """x + conv1(relu(conv3(relu(x)))), the wide convolution dilated."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.conv2 = nn.Conv1d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[B, width, T] -> [B, width, T]."""
        return x + self.conv2(self.conv1(x.relu()).relu())


class ResidualStack(nn.Module):
    """Residual blocks from the widest dilation to 1, in encoder and decoder alike."""

    def __init__(self, width: int, depth: int, growth: int) -> None:
        super().__init__()
        self.model = nn.Sequential(*(ResidualBlock(width, growth**i) for i in reversed(range(depth))))

    def forward(self, x: Tensor) -> Tensor:
        """[B, width, T] -> [B, width, T]."""
        out: Tensor = self.model(x)
        return out


class Encoder(nn.Module):
    """Rows to latents, one per token."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        width = config.width
        downs = [
            nn.Sequential(
                nn.Conv1d(width, width, 4, stride=2, padding=1), ResidualStack(width, config.depth, config.growth)
            )
            for _ in range(config.downs)
        ]
        self.model = nn.Sequential(
            nn.Conv1d(config.rows, width, 3, padding=1),
            nn.ReLU(),
            *downs,
            nn.Conv1d(width, config.code_width, 3, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """[B, rows, T] -> [B, code_width, T / 4]."""
        out: Tensor = self.model(x)
        return out


class Decoder(nn.Module):
    """Code vectors to rows."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        width = config.width
        ups = [
            nn.Sequential(
                ResidualStack(width, config.depth, config.growth),
                nn.Upsample(scale_factor=2, mode="nearest"),
                nn.Conv1d(width, width, 3, padding=1),
            )
            for _ in range(config.downs)
        ]
        self.model = nn.Sequential(
            nn.Conv1d(config.code_width, width, 3, padding=1),
            nn.ReLU(),
            *ups,
            nn.Conv1d(width, width, 3, padding=1),
            nn.ReLU(),
            nn.Conv1d(width, config.rows, 3, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """[B, code_width, N] -> [B, rows, 4 N]."""
        out: Tensor = self.model(x)
        return out


class Tokenizer(nn.Module):
    """Encoder, codebook, decoder. Works on normalised rows."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.quantizer = Quantizer(config.codes, config.code_width)

    def latents(self, rows: Tensor) -> Tensor:
        """Normalised rows [B, T, rows], T a multiple of 4 -> latents [B, T / 4, code_width]."""
        if rows.shape[1] % FRAMES_PER_TOKEN:
            raise ValueError(f"{rows.shape[1]} frames do not fill whole tokens of {FRAMES_PER_TOKEN}.")
        out: Tensor = self.encoder(rows.transpose(1, 2)).transpose(1, 2)
        return out

    @torch.no_grad()
    def encode(self, rows: Tensor) -> Tensor:
        """Normalised rows [B, T, rows] -> token ids [B, T / 4]."""
        return self.quantizer.encode(self.latents(rows))

    @torch.no_grad()
    def decode(self, ids: Tensor) -> Tensor:
        """Token ids [B, N] -> normalised rows [B, 4 N, rows]."""
        return self.decode_vectors(self.quantizer.decode(ids))

    def decode_vectors(self, vectors: Tensor) -> Tensor:
        """Code vectors [B, N, code_width] -> normalised rows [B, 4 N, rows]."""
        out: Tensor = self.decoder(vectors.transpose(1, 2)).transpose(1, 2)
        return out
