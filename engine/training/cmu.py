"""Reader of the CMU motion set's files (format: see the data set's own README).

A shard is an xz stream of 24-bit numbers in three byte planes, [69, frames]: root position in
0.1 mm, then 22 rotation vectors in 0.0004 rad, both differenced twice in time and zigzag coded.
"""

from __future__ import annotations

import csv
import json
import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from ..motion.clip import MotionClip
from ..motion.rotations import continuous, normalize
from ..motion.skeleton import CONTACT_JOINTS, JOINT_COUNT, MODEL_FPS

_ROWS: Final = 3 + 3 * JOINT_COUNT
_METRES: Final = 1e-4
_RADIANS: Final = 4e-4
_MOST_OF_TAKE: Final = 0.7
#: Performers whose lines leave out what they stand on.
_SKATERS: Final = frozenset({"134"})
_RUN_TOGETHER: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
_TAKE_NUMBER: Final = re.compile(r"(?<=[A-Za-z])\d+$")


class DataError(ValueError):
    """The data set cannot be read; the message says what is missing."""


@dataclass(frozen=True)
class Caption:
    """A sentence about the part [start, stop) of a clip, seconds from the clip's start."""

    text: str
    start: float
    stop: float


@dataclass(frozen=True)
class Source:
    """One clip or further stretch of the data set."""

    name: str
    split: str  # train, val, or extra for motion without captions of its own
    flags: frozenset[str]
    clip: MotionClip
    captions: tuple[Caption, ...]


def read_sources(folder: Path, splits: frozenset[str]) -> Iterator[Source]:
    """All clips of `splits` (train, val, test, extra) in file order."""
    segments = _table(folder / "segments.csv")
    captions, described = _captions(folder), _descriptions(folder)
    wanted: dict[str, list[dict[str, str]]] = {}
    for row in _table(folder / "clips.csv"):
        if row["split"] in splits:
            wanted.setdefault(row["segment"], []).append(row)
    for shard in dict.fromkeys(row["shard"] for row in segments):
        rows = [row for row in segments if row["shard"] == shard]
        whole = shard == "extra" and "extra" in splits
        if whole or any(row["name"] in wanted for row in rows):
            motions = _decode(folder / f"{shard}.xz", [int(row["frames"]) for row in rows])
            for row, motion in zip(rows, motions, strict=True):
                if whole:
                    yield Source(row["name"], "extra", _flags(row), motion, _said_of_take(row, described))
                for entry in wanted.get(row["name"], []):
                    part = _cut(motion, int(entry["start_frame"]), int(entry["end_frame"]))
                    yield Source(entry["id"], entry["split"], _flags(entry), part, captions.get(entry["id"], ()))


def _decode(path: Path, frames: list[int]) -> Iterator[MotionClip]:
    try:
        raw = np.frombuffer(lzma.decompress(path.read_bytes()), dtype=np.uint8)
    except (OSError, lzma.LZMAError) as error:
        raise DataError(f"{path} cannot be read: {error}. Point --data at the folder that holds the set.") from error
    if raw.size != 3 * _ROWS * sum(frames):
        raise DataError(f"{path} and segments.csv do not belong together.")
    planes = raw.reshape(3, _ROWS, sum(frames))
    start = 0
    for count in frames:
        yield _motion(planes[:, :, start : start + count].astype(np.int64))
        start += count


def _motion(planes: np.ndarray) -> MotionClip:
    coded = planes[0] | planes[1] << 8 | planes[2] << 16
    steps = (coded >> 1) ^ -(coded & 1)
    values = steps.T.cumsum(0).cumsum(0)
    vectors = (values[:, 3:] * _RADIANS).reshape(len(values), JOINT_COUNT, 3)
    angle = np.linalg.norm(vectors, axis=-1, keepdims=True)
    quaternions = np.concatenate([np.cos(angle / 2), vectors * np.sinc(angle / (2 * np.pi)) / 2], axis=-1)
    contacts = np.zeros((len(values), len(CONTACT_JOINTS)))
    return MotionClip(values[:, :3] * _METRES, continuous(normalize(quaternions)), contacts)


def _cut(clip: MotionClip, start: int, stop: int) -> MotionClip:
    part = slice(start, stop)
    return MotionClip(clip.root[part], clip.rotations[part], clip.contacts[part], clip.fps)


def _captions(folder: Path) -> dict[str, tuple[Caption, ...]]:
    data = json.loads((folder / "captions.json").read_text(encoding="utf-8"))
    return {
        name: tuple(Caption(str(c["caption"]), float(c["start_s"]), float(c["end_s"])) for c in entries)
        for name, entries in data.items()
    }


def _descriptions(folder: Path) -> dict[str, str]:
    return {row["take"]: row["description"].strip() for row in _table(folder / "descriptions.csv")}


def _said_of_take(segment: dict[str, str], described: dict[str, str]) -> tuple[Caption, ...]:
    """The recordists' own line on the take, where it holds for this stretch of it.

    A list of actions ("sit, stand up") is true of the whole take only, a single one ("salsa dance") of any part.
    """
    text, frames = described.get(segment["take"], ""), int(segment["frames"])
    if not text or ("," in text and frames < _MOST_OF_TAKE * int(segment["take_frames"])):
        return ()
    if segment["take"].split("_")[0] in _SKATERS:
        text = f"skateboarding: {text}"
    return (Caption(_in_words(text), 0.0, frames / MODEL_FPS),)


def _in_words(line: str) -> str:
    """The words of a line, also of one that is a file's name ("Left_SpinReach001"): sides in it must be words."""
    return " ".join(_RUN_TOGETHER.sub(" ", _TAKE_NUMBER.sub("", line)).split())


def _flags(row: dict[str, str]) -> frozenset[str]:
    return frozenset(row["flags"].replace(";", " ").replace(",", " ").split())


def _table(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error}. Point --data at the folder that holds the set.") from error
