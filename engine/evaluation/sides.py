"""What tells a motion from its mirror image, as a few numbers that change their sign when it is mirrored.

A network as large as the evaluator learns by heart which of a thousand motions wave which hand; numbers that are odd
under mirroring by construction leave it little to learn by heart.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from ..features.mirroring import mirror_rows
from ..features.representation import GLIDE, POSITIONS, ROW_SIZE, TURN, VELOCITIES
from ..motion.skeleton import Joint

#: Joints whose two sides are compared.
_PAIRED: Final = [
    int(joint)
    for joint in (
        Joint.LEFT_KNEE, Joint.LEFT_ANKLE, Joint.LEFT_FOOT, Joint.LEFT_SHOULDER, Joint.LEFT_ELBOW, Joint.LEFT_WRIST,
        Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE, Joint.RIGHT_FOOT, Joint.RIGHT_SHOULDER, Joint.RIGHT_ELBOW,
        Joint.RIGHT_WRIST,
    )
]  # fmt: skip
_FAR: Final = 1e4
_REST: Final = 0.005  # m/frame, under which a joint hardly moves
#: Mirroring as (column it comes from, sign).
_PLAN: Final = mirror_rows(np.arange(1.0, ROW_SIZE + 1))
_COLUMNS: Final = VELOCITIES.stop


class SideReader(nn.Module):
    """Rows [B, T, 263] -> side [B, sides], each within +-reach; that of the mirror image is its negative."""

    order: Tensor
    signs: Tensor
    scale: Tensor

    def __init__(self, sides: int, reach: float, dropout: float) -> None:
        super().__init__()
        self.reach = reach
        self.register_buffer("order", torch.from_numpy(np.abs(_PLAN[:_COLUMNS]).astype(np.int64) - 1))
        self.register_buffer("signs", torch.from_numpy(np.sign(_PLAN[:_COLUMNS]).astype(np.float32)))
        count = _facts(torch.zeros(1, 4, _COLUMNS), torch.tensor([4])).shape[1]
        self.register_buffer("scale", torch.ones(count))
        self.dropout = nn.Dropout(dropout)
        self.weigh = nn.Linear(count, sides, bias=False)
        nn.init.normal_(self.weigh.weight, std=0.1 * count**-0.5)  # untrained it must not shift points

    def forward(self, rows: Tensor, frames: Tensor) -> Tensor:
        """Sides of padded motions of `frames` [B] frames."""
        return self.of_odd(self.odd(rows, frames))

    def of_odd(self, odd: Tensor) -> Tensor:
        """Sides of facts [B, F] that odd() gave."""
        side: Tensor = torch.tanh(self.weigh(self.dropout((odd / self.scale).clamp(-3.0, 3.0)))) * self.reach
        return side

    def odd(self, rows: Tensor, frames: Tensor) -> Tensor:
        """How facts of the motion differ from those of its mirror image [B, F]."""
        rows = rows[..., :_COLUMNS]
        return _facts(rows, frames) - _facts(rows[..., self.order] * self.signs, frames)

    def unfit(self) -> bool:
        """Whether fit() was never called."""
        return bool((self.scale == 1.0).all())

    @torch.no_grad()
    def fit(self, odd: Tensor) -> None:
        """Measure how large each fact [N, F] usually is."""
        self.scale.copy_(odd.square().mean(0).sqrt().clamp(min=1e-4))


class SaidSide(nn.Module):
    """Words [B, L, D] -> side [B, sides]: a look at the words that name one, each in the light of its neighbours."""

    def __init__(self, words: int, sides: int, reach: float, dropout: float, width: int = 48) -> None:
        super().__init__()
        self.reach = reach
        self.word = nn.Sequential(nn.Dropout(dropout), nn.Linear(words, width), nn.GELU(), nn.Dropout(dropout))
        self.heed, self.say = nn.Linear(width, 1), nn.Linear(width, sides)
        nn.init.zeros_(self.say.weight)
        nn.init.zeros_(self.say.bias)

    def forward(self, words: Tensor, known: Tensor) -> Tensor:
        """Sides of texts; known: bool [B, L]."""
        read = self.word(words)
        heed = self.heed(read).masked_fill(~known[..., None], -_FAR).softmax(1)
        side: Tensor = torch.tanh((heed * self.say(read)).sum(1)) * self.reach
        return side


def _facts(rows: Tensor, frames: Tensor) -> Tensor:
    """Facts [B, F]: where the joints are and how fast, which way the root turns and glides, in two halves."""
    known = torch.arange(rows.shape[1], device=rows.device)[None] < frames[:, None]
    early = torch.arange(rows.shape[1], device=rows.device)[None] < frames[:, None] // 2
    position = rows[..., POSITIONS].unflatten(-1, (-1, 3))[:, :, [j - 1 for j in _PAIRED]]
    velocity = rows[..., VELOCITIES].unflatten(-1, (-1, 3))
    # `+ 1e-12`: the root of nothing has no slope, and padding is nothing.
    speed = ((velocity[:, :, _PAIRED] - velocity[:, :, :1]).square().sum(-1) + 1e-12).sqrt()
    mean = _mean(position, known)
    spread = (_mean((position - mean[:, None]).square(), known) + 1e-8).sqrt()
    height = position[..., 1]
    lowest = height.masked_fill(~known[..., None], _FAR).amin(1)
    highest = height.masked_fill(~known[..., None], -_FAR).amax(1)
    fastest = speed.masked_fill(~known[..., None], 0.0).amax(1)
    path = torch.cat([rows[..., TURN], rows[..., GLIDE]], dim=-1)
    ways = [(path * part[..., None]).sum(1) for part in (known, early, known & ~early)]
    paces = [torch.log(_mean(speed, known) + _REST), torch.log(fastest + _REST)]
    return torch.cat([mean.flatten(1), spread.flatten(1), lowest, highest, *paces, *ways], dim=-1)


def _mean(values: Tensor, known: Tensor) -> Tensor:
    """Mean over the known frames of [B, T, ...]."""
    weight = known.reshape(*known.shape, *[1] * (values.dim() - 2)).to(values)
    return (values * weight).sum(1) / weight.sum(1)
