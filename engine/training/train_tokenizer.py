"""Training of the tokenizer: windows of motion through encoders, codebooks, decoders.

Source: MMM section 3.1. Beside the reconstruction of rows, distances in metres count: where joints
stand, how they move over the ground (a planted foot must not slide) and where the root arrives,
since a bias too small to see in one frame becomes a drift in a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from ..features.body_parts import LOWER_JOINTS
from ..features.mirroring import mirror_rows
from ..features.normalization import Normalization
from ..features.representation import POSITIONS, joints_from_rows
from ..models.config import TokenizerConfig
from ..models.quantizer import CodebookLearner
from ..models.tokenizer import Tokenizer, height_lift
from ..motion.skeleton import FRAMES_PER_TOKEN, Joint
from .balance import motion_weights
from .dataset import Motion, MotionSet
from .loop import StepContext
from .motion_losses import local_joints, root_path, world_steps

_ARMS: Final = (Joint.LEFT_ELBOW, Joint.RIGHT_ELBOW, Joint.LEFT_WRIST, Joint.RIGHT_WRIST)


@dataclass(frozen=True)
class TokenizerOptions:
    """What the loss weighs and how much motion a step sees."""

    batch: int = 128
    window: int = 64  # frames
    positions: float = 5.0  # per metre of joint error, in the heading frame
    steps: float = 10.0  # per metre a joint moves wrongly from frame to frame
    feet: float = 20.0  # the same for hips to toes, on top
    hands: float = 0.0  # per square metre elbows and wrists move wrongly: of a throw most windows know nothing
    heading: float = 1.0  # per radian the root's heading is off
    path: float = 1.5  # per metre the root is off its place
    commitment: float = 0.1
    coarse: float = 0.4  # share of samples decoded from their first levels only
    only: str = ""  # the one body part that learns; the other's tokens stay what they are
    rare: bool = False  # rare actions are shown more than their share, as to the transformer


class TokenizerModel(nn.Module):
    """The tokenizer with what its training must remember."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.tokenizer = Tokenizer(config)
        self.learners = nn.ModuleDict(
            {part.name: CodebookLearner(self.tokenizer.part(part.name).quantizer) for part in self.tokenizer.body}
        )


