"""Captioned motion as tokens: what the transformer and the length predictor learn from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from ..features.mirrored_text import leads_left, mirror_text, right_first
from ..features.mirroring import mirror_rows
from ..features.normalization import Normalization
from ..models.tokenizer import Tokenizer
from ..motion.skeleton import FRAMES_PER_TOKEN, MAX_TOKENS, MODEL_FPS
from .dataset import Motion, MotionSet
from .pacing import frames_at_pace, rows_at_pace

#: The published filter keeps motions of two seconds and more.
MIN_TOKENS = 2 * MODEL_FPS // FRAMES_PER_TOKEN
#: One token more, since motions are cut from each of four starting frames.
_MIN_FRAMES = (MIN_TOKENS + 1) * FRAMES_PER_TOKEN


@dataclass(frozen=True)
class Phrase:
    """A caption and the half-open token range it describes; never one that names the left first."""

    text: str
    start: int
    stop: int
    of_twin: bool = False  # it tells of the mirror image


@dataclass(frozen=True)
class TokenizedMotion:
    """One motion, or its mirror image, cut into tokens from each of four starting frames."""

    tokens: tuple[np.ndarray, ...]  # int16 [n, columns] for each starting frame
    phrases: tuple[Phrase, ...]
    twin: tuple[np.ndarray, ...] = ()  # the same of its mirror image
    short: tuple[Phrase, ...] = ()  # clauses of its phrases, see clauses.py
    over_legs: bool = False  # its phrases tell of the upper body alone
    always_told: bool = False  # never shown without a text

    def told_by(self, phrase: Phrase) -> tuple[np.ndarray, ...]:
        """Tokens of what a phrase of this motion tells of."""
        return self.twin if phrase.of_twin else self.tokens


def tokenize_split(
    data: MotionSet,
    split: str,
    tokenizer: Tokenizer,
    normalization: Normalization,
    mirrored: bool,
    cache: Path,
    pace: float = 1.0,
) -> list[TokenizedMotion]:
    """All captioned motions of a split of at least two seconds; with mirror images if asked.

    A caption that names the left first is told mirrored, of the mirror image. Tokens are kept in `cache` under the
    tokenizer's own digest. pace: how many times as fast they are played; one that would get too short stays as it is.
    """
    long = [m for m in data.of_split(split) if m.captions and len(m) > _MIN_FRAMES]
    played = f"-{pace:g}" if pace != 1.0 else ""
    path = cache / f"tokens-{split}-2-{_digest(tokenizer)}{played}.npz"
    if not path.is_file():
        streams = [
            _shifted(_rows(data, motion, flip, pace), tokenizer, normalization)
            for motion in tqdm(long, desc=f"tokens of {split}", unit="motion")
            for flip in (False, True)
        ]
        _write_streams(path, streams)
    streams = _read_streams(path)
    return [
        TokenizedMotion(streams[2 * number + flip], _phrases(motion, flip, pace), streams[2 * number + (not flip)])
        for number, motion in enumerate(long)
        for flip in ((False, True) if mirrored else (False,))
    ]


def _rows(data: MotionSet, motion: Motion, flip: bool, pace: float) -> np.ndarray:
    rows = np.asarray(data.rows_of(motion))
    played = _pace_of(motion, pace)
    if played != 1.0:
        rows = rows_at_pace(rows, played)
    return mirror_rows(rows) if flip else rows


def _digest(tokenizer: Tokenizer) -> str:
    whole = hashlib.sha256()
    for name, value in sorted(tokenizer.state_dict().items()):
        whole.update(name.encode() + value.cpu().numpy().tobytes())
    return whole.hexdigest()[:16]


def _write_streams(path: Path, streams: list[tuple[np.ndarray, ...]]) -> None:
    counts = np.array([[len(stream) for stream in group] for group in streams])
    flat = np.concatenate([stream for group in streams for stream in group])
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".npz~")
    with draft.open("wb") as file:
        np.savez(file, counts=counts, tokens=flat)
    draft.replace(path)


def _read_streams(path: Path) -> list[tuple[np.ndarray, ...]]:
    with np.load(path) as stored:
        counts, tokens = stored["counts"], stored["tokens"]
    parts = np.split(tokens, np.cumsum(counts.ravel())[:-1])
    shifts = counts.shape[1]
    return [tuple(parts[i : i + shifts]) for i in range(0, len(parts), shifts)]


def _shifted(rows: np.ndarray, tokenizer: Tokenizer, normalization: Normalization) -> tuple[np.ndarray, ...]:
    device = tokenizer.codebooks.device
    values = torch.from_numpy(normalization.normalize(rows)).to(device)
    out = []
    for shift in range(FRAMES_PER_TOKEN):
        count = (len(rows) - shift) // FRAMES_PER_TOKEN
        window = values[shift : shift + count * FRAMES_PER_TOKEN]
        out.append(tokenizer.encode(window[None])[0].cpu().numpy().astype(np.int16))
    return tuple(out)


def _pace_of(motion: Motion, pace: float) -> float:
    return pace if frames_at_pace(len(motion), pace) > _MIN_FRAMES else 1.0


def _phrases(motion: Motion, flip: bool, pace: float) -> tuple[Phrase, ...]:
    """Captions with their ranges; one too short to learn from speaks for the shortest range allowed."""
    played = _pace_of(motion, pace)
    count = (frames_at_pace(len(motion), played) - FRAMES_PER_TOKEN + 1) // FRAMES_PER_TOKEN
    out = []
    for caption in motion.captions:
        start = int(caption.start * MODEL_FPS / played) // FRAMES_PER_TOKEN
        stop = min(count, round(caption.stop * MODEL_FPS / played / FRAMES_PER_TOKEN))
        start = max(0, min(start, count - MIN_TOKENS))
        text = mirror_text(caption.text.strip()) if flip else caption.text.strip()
        out.append(Phrase(right_first(text), start, max(stop, start + MIN_TOKENS), of_twin=leads_left(text)))
    return tuple(out)


def longest_window(phrase: Phrase) -> int:
    """Tokens of a phrase that fit the model."""
    return min(MAX_TOKENS, phrase.stop - phrase.start)
