"""The evaluator network: motion and text as points of one space, near each other where they belong together.

Its shape follows the published text-to-motion evaluator (convolutions to a movement code every four frames, a
bidirectional GRU over them, another over the words), but the text side reads the word features of a frozen sentence
encoder: sides (left, right) live in the words alone. A point is a part of length one that says what is done, and a
short part that says with which side (sides.py). FID is not measured on these points but on movement.py's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from ..features.normalization import Normalization
from ..features.representation import CONTACTS
from ..models.text_encoder import TextFeatures
from ..motion.skeleton import FRAMES_PER_TOKEN
from .movement import WINDOW, MovementCoder, Pieces, cut, measure_pieces, stacked
from .sides import SaidSide, SideReader

#: Contacts are left out, as in the published evaluator: they are labels, not motion.
MOTION_COLUMNS: Final = CONTACTS.start
_CONFIG: Final = "config"
_SLOPE: Final = 0.2


class EvaluatorError(ValueError):
    """An evaluator file that cannot be used; the message says what to do."""


@dataclass(frozen=True)
class EvaluatorConfig:
    """Sizes of the network."""

    width: int = 192  # of the convolutions
    states: int = 128  # of each GRU direction
    space: int = 128  # of the common space
    text_width: int = 384
    dropout: float = 0.3
    text_encoder: str = "minilm"
    sides: int = 4  # of the part of a point that tells sides
    side_reach: float = 0.15  # how far that part moves a point, each number; further costs R-precision
    side_dropout: float = 0.3
    code_width: int = 96  # of the movement coder
    code: int = 32


class Evaluator(nn.Module):
    """Motion [B, T, 263] and words [B, L, D] -> points [B, space + sides]."""

    mean: Tensor
    std: Tensor

    def __init__(self, config: EvaluatorConfig, normalization: Normalization | None = None) -> None:
        super().__init__()
        self.config = config
        for name in ("mean", "std"):
            value = torch.zeros(MOTION_COLUMNS) if normalization is None else _columns(getattr(normalization, name))
            self.register_buffer(name, value)
        self.movement = nn.Sequential(
            nn.Conv1d(MOTION_COLUMNS, config.width, FRAMES_PER_TOKEN, stride=2, padding=1),
            nn.Dropout(config.dropout),
            nn.LeakyReLU(_SLOPE),
            nn.Conv1d(config.width, config.width, FRAMES_PER_TOKEN, stride=2, padding=1),
            nn.Dropout(config.dropout),
            nn.LeakyReLU(_SLOPE),
        )
        self.motion = _SequenceEncoder(config.width, config.states, config.space, config.dropout)
        self.word = nn.Sequential(nn.Linear(config.text_width, config.width), nn.Dropout(config.dropout))
        self.text = _SequenceEncoder(config.width, config.states, config.space, config.dropout)
        self.side = SideReader(config.sides, config.side_reach, config.side_dropout)
        self.said_side = SaidSide(config.text_width, config.sides, config.side_reach, config.side_dropout)
        self.coder = MovementCoder(MOTION_COLUMNS, config.code_width, config.code)
        #: Log of the inverse temperature of the contrastive loss.
        self.sharpness = nn.Parameter(torch.tensor(2.65))

    def embed_motion(self, rows: Tensor, frames: Tensor) -> Tensor:
        """Points of rows [B, T, 263] (metres and radians, padded) of `frames` [B] frames each, at least four."""
        side = self.side(rows, frames)
        values = _padded_with_zero(self.normalized(rows).transpose(1, 2), frames)
        for halving in (self.movement[:3], self.movement[3:]):
            frames = frames // 2
            values = _padded_with_zero(halving(values), frames)  # or else biases would seep in from the padding
        what: Tensor = self.motion.point(self.motion.states(values.transpose(1, 2), frames))
        return torch.cat([what, side], dim=-1)

    def embed_text(self, features: TextFeatures) -> Tensor:
        """Points of texts."""
        states = self.text.states(self.word(features.words), features.word_known.sum(1))
        return torch.cat([self.text.point(states), self.said_side(features.words, features.word_known)], dim=-1)

    def normalized(self, rows: Tensor) -> Tensor:
        """Rows [B, T, 263] as what the networks read [B, T, 259]."""
        return (rows[..., :MOTION_COLUMNS] - self.mean) / self.std

    def fit_movement(self, motions: Sequence[np.ndarray]) -> None:
        """Scale movement features by real motions."""
        pieces = [piece for piece in cut(motions)[0] if len(piece) == WINDOW]
        self.coder.fit(stacked(pieces, self.mean, self.std))


class _SequenceEncoder(nn.Module):
    """A bidirectional GRU whose last states, and the mean of all, become a point."""

    def __init__(self, inputs: int, width: int, space: int, dropout: float) -> None:
        super().__init__()
        self.inputs = nn.Sequential(nn.Linear(inputs, width), nn.LayerNorm(width))
        self.start = nn.Parameter(torch.zeros(2, 1, width))
        self.gru = nn.GRU(width, width, batch_first=True, bidirectional=True)
        self.head = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(4 * width, 2 * width),
            nn.LayerNorm(2 * width),
            nn.LeakyReLU(_SLOPE),
            nn.Dropout(dropout),
            nn.Linear(2 * width, space),
        )

    def states(self, values: Tensor, counts: Tensor) -> Tensor:
        """What is known of sequences [B, L, D] of `counts` [B] entries: [B, 4 * width]."""
        packed = pack_padded_sequence(self.inputs(values), counts.cpu(), batch_first=True, enforce_sorted=False)
        states, last = self.gru(packed, self.start.expand(-1, len(values), -1).contiguous())
        whole, _ = nn.utils.rnn.pad_packed_sequence(states, batch_first=True)
        mean = whole.sum(1) / counts[:, None].to(whole)
        return torch.cat([last[0], last[1], mean], dim=-1)

    def point(self, states: Tensor) -> Tensor:
        """Where the states point: [B, space], of length one."""
        return F.normalize(self.head(states).float(), dim=-1)


@torch.inference_mode()
def motion_points(evaluator: Evaluator, motions: Sequence[np.ndarray], batch: int = 64) -> np.ndarray:
    """Points float64 [N, space + sides] of motions given as rows [T, 263]."""
    points = np.empty((len(motions), evaluator.config.space + evaluator.config.sides))
    order = sorted(range(len(motions)), key=lambda i: len(motions[i]))
    for start in range(0, len(order), batch):
        part = order[start : start + batch]
        rows, frames = pad_rows([motions[i] for i in part])
        points[part] = evaluator.embed_motion(rows, frames).double().numpy()
    return points


@torch.inference_mode()
def text_points(evaluator: Evaluator, features: TextFeatures) -> np.ndarray:
    """Points float64 [N, space + sides] of texts."""
    return evaluator.embed_text(features).double().numpy()


def movement_pieces(evaluator: Evaluator, motions: Sequence[np.ndarray]) -> Pieces:
    """Movement features of motions given as rows [T, 263], for FID."""
    return measure_pieces(evaluator.coder, evaluator.mean, evaluator.std, motions)


def pad_rows(motions: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
    """Motions [T, 263] as one padded tensor [B, T, 263], and their frames [B]."""
    frames = [len(rows) for rows in motions]
    whole = np.zeros((len(motions), max(frames), motions[0].shape[1]), dtype=np.float32)
    for i, rows in enumerate(motions):
        whole[i, : len(rows)] = rows
    return torch.from_numpy(whole), torch.tensor(frames)


def save_evaluator(path: Path, evaluator: Evaluator, figures: dict[str, float]) -> None:
    """Write the network in half precision, and beside it a .json with its sha256, sizes and figures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {name: value.half().contiguous() for name, value in evaluator.state_dict().items()}
    for name, value in evaluator.named_buffers():  # velocities of a thousandth of a metre need the whole precision
        state[name] = value.contiguous()
    save_file(state, path, {_CONFIG: json.dumps(asdict(evaluator.config), sort_keys=True)})
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    facts = {"file": path.name, "sha256": digest, "config": asdict(evaluator.config), "figures": figures}
    path.with_suffix(".json").write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def begin_from(evaluator: Evaluator, path: Path) -> None:
    """Take over every weight of the network in `path` that fits; what it lacks stays as it was drawn."""
    try:
        state = load_file(path)
    except (OSError, SafetensorError) as error:
        raise EvaluatorError(f"{path} cannot be read ({error}). Name another evaluator file, or train anew.") from error
    own = evaluator.state_dict()
    evaluator.load_state_dict({n: v for n, v in state.items() if n in own and v.shape == own[n].shape}, strict=False)


