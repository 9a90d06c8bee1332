"""Teaching the tokenizer's decoder to keep feet in place in motion that a transformer made.

Codes of real motion rebuild feet that stand; codes drawn by a network do not quite fit each other, and the feet
slide. So the decoders alone, encoders and codebooks as they are, go on learning from both: real windows are to be
rebuilt as before, and in made motion a foot that the rows call standing is to stay where it is, the rest of the rows
as it was. Codes keep their meaning, so the transformer need not be trained again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from ..features.representation import CONTACTS
from ..models.tokenizer import Tokenizer
from ..motion.skeleton import CONTACT_JOINTS
from .dataset import MotionSet
from .loop import StepContext
from .motion_losses import world_steps
from .train_tokenizer import TokenizerModel, TokenizerOptions, TokenizerTask


@dataclass(frozen=True)
class FeetOptions:
    """What the loss weighs and how much motion a step sees."""

    real: TokenizerOptions = field(default_factory=TokenizerOptions)
    made: int = 16  # made motions in a batch
    window: int = 32  # tokens of each
    standing: float = 60.0  # per metre a standing foot of made motion moves
    kept: float = 1.0  # per normalised row of made motion that changes


class FeetTask:
    """Learns to decode made codes without sliding."""

    def __init__(
        self, tokenizer: Tokenizer, data: MotionSet, made: Sequence[np.ndarray], held: int, options: FeetOptions
    ) -> None:
        """made: token ids [n, columns] of made motions; the last `held` are kept to measure on."""
        self.options = options
        self.real = TokenizerTask(data, tokenizer.config, options.real)
        self.model: nn.Module = self.real.model
        model = self.real.model
        model.tokenizer.load_state_dict(tokenizer.state_dict())
        for name, parameter in model.tokenizer.named_parameters():
            parameter.requires_grad_(".decoder." in name)
        self.before = tokenizer.eval().requires_grad_(False)
        long = [tokens for tokens in made if len(tokens) >= options.window]
        self.made, self.held = long[:-held], long[-held:]

    def loss(self, context: StepContext) -> tuple[Tensor, dict[str, float]]:
        """Rebuilding of real windows, and standing feet of made ones."""
        real, figures = self.real.decoder_loss(context)
        ids = self._windows(context)
        kept, standing = self._made(self.model, ids.to(context.device))
        loss = real + self.options.kept * kept + self.options.standing * standing
        return loss, {**figures, "kept": kept.item(), "standing": standing.item()}

    @torch.no_grad()
    def evaluate(self, model: nn.Module) -> dict[str, float]:
        """Errors on the val split as the tokenizer's own, and mm a standing foot of made motion slides per frame."""
        device = next(model.parameters()).device
        slides = [
            self._made(model, torch.from_numpy(tokens[None].astype(np.int64)).to(device))[1].item()
            for tokens in self.held
        ]
        return {**self.real.evaluate(model), "standing_mm": 1000.0 * float(np.mean(slides))}

    def _made(self, model: nn.Module, ids: Tensor) -> tuple[Tensor, Tensor]:
        """How much rows of made motion change, and how far standing feet move in a frame, m."""
        assert isinstance(model, TokenizerModel)
        with torch.no_grad():
            before = self.before.to(ids.device).decode(ids)
        rows = model.tokenizer.rebuild(ids)
        travel = standing_travel(self.real.physical(rows), self.real.physical(before))
        return F.smooth_l1_loss(rows, before, beta=0.5), travel

    def _windows(self, context: StepContext) -> Tensor:
        """Token ids [made, window, columns]."""
        size, out = self.options.window, []
        for pick in torch.randint(len(self.made), (self.options.made,), generator=context.generator).tolist():
            tokens = self.made[pick]
            start = int(torch.randint(len(tokens) - size + 1, (), generator=context.generator))
            out.append(tokens[start : start + size])
        return torch.from_numpy(np.stack(out).astype(np.int64))


def standing_travel(rows: Tensor, told: Tensor) -> Tensor:
    """Mean way over the ground, m per frame, of feet that `told` calls standing; rows [B, T, 263] in metres.

    Ankle and toe have a contact each; both of a step's frames must be called standing.
    """
    contact = told[..., CONTACTS].clamp(0.0, 1.0)
    standing = (torch.minimum(contact[:, 1:], contact[:, :-1]) - 0.5).clamp_min(0.0) * 2.0
    steps = world_steps(rows)[..., [int(joint) for joint in CONTACT_JOINTS], :]
    travel = (steps[..., [0, 2]].square().sum(-1) + 1e-8).sqrt()
    return (travel * standing).sum() / standing.sum().clamp_min(1.0)
