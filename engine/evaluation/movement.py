"""Movement features: what a piece of motion looks like whatever is said of it; FID is measured on them.

Captions hardly hear whether a motion trembles or slides, so points made to match captions do not tell good motion
from bad. An autoencoder of movement has to hold all of it, and what it cannot rebuild is what real motion never does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from ..features.representation import POSITIONS, VELOCITIES
from ..motion.skeleton import FRAMES_PER_TOKEN, JOINT_COUNT

#: Frames of a piece; pieces overlap by half. Shorter motions are one piece.
WINDOW: Final = 16 * FRAMES_PER_TOKEN
_BATCH: Final = 256
_SLOPE: Final = 0.2
_LEAST: Final = 0.02  # added before a logarithm; in deviations of the column


class MovementCoder(nn.Module):
    """Normalised rows [B, D, T] <-> a code of `code` numbers every four frames; features of whole pieces."""

    mean: Tensor
    std: Tensor

    def __init__(self, columns: int, width: int, code: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv1d(columns, width, FRAMES_PER_TOKEN, stride=2, padding=1),
            nn.LeakyReLU(_SLOPE),
            nn.Conv1d(width, code, FRAMES_PER_TOKEN, stride=2, padding=1),
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose1d(code, width, FRAMES_PER_TOKEN, stride=2, padding=1),
            nn.LeakyReLU(_SLOPE),
            nn.ConvTranspose1d(width, columns, FRAMES_PER_TOKEN, stride=2, padding=1),
        )
        features = 2 * code + 2 * JOINT_COUNT - 1
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("std", torch.ones(features))

    def rebuilt(self, values: Tensor) -> Tensor:
        """Values [B, D, T] after the bottleneck; T in whole tokens."""
        again: Tensor = self.decoder(self.encoder(values))
        return again

    def features(self, values: Tensor) -> Tensor:
        """Features [B, F] of pieces [B, D, T]: mean and spread of each code, and what was lost of each joint."""
        codes = self.encoder(values)
        lost = (self.decoder(codes) - values).square().mean(2)
        joints = [lost[:, columns].unflatten(1, (-1, 3)).mean(2) for columns in (POSITIONS, VELOCITIES)]
        logs = torch.log(torch.cat([codes.std(2), *(part.sqrt() for part in joints)], dim=1) + _LEAST)
        whole: Tensor = (torch.cat([codes.mean(2), logs], dim=1) - self.mean) / self.std
        return whole

    @torch.no_grad()
    def fit(self, pieces: Tensor) -> None:
        """Scale features so that each has mean 0 and deviation 1 over real pieces [N, D, T]."""
        self.mean.zero_()
        self.std.fill_(1.0)
        raw = torch.cat([self.features(part) for part in pieces.split(_BATCH)])
        self.mean.copy_(raw.mean(0))
        self.std.copy_(raw.std(0).clamp(min=1e-4))


@dataclass(frozen=True)
class Pieces:
    """Features of the pieces of several motions."""

    points: np.ndarray  # float64 [N, F]
    owners: np.ndarray  # int64 [N], index of the motion

    def of(self, motions: np.ndarray) -> np.ndarray:
        """Points of the pieces of some motions, given by index."""
        return self.points[np.isin(self.owners, motions)]


def cut(motions: Sequence[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray]:
    """Pieces [<= WINDOW, 263] of motions [T, 263], in whole tokens, and the motion each is of."""
    pieces, owners = [], []
    for i, rows in enumerate(motions):
        length = min(WINDOW, len(rows) // FRAMES_PER_TOKEN * FRAMES_PER_TOKEN)
        for start in range(0, len(rows) - length + 1, WINDOW // 2):
            pieces.append(rows[start : start + length])
            owners.append(i)
    return pieces, np.array(owners, dtype=np.int64)


@torch.inference_mode()
def measure_pieces(coder: MovementCoder, mean: Tensor, std: Tensor, motions: Sequence[np.ndarray]) -> Pieces:
    """Features of all pieces of motions [T, 263]; mean, std: normalisation of the columns the coder reads."""
    pieces, owners = cut(motions)
    lengths = np.array([len(piece) for piece in pieces])
    points = np.empty((len(pieces), len(coder.mean)))
    for length in np.unique(lengths):
        for part in np.array_split(alike := np.flatnonzero(lengths == length), -(-len(alike) // _BATCH)):
            points[part] = coder.features(stacked([pieces[i] for i in part], mean, std)).double().numpy()
    return Pieces(points, owners)


def stacked(pieces: Sequence[np.ndarray], mean: Tensor, std: Tensor) -> Tensor:
    """Pieces of one length as normalised values [N, D, T]."""
    rows = torch.from_numpy(np.stack([piece[:, : len(mean)] for piece in pieces]).astype(np.float32))
    return ((rows - mean) / std).transpose(1, 2)
