"""The published text-to-motion evaluator, for those who have its files: the field's figures on the field's scale.

Names and sizes of the entries follow the published checkpoint (finest.tar), so that it loads as it is. Nothing is
unpickled: the checkpoint is read as tensors only, and the word list by looking at its string opcodes.
Source: Guo et al., CVPR 2022.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from pickletools import genops
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from ..features.representation import ROTATIONS, ROW_SIZE
from ..motion.skeleton import FRAMES_PER_TOKEN
from .evaluator import MOTION_COLUMNS, EvaluatorError
from .movement import Pieces

CHECKPOINT: Final = "finest.tar"
WORDS: Final = "our_vab_words.pkl"
VECTORS: Final = "our_vab_data.npy"
MEAN, STD = "mean.npy", "std.npy"
_FILES: Final = (CHECKPOINT, WORDS, VECTORS, MEAN, STD)
_TAGGER: Final = "spacy"
WORD_SIZE, POS_SIZE, POINT_SIZE = 300, 15, 512
_SLOPE: Final = 0.2


class MovementEncoder(nn.Module):
    """Rows [B, T, 259] -> a movement code [B, T / 4, 512]."""

    def __init__(self, inputs: int = MOTION_COLUMNS, width: int = 512, outputs: int = 512) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv1d(inputs, width, 4, 2, 1),
            nn.Dropout(0.2),
            nn.LeakyReLU(_SLOPE),
            nn.Conv1d(width, outputs, 4, 2, 1),
            nn.Dropout(0.2),
            nn.LeakyReLU(_SLOPE),
        )
        self.out_net = nn.Linear(outputs, outputs)

    def forward(self, rows: Tensor) -> Tensor:
        codes: Tensor = self.out_net(self.main(rows.transpose(1, 2)).transpose(1, 2))
        return codes


class _BothWays(nn.Module):
    """A bidirectional GRU whose last states become a point."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.input_emb = nn.Linear(inputs, width)
        self.gru = nn.GRU(width, width, batch_first=True, bidirectional=True)
        self.output_net = nn.Sequential(
            nn.Linear(2 * width, width), nn.LayerNorm(width), nn.LeakyReLU(_SLOPE), nn.Linear(width, POINT_SIZE)
        )
        self.hidden = nn.Parameter(torch.zeros(2, 1, width))

    def read(self, values: Tensor, counts: Tensor) -> Tensor:
        """Points [B, 512] of sequences [B, L, D] of `counts` [B] entries."""
        packed = pack_padded_sequence(self.input_emb(values), counts.cpu(), batch_first=True, enforce_sorted=False)
        _, last = self.gru(packed, self.hidden.repeat(1, len(values), 1))
        point: Tensor = self.output_net(torch.cat([last[0], last[1]], dim=-1))
        return point


class MotionEncoder(_BothWays):
    """Movement codes [B, L, 512] -> points [B, 512]."""

    def __init__(self) -> None:
        super().__init__(512, 1024)

    def forward(self, codes: Tensor, counts: Tensor) -> Tensor:
        return self.read(codes, counts)


class TextEncoder(_BothWays):
    """Word vectors [B, L, 300] and kinds of word [B, L, 15] -> points [B, 512]."""

    def __init__(self) -> None:
        super().__init__(WORD_SIZE, 512)
        self.pos_emb = nn.Linear(POS_SIZE, WORD_SIZE)

    def forward(self, words: Tensor, kinds: Tensor, counts: Tensor) -> Tensor:
        return self.read(words + self.pos_emb(kinds), counts)


class OfficialEvaluator(nn.Module):
    """The three networks of the published checkpoint, under its own names."""

    def __init__(self) -> None:
        super().__init__()
        self.movement_encoder = MovementEncoder()
        self.motion_encoder = MotionEncoder()
        self.text_encoder = TextEncoder()

    @torch.inference_mode()
    def motion_points(self, rows: Tensor, frames: Tensor) -> Tensor:
        """Points [B, 512] of normalised rows [B, T, 263] in the published rotation convention."""
        point: Tensor = self.motion_encoder(
            self.movement_encoder(rows[..., :MOTION_COLUMNS]), frames // FRAMES_PER_TOKEN
        )
        return point


def load_official(folder: Path) -> OfficialEvaluator:
    """The published evaluator in `folder`; raises EvaluatorError naming what is missing or does not fit."""
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        raise EvaluatorError(
            f"{folder} lacks {', '.join(missing)} of the published T2M evaluator. Put its files there, or leave"
            " --official out to use the project's own evaluator."
        )
    network = OfficialEvaluator()
    try:
        stored: dict[str, Any] = torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=True)
        for name, part in network.named_children():
            part.load_state_dict(stored[name])
    except Exception as error:  # torch reports a foreign file by errors of many kinds
        raise EvaluatorError(f"{folder / CHECKPOINT} is not the published evaluator ({error}).") from error
    return network.eval()


def read_words(folder: Path) -> dict[str, np.ndarray]:
    """Word -> vector [300], from the published word list and its array."""
    kinds = {"SHORT_BINUNICODE", "BINUNICODE", "UNICODE", "BINUNICODE8"}
    names = [str(value) for code, value, _ in genops((folder / WORDS).read_bytes()) if code.name in kinds]
    vectors = np.load(folder / VECTORS, allow_pickle=False)
    if vectors.shape != (len(names), WORD_SIZE):
        raise EvaluatorError(f"{VECTORS} and {WORDS} in {folder} do not belong together; get both from one place.")
    return dict(zip(names, vectors, strict=True))


def read_normalization(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation [263] of the evaluator (not HumanML3D's own, which differ up to 25-fold)."""
    mean, std = (np.load(folder / name, allow_pickle=False) for name in (MEAN, STD))
    if mean.shape != (ROW_SIZE,) or std.shape != (ROW_SIZE,):
        raise EvaluatorError(f"{MEAN} and {STD} in {folder} must hold {ROW_SIZE} numbers each.")
    return mean, std


class OfficialScorer:
    """The published evaluator in place of the project's own, where everything it needs is there."""

    @classmethod
    def load(cls, folder: Path) -> OfficialScorer:
        """Check the files, then say what else is needed; raises EvaluatorError."""
        load_official(folder)
        read_words(folder)
        read_normalization(folder)
        if importlib.util.find_spec(_TAGGER) is None:
            raise EvaluatorError(
                "The published evaluator reads what kind each word of a caption is; that needs spaCy and its English"
                " model (pip install spacy). Install both, or leave --official out."
            )
        raise EvaluatorError(
            f"The published evaluator reads rotations (columns {ROTATIONS.start} to {ROTATIONS.stop - 1}) that are"
            " derived from positions; this version writes true rotations only, so its figures would mean nothing."
            " Leave --official out."
        )

    def motions(self, rows: Sequence[np.ndarray]) -> np.ndarray:
        """Not to be had yet: load() tells why."""
        raise NotImplementedError

    def texts(self, texts: Sequence[str]) -> np.ndarray:
        """Not to be had yet: load() tells why."""
        raise NotImplementedError

    def movements(self, rows: Sequence[np.ndarray]) -> Pieces:
        """Not to be had yet: load() tells why."""
        raise NotImplementedError
