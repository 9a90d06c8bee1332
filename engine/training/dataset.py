"""The training set as arrays, cached beside the run so that a resumed run starts at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from ..features.normalization import Normalization, measure_normalization
from ..features.representation import rows_from_clip
from ..motion.skeleton import MODEL_FPS
from .cmu import Caption, Source, read_sources

#: Motion whose pelvis leaps or whose height was guessed teaches the wrong thing.
REJECTED_FLAGS: Final = frozenset({"broken", "root_jump", "height_rebuilt"})
_SPLITS: Final = frozenset({"train", "val", "extra"})
_FORMAT: Final = 3


@dataclass(frozen=True)
class Motion:
    """Where one motion's rows lie, and what is said of it."""

    name: str
    split: str
    start: int
    stop: int  # half-open, in rows of the set
    captions: tuple[Caption, ...]  # seconds from the motion's start

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class MotionSet:
    """All rows of a data set, one motion after the other; not mirrored, not normalised."""

    rows: np.ndarray  # float32 [N, 263]
    motions: tuple[Motion, ...]

    def of_split(self, *splits: str) -> tuple[Motion, ...]:
        """The motions of the named splits."""
        return tuple(motion for motion in self.motions if motion.split in splits)

    def rows_of(self, motion: Motion) -> np.ndarray:
        """Rows [T, 263] of one motion."""
        return self.rows[motion.start : motion.stop]

    def normalization(self) -> Normalization:
        """Means and deviations over the training split."""
        parts = [self.rows_of(motion) for motion in self.of_split("train")]
        return measure_normalization(np.concatenate(parts).astype(np.float64))


def load_motion_set(folder: Path, cache: Path) -> MotionSet:
    """The CMU set in `folder` as rows; built once, then read from `cache`."""
    index, rows = cache / "motions.json", cache / "rows.npy"
    if index.is_file() and rows.is_file():
        data = json.loads(index.read_text(encoding="utf-8"))
        if data["format"] == _FORMAT:
            return MotionSet(np.load(rows, mmap_mode="r"), tuple(_from_json(entry) for entry in data["motions"]))
    return _write_cache(_build(folder), cache)


def _build(folder: Path) -> MotionSet:
    blocks: list[np.ndarray] = []
    motions: list[Motion] = []
    start = 0
    for source in read_sources(folder, _SPLITS):
        if source.flags & REJECTED_FLAGS or len(source.clip) < MODEL_FPS:
            continue
        block = rows_from_clip(source.clip).astype(np.float32)
        blocks.append(block)
        motions.append(_motion(source, start, start + len(block)))
        start += len(block)
    return MotionSet(np.concatenate(blocks), tuple(motions))


def _motion(source: Source, start: int, stop: int) -> Motion:
    return Motion(source.name, source.split, start, stop, source.captions)


def _write_cache(data: MotionSet, cache: Path) -> MotionSet:
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "rows.npy~").open("wb") as file:
        np.save(file, data.rows)
    (cache / "rows.npy~").replace(cache / "rows.npy")
    entries = [{**vars(m), "captions": [vars(c) for c in m.captions]} for m in data.motions]
    text = json.dumps({"format": _FORMAT, "motions": entries})
    (cache / "motions.json~").write_text(text, encoding="utf-8")
    (cache / "motions.json~").replace(cache / "motions.json")
    return data


def _from_json(entry: dict[str, Any]) -> Motion:
    return Motion(**{**entry, "captions": tuple(Caption(**caption) for caption in entry["captions"])})
