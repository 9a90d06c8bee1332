"""The clip itself as .npz: numbers for scripts, at the model's own rate, before any rig."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from ..engine_door import kinematics
from .outcome import Outcome
from .whole_file import whole_file


def check_ready() -> None:
    """Needs nothing but numpy."""


def write(outcome: Outcome, path: Path) -> None:
    """joints [T, 22, 3] m, rotations [T, 22, 4] wxyz, root [T, 3] m, contacts [T, 4], fps, text, seed; y up."""
    clip = outcome.clip
    packed = io.BytesIO()
    np.savez(
        packed,
        joints=kinematics.forward_kinematics(clip.root, clip.rotations).astype(np.float32),
        rotations=clip.rotations.astype(np.float32),
        root=clip.root.astype(np.float32),
        contacts=clip.contacts.astype(np.float32),
        fps=np.array(clip.fps),
        text=np.array(outcome.text),
        seed=np.array(outcome.seed, dtype=np.int64),
    )
    with whole_file(path) as beside:
        beside.write_bytes(packed.getvalue())
