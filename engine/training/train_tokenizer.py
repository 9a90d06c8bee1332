"""Training of the tokenizer: windows of motion through encoder, codebook, decoder.

Source: MMM section 3.1. Beside the reconstruction of rows and, again, of joint positions, the
running sums of the root's errors count: the root's columns are velocities, and a bias too small to
see in one frame becomes a drift in a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from ..features.mirroring import mirror_rows
from ..features.normalization import Normalization
from ..features.representation import GLIDE, POSITIONS, TURN, joints_from_rows
from ..models.config import TokenizerConfig
from ..models.quantizer import CodebookLearner
from ..models.tokenizer import Tokenizer
from ..motion.skeleton import FRAMES_PER_TOKEN
from .dataset import Motion, MotionSet
from .loop import StepContext


@dataclass(frozen=True)
class TokenizerOptions:
    """What the loss weighs and how much motion a step sees."""

    batch: int = 128
    window: int = 64  # frames
    positions: float = 0.5
    path: float = 0.003
    commitment: float = 0.02


class TokenizerModel(nn.Module):
    """The tokenizer with what its training must remember."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.tokenizer = Tokenizer(config)
        self.learner = CodebookLearner(self.tokenizer.quantizer)


class TokenizerTask:
    """Learns to rebuild windows of all motion but the val split's."""

    def __init__(self, data: MotionSet, config: TokenizerConfig, options: TokenizerOptions) -> None:
        self.model = TokenizerModel(config)
        self.options = options
        self.data = data
        self.normalization = data.normalization()
        long = [m for m in data.of_split("train", "extra") if len(m) >= options.window]
        self.starts = np.concatenate([np.arange(m.start, m.stop - options.window + 1) for m in long])

    def loss(self, context: StepContext) -> tuple[Tensor, dict[str, float]]:
        """Loss of a batch of random windows, half of them mirrored."""
        rows = self._windows(context).to(context.device)
        tokenizer, options = self.model.tokenizer, self.options
        latents = tokenizer.latents(rows).float()
        flat = latents.detach().reshape(-1, latents.shape[-1])
        if int(self.model.learner.steps) == 0:
            self.model.learner.start(flat, context.generator)
        ids = tokenizer.quantizer.encode(latents.detach())
        vectors = tokenizer.quantizer.decode(ids)
        rebuilt = tokenizer.decode_vectors(latents + (vectors - latents).detach()).float()
        commitment = F.mse_loss(latents, vectors)
        self.model.learner.update(flat, ids.reshape(-1), context.generator)
        parts = {
            "rows": F.smooth_l1_loss(rebuilt, rows),
            "positions": F.smooth_l1_loss(rebuilt[..., POSITIONS], rows[..., POSITIONS]),
            "path": _path_loss(rebuilt, rows),
            "commitment": commitment,
        }
        loss = (
            parts["rows"]
            + options.positions * parts["positions"]
            + options.path * parts["path"]
            + options.commitment * parts["commitment"]
        )
        return loss, {**{k: v.item() for k, v in parts.items()}, "codes": float(len(ids.unique()))}

    def evaluate(self, model: nn.Module) -> dict[str, float]:
        """Joint errors on the val split, mm, and the share of the book in use."""
        assert isinstance(model, TokenizerModel)
        return measure_tokenizer(model.tokenizer, self.normalization, self.data)

    def _windows(self, context: StepContext) -> Tensor:
        picks = torch.randint(len(self.starts), (self.options.batch,), generator=context.generator).numpy()
        flips = torch.rand(self.options.batch, generator=context.generator).numpy() < 0.5
        windows = np.stack([self.data.rows[s : s + self.options.window] for s in self.starts[picks]])
        windows[flips] = mirror_rows(windows[flips])
        return torch.from_numpy(self.normalization.normalize(windows))


def _path_loss(rebuilt: Tensor, rows: Tensor) -> Tensor:
    columns = slice(TURN.start, GLIDE.stop)
    return F.smooth_l1_loss(rebuilt[..., columns].cumsum(1), rows[..., columns].cumsum(1))


@torch.no_grad()
def measure_tokenizer(tokenizer: Tokenizer, normalization: Normalization, data: MotionSet) -> dict[str, float]:
    """Errors after encode and decode of every val clip (mean over clips' frames and joints, mm)."""
    local: list[float] = []
    world: list[float] = []
    used: set[int] = set()
    for motion in data.of_split("val"):
        rows, rebuilt, ids = reconstruct(tokenizer, normalization, data, motion)
        used.update(ids.tolist())
        truth, guess = joints_from_rows(rows), joints_from_rows(rebuilt)
        world += [float(np.linalg.norm(guess - truth, axis=-1).mean())] * len(rows)
        still = [_without_root(rows), _without_root(rebuilt)]
        local += [float(np.linalg.norm(still[0] - still[1], axis=-1).mean())] * len(rows)
    return {
        "local_mm": 1000 * float(np.mean(local)),
        "global_mm": 1000 * float(np.mean(world)),
        "codes_in_val": len(used) / tokenizer.config.codes,
    }


def reconstruct(
    tokenizer: Tokenizer, normalization: Normalization, data: MotionSet, motion: Motion
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows [T, 263] of a motion cut to whole tokens, the same rebuilt, and their ids [T / 4]."""
    rows = np.asarray(data.rows_of(motion))
    rows = rows[: len(rows) // FRAMES_PER_TOKEN * FRAMES_PER_TOKEN]
    device = tokenizer.quantizer.codebook.device
    ids = tokenizer.encode(torch.from_numpy(normalization.normalize(rows))[None].to(device))
    rebuilt = normalization.denormalize(tokenizer.decode(ids)[0].float().cpu().numpy())
    return rows, rebuilt, ids[0].cpu().numpy()


def _without_root(rows: np.ndarray) -> np.ndarray:
    """Joint positions [T, 21, 3] in the heading frame, height measured from the pelvis."""
    local = np.array(rows[:, POSITIONS], dtype=np.float64).reshape(len(rows), -1, 3)
    local[..., 1] -= rows[:, POSITIONS.start - 1, None]
    return local
