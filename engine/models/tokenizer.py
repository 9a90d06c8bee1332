"""The VQ-VAE: rows of motion to tokens (four frames each) and back.

Module names inside `encoder.model` and `decoder.model` count like the official checkpoints', so
their entries fit one to one. Source: MMM section 3.1; sizes and dilation order as measured.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..features.body_parts import UPPER_HEIGHTS, parts_of
from ..features.normalization import Normalization
from ..features.representation import HEIGHT
from ..motion.skeleton import FRAMES_PER_TOKEN
from ..motion.token_layout import TokenLayout
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

    def __init__(self, config: TokenizerConfig, rows: int) -> None:
        super().__init__()
        width = config.width
        downs = [
            nn.Sequential(
                nn.Conv1d(width, width, 4, stride=2, padding=1), ResidualStack(width, config.depth, config.growth)
            )
            for _ in range(config.downs)
        ]
        self.model = nn.Sequential(
            nn.Conv1d(rows, width, 3, padding=1),
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

    def __init__(self, config: TokenizerConfig, rows: int) -> None:
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
            nn.Conv1d(width, rows, 3, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """[B, code_width, N] -> [B, rows, 4 N]."""
        out: Tensor = self.model(x)
        return out


class PartTokenizer(nn.Module):
    """Encoder, codebooks, decoder of one body part. Works on normalised rows of that part."""

    def __init__(self, config: TokenizerConfig, rows: int) -> None:
        super().__init__()
        self.encoder = Encoder(config, rows)
        self.decoder = Decoder(config, rows)
        self.quantizer = Quantizer(config.levels, config.codes, config.code_width)

    def latents(self, rows: Tensor) -> Tensor:
        """Rows [B, T, rows], T a multiple of 4 -> latents [B, T / 4, code_width]."""
        if rows.shape[1] % FRAMES_PER_TOKEN:
            raise ValueError(f"{rows.shape[1]} frames do not fill whole tokens of {FRAMES_PER_TOKEN}.")
        out: Tensor = self.encoder(rows.transpose(1, 2)).transpose(1, 2)
        return out

    def decode_vectors(self, vectors: Tensor) -> Tensor:
        """Code vectors [B, N, code_width] -> rows [B, 4 N, rows]."""
        out: Tensor = self.decoder(vectors.transpose(1, 2)).transpose(1, 2)
        return out.float()


class Tokenizer(nn.Module):
    """Motion to token columns and back: each body part by its own network, on normalised rows.

    Upper joints' heights are counted from the pelvis, so that arms over other legs keep their pose:
    scale * height - lift * pelvis height + shift, in normalised numbers.
    """

    scale: Tensor
    lift: Tensor
    shift: Tensor

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.config = config
        self.body = parts_of(config.split)
        self.parts = nn.ModuleDict({part.name: PartTokenizer(config, part.rows) for part in self.body})
        if config.split:
            self.register_buffer("scale", torch.ones(len(UPPER_HEIGHTS)))
            self.register_buffer("lift", torch.zeros(len(UPPER_HEIGHTS)))
            self.register_buffer("shift", torch.zeros(len(UPPER_HEIGHTS)))

    @property
    def layout(self) -> TokenLayout:
        """What the columns of this tokenizer's ids mean."""
        return TokenLayout(tuple(part.name for part in self.body), self.config.levels)

    @property
    def codebooks(self) -> Tensor:
        """Every column's codes [columns, codes, code_width]."""
        return torch.cat([self.part(part.name).quantizer.codebook for part in self.body])

    def part(self, name: str) -> PartTokenizer:
        """The network of a body part."""
        network = self.parts[name]
        assert isinstance(network, PartTokenizer)
        return network

    @torch.no_grad()
    def encode(self, rows: Tensor) -> Tensor:
        """Normalised rows [B, T, 263] -> token ids [B, T / 4, columns]."""
        split = self.split(rows)
        return torch.cat([self._encode_part(name, values) for name, values in split.items()], dim=-1)

    @torch.no_grad()
    def decode(self, ids: Tensor) -> Tensor:
        """Token ids [B, N, columns] -> normalised rows [B, 4 N, 263]."""
        layout = self.layout
        return self.merge(
            {
                part.name: self.part(part.name).decode_vectors(
                    self.part(part.name).quantizer.decode(ids[..., layout.of_part(part.name)])
                )
                for part in self.body
            }
        )

    def split(self, rows: Tensor) -> dict[str, Tensor]:
        """Normalised rows [B, T, 263] -> each part's own columns."""
        if self.config.split:
            heights = self.scale * rows[..., UPPER_HEIGHTS] - self.lift * rows[..., HEIGHT] + self.shift
            rows = rows.clone()
            rows[..., UPPER_HEIGHTS] = heights
        return {part.name: rows[..., part.columns] for part in self.body}

    def merge(self, parts: dict[str, Tensor]) -> Tensor:
        """Each part's columns -> normalised rows [B, T, 263]; undoes `split`."""
        first = parts[self.body[0].name]
        rows = first.new_zeros(*first.shape[:-1], self.config.rows)
        for part in self.body:
            rows[..., part.columns] = parts[part.name]
        if self.config.split:
            rows[..., UPPER_HEIGHTS] = (
                rows[..., UPPER_HEIGHTS] + self.lift * rows[..., HEIGHT] - self.shift
            ) / self.scale
        return rows

    def _encode_part(self, name: str, values: Tensor) -> Tensor:
        network = self.part(name)
        return network.quantizer.encode(network.latents(values))


def height_lift(normalization: Normalization) -> Tensor:
    """The `lift` that makes upper heights count from the pelvis when rows are normalised like this."""
    ratio = normalization.std[HEIGHT] / normalization.std[UPPER_HEIGHTS]
    return torch.from_numpy(ratio.astype("float32"))
