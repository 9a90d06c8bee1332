"""Clips of the val split, moved to the origin and turned ahead."""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from typing import Final

import numpy as np

from blender_mmm.engine_door import clip as clips
from blender_mmm.engine_door import rotations, skeleton

#: Flags of clips whose joints flip, leap or are broken in the recording.
FLAWS: Final = {"broken", "root_jump", "joint_spike", "turn_spike", "height_rebuilt", "foot_tilt"}


def read_val_clips(folder: Path, count: int, words: str = "") -> list[tuple[str, clips.MotionClip]]:
    """`count` clips by name, spread over those whose captions hold `words` and that have no known flaw."""
    sys.path.insert(0, str(folder))
    try:
        import read_cmu
    finally:
        sys.path.remove(str(folder))
    captions = read_cmu.captions(folder)
    sound = _sound(folder)
    found = []
    for name, root, turns in read_cmu.clips(folder, "val"):
        if name in sound and any(words in str(entry["caption"]) for entry in captions.get(name, ())):
            found.append((name, to_origin(root.astype(float), rotations.normalize(turns.astype(float)))))
    step = max(1, len(found) // count)
    return found[::step][:count]


def _sound(folder: Path) -> set[str]:
    """Ids of the clips in which nothing flips or leaps."""
    with (folder / "clips.csv").open(newline="", encoding="utf-8") as file:
        return {row["id"] for row in csv.DictReader(file) if not FLAWS & set(re.split(r"\W+", row["flags"]))}


def to_origin(root: np.ndarray, turns: np.ndarray) -> clips.MotionClip:
    """The clip of root [T, 3] and rotations [T, 22, 4] that starts over the origin, facing +z."""
    back = rotations.about_y(-rotations.heading(turns[0, 0]))
    root = rotations.rotate(back, root - root[0] * [1, 0, 1])
    turns = turns.copy()
    turns[:, 0] = rotations.multiply(back, turns[:, 0])
    contacts = np.zeros((len(root), len(skeleton.CONTACT_JOINTS)))
    return clips.MotionClip(root, rotations.continuous(turns), contacts)
