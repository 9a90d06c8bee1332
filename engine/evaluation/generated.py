"""Motions made for many prompts, kept on disk so that measuring again costs nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from tqdm import tqdm

from ..features.representation import rows_from_clip
from ..motion.clip import MotionClip
from ..motion.kinematics import forward_kinematics
from ..motion.skeleton import MODEL_FPS
from ..protocol.requests import GenerateRequest
from .prompts import Prompt

if TYPE_CHECKING:
    from ..pipeline import MotionPipeline

#: Motions made at once: on two cores more gain nothing.
_BATCH: Final = 16
#: Seeds of one sitting lie this far from those of the next.
_SEED_STEP: Final = 100_003


@dataclass(frozen=True)
class MotionBatch:
    """Motions one after the other, as decoded rows and as the clips that these mean."""

    rows: np.ndarray  # float32 [N, 263], metres and radians
    root: np.ndarray  # float32 [N, 3] m
    rotations: np.ndarray  # float32 [N, 22, 4] wxyz
    frames: np.ndarray  # int64 [motions]

    def __len__(self) -> int:
        return len(self.frames)

    def parts(self) -> list[slice]:
        """Where each motion lies."""
        ends = np.cumsum(self.frames)
        return [slice(int(end - count), int(end)) for end, count in zip(ends, self.frames, strict=True)]

    def decoded_rows(self) -> list[np.ndarray]:
        """Rows [T, 263] of each motion as the network decoded them; some of their columns never become motion."""
        return [self.rows[part] for part in self.parts()]

    def motion_rows(self) -> list[np.ndarray]:
        """Rows [T - 1, 263] of each motion as an animator gets it: of its clip, every column true of the same pose."""
        return [rows_from_clip(clip).astype(np.float32) for clip in self.clips()]

    def joints(self) -> list[np.ndarray]:
        """Joints [T, 22, 3] (m) of each motion: forward kinematics of what an animator gets."""
        whole = forward_kinematics(self.root.astype(np.float64), self.rotations.astype(np.float64))
        return [whole[part] for part in self.parts()]

    def clips(self) -> list[MotionClip]:
        """Each motion as a clip; contacts as the rows tell them."""
        return [
            MotionClip(
                self.root[part].astype(np.float64),
                self.rotations[part].astype(np.float64),
                np.clip(self.rows[part, -4:].astype(np.float64), 0.0, 1.0),
            )
            for part in self.parts()
        ]


def generate_all(
    pipeline: MotionPipeline, prompts: Sequence[Prompt], sitting: int, folder: Path, identity: str
) -> MotionBatch:
    """A motion for every prompt with the lengths of the real ones, read from `folder` if made before.

    identity: what the motions depend on beside prompts and sitting (weights, decoding options).
    """
    digest = hashlib.sha256(json.dumps([identity, sitting, [asdict(p) for p in prompts]]).encode()).hexdigest()
    path = folder / f"generated-{sitting}-{digest[:12]}.npz"
    if not path.is_file():
        write_batch(path, _generate(pipeline, prompts, sitting))
    return read_batch(path)


def _generate(pipeline: MotionPipeline, prompts: Sequence[Prompt], sitting: int) -> MotionBatch:
    # Sorted by length a batch has little padding.
    order = sorted(range(len(prompts)), key=lambda i: prompts[i].frames)
    motions: dict[int, tuple[np.ndarray, MotionClip]] = {}
    for start in tqdm(range(0, len(order), _BATCH), desc=f"generating, sitting {sitting}", unit="batch"):
        part = order[start : start + _BATCH]
        requests = [
            GenerateRequest(prompts[i].text, prompts[i].frames / MODEL_FPS, sitting * _SEED_STEP + i) for i in part
        ]
        for i, motion in zip(part, pipeline.generate(requests), strict=True):
            motions[i] = (motion.features, motion.clip)
    return pack([motions[i] for i in range(len(prompts))])


def pack(motions: Sequence[tuple[np.ndarray, MotionClip]]) -> MotionBatch:
    """Rows and clips, one after the other."""
    return MotionBatch(
        np.concatenate([rows for rows, _ in motions]).astype(np.float32),
        np.concatenate([clip.root for _, clip in motions]).astype(np.float32),
        np.concatenate([clip.rotations for _, clip in motions]).astype(np.float32),
        np.array([len(clip) for _, clip in motions], dtype=np.int64),
    )


def write_batch(path: Path, batch: MotionBatch) -> None:
    """Write `batch` as an .npz, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + "~")
    with draft.open("wb") as file:
        np.savez(file, rows=batch.rows, root=batch.root, rotations=batch.rotations, frames=batch.frames)
    draft.replace(path)


def read_batch(path: Path) -> MotionBatch:
    """The batch in an .npz that write_batch wrote."""
    with np.load(path, allow_pickle=False) as stored:
        return MotionBatch(stored["rows"], stored["root"], stored["rotations"], stored["frames"])