class TokenizerTask:
    """Learns to rebuild windows of all motion but the val split's."""

    def __init__(self, data: MotionSet, config: TokenizerConfig, options: TokenizerOptions) -> None:
        self.model = TokenizerModel(config)
        self.options = options
        self.data = data
        self.normalization = data.normalization()
        if config.split:
            self.model.tokenizer.lift.copy_(height_lift(self.normalization))
        self.mean = torch.from_numpy(self.normalization.mean)
        self.std = torch.from_numpy(self.normalization.std)
        long = [m for m in data.of_split("train", "extra") if len(m) >= options.window]
        self.starts = np.concatenate([np.arange(m.start, m.stop - options.window + 1) for m in long])
        self._shares = _shares(long, options)
        for part in self.model.tokenizer.body:
            self.model.tokenizer.part(part.name).requires_grad_(options.only in ("", part.name))

    def loss(self, context: StepContext) -> tuple[Tensor, dict[str, float]]:
        """Loss of a batch of random windows, half of them mirrored."""
        rows = self._windows(context).to(context.device)
        depth = self._depths(context).to(context.device)
        rebuilt: dict[str, Tensor] = {}
        commitment = torch.zeros((), device=context.device)
        for name, values in self.model.tokenizer.split(rows).items():
            rebuilt[name], lost = self._through(name, values, depth, context.generator)
            commitment = commitment + lost
        parts = {**self._distances(self.model.tokenizer.merge(rebuilt), rows), "commitment": commitment}
        weights = vars(self.options)
        loss = parts["rows"] + sum(weights[name] * value for name, value in parts.items() if name != "rows")
        return loss, {name: value.item() for name, value in parts.items()}

    def _through(self, name: str, values: Tensor, depth: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """A part's rows [B, T, rows] rebuilt from the first depth [B] levels, and its commitment loss."""
        part, learner = self.model.tokenizer.part(name), self.model.learners[name]
        assert isinstance(learner, CodebookLearner)
        if self.options.only not in ("", name):
            with torch.no_grad():
                ids = part.quantizer.encode(part.latents(values).float())
                return part.decode_vectors(part.quantizer.decode(ids)), values.new_zeros(())
        latents = part.latents(values).float()
        flat = latents.detach().reshape(-1, latents.shape[-1])
        ids = learner.learn(flat, generator).reshape(*latents.shape[:2], -1)
        codes = torch.stack([part.quantizer.codebook[k][ids[..., k]] for k in range(ids.shape[-1])], dim=-2)
        sums = codes.cumsum(-2)
        commitment = F.mse_loss(latents[..., None, :].expand_as(sums), sums)
        vectors = sums[torch.arange(len(sums), device=sums.device), :, depth - 1]
        return part.decode_vectors(latents + (vectors - latents).detach()), commitment

    def _distances(self, rebuilt: Tensor, rows: Tensor) -> dict[str, Tensor]:
        """Means over the batch: normalised rows, then metres and radians."""
        mean, std = self.mean.to(rows), self.std.to(rows)
        guess, truth = rebuilt * std + mean, rows * std + mean
        moved = (world_steps(guess) - world_steps(truth)).abs()
        headings, places = zip(root_path(guess), root_path(truth), strict=True)
        return {
            "rows": F.smooth_l1_loss(rebuilt, rows, beta=0.5),
            "positions": (local_joints(guess) - local_joints(truth)).abs().mean(),
            "steps": moved.mean(),
            "feet": moved[..., list(LOWER_JOINTS), :].mean(),
            "hands": moved[..., list(_ARMS), :].square().mean(),
            "heading": F.smooth_l1_loss(*headings, beta=0.1),
            "path": F.smooth_l1_loss(*places, beta=0.1),
        }

    def _depths(self, context: StepContext) -> Tensor:
        """How many levels each sample is decoded from [B]: all, or for some a random few."""
        levels, batch = self.model.tokenizer.config.levels, self.options.batch
        some = torch.randint(1, levels + 1, (batch,), generator=context.generator)
        coarse = torch.rand(batch, generator=context.generator) < self.options.coarse
        return torch.where(coarse, some, levels)

    def evaluate(self, model: nn.Module) -> dict[str, float]:
        """Joint errors on the val split, mm, and the share of the book in use."""
        assert isinstance(model, TokenizerModel)
        return measure_tokenizer(model.tokenizer, self.normalization, self.data)

    def _windows(self, context: StepContext) -> Tensor:
        if self._shares is None:
            picks = torch.randint(len(self.starts), (self.options.batch,), generator=context.generator).numpy()
        else:
            chances = torch.rand(self.options.batch, generator=context.generator, dtype=torch.float64).numpy()
            picks = np.minimum(np.searchsorted(self._shares, chances, side="right"), len(self.starts) - 1)
        flips = torch.rand(self.options.batch, generator=context.generator).numpy() < 0.5
        windows = np.stack([self.data.rows[s : s + self.options.window] for s in self.starts[picks]])
        windows[flips] = mirror_rows(windows[flips])
        return torch.from_numpy(self.normalization.normalize(windows))


def _shares(motions: Sequence[Motion], options: TokenizerOptions) -> np.ndarray | None:
    """Running sum of the share of draws of every window; None where all have the same."""
    if not options.rare:
        return None
    weights = motion_weights([[caption.text for caption in motion.captions] for motion in motions]).numpy()
    shares = np.repeat(weights, [len(motion) - options.window + 1 for motion in motions]).cumsum()
    return shares / shares[-1]


@torch.no_grad()
def measure_tokenizer(tokenizer: Tokenizer, normalization: Normalization, data: MotionSet) -> dict[str, float]:
    """Errors after encode and decode of every val clip (mean over clips' frames and joints, mm)."""
    local: list[float] = []
    world: list[float] = []
    used = np.zeros((tokenizer.layout.columns, tokenizer.config.codes), dtype=bool)
    for motion in data.of_split("val"):
        rows, rebuilt, ids = reconstruct(tokenizer, normalization, data, motion)
        used[np.arange(ids.shape[1]), ids] = True
        truth, guess = joints_from_rows(rows), joints_from_rows(rebuilt)
        world += [float(np.linalg.norm(guess - truth, axis=-1).mean())] * len(rows)
        still = [_without_root(rows), _without_root(rebuilt)]
        local += [float(np.linalg.norm(still[0] - still[1], axis=-1).mean())] * len(rows)
    return {
        "local_mm": 1000 * float(np.mean(local)),
        "global_mm": 1000 * float(np.mean(world)),
        "codes_in_val": float(used.mean()),
    }


def reconstruct(
    tokenizer: Tokenizer, normalization: Normalization, data: MotionSet, motion: Motion
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows [T, 263] of a motion cut to whole tokens, the same rebuilt, and their ids [T / 4, columns]."""
    rows = np.asarray(data.rows_of(motion))
    rebuilt, ids = rebuild(tokenizer, normalization, rows)
    return rows[: len(rebuilt)], rebuilt, ids


def rebuild(tokenizer: Tokenizer, normalization: Normalization, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What codes keep of rows [T', 263]: rows [T, 263] of whole tokens, and their ids [T / 4, columns]."""
    whole = rows[: len(rows) // FRAMES_PER_TOKEN * FRAMES_PER_TOKEN]
    device = tokenizer.codebooks.device
    ids = tokenizer.encode(torch.from_numpy(normalization.normalize(whole))[None].to(device))
    rebuilt = normalization.denormalize(tokenizer.decode(ids)[0].float().cpu().numpy())
    return rebuilt, ids[0].cpu().numpy()


def _without_root(rows: np.ndarray) -> np.ndarray:
    """Joint positions [T, 21, 3] in the heading frame, height measured from the pelvis."""
    local = np.array(rows[:, POSITIONS], dtype=np.float64).reshape(len(rows), -1, 3)
    local[..., 1] -= rows[:, POSITIONS.start - 1, None]
    return local