def load_evaluator(path: Path) -> Evaluator:
    """The network in `path`; raises EvaluatorError if it is missing, not whole or of another kind."""
    try:
        _check_digest(path)
        with safe_open(path, "pt") as stored:
            config = EvaluatorConfig(**json.loads(stored.metadata()[_CONFIG]))
            state: dict[str, Any] = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
        evaluator = Evaluator(config)
        evaluator.load_state_dict(state)
    except (OSError, SafetensorError, KeyError, TypeError, RuntimeError) as error:
        raise EvaluatorError(
            f"{path} is not an evaluator file ({error}). Train one with: mmm-engine train evaluator."
        ) from error
    return evaluator.eval()


def _check_digest(path: Path) -> None:
    facts = path.with_suffix(".json")
    if facts.is_file():
        wanted = json.loads(facts.read_text(encoding="utf-8"))["sha256"]
        if hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            raise EvaluatorError(f"{path} is not the file that {facts.name} describes. Get both again, or train anew.")


def _padded_with_zero(values: Tensor, frames: Tensor) -> Tensor:
    """Values [B, D, T] with zeros from `frames` [B] on."""
    known = torch.arange(values.shape[2], device=values.device)[None] < frames[:, None]
    return values * known[:, None]


def _columns(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(values[:MOTION_COLUMNS], dtype=np.float32).copy())
