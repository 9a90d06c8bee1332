"""Generated motions as .npz files whose bytes depend on nothing but the motion."""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from .motion.clip import MotionClip
from .motion.kinematics import forward_kinematics

SUFFIX: Final = ".npz"
#: The earliest time a zip can hold: a file made twice is the same file.
_TIME: Final = (1980, 1, 1, 0, 0, 0)


class OutputError(OSError):
    """A place where no file can be written; the message says why and what to do."""


@dataclass(frozen=True)
class ClipRecord:
    """What goes into a file: a motion and what it was asked for."""

    clip: MotionClip
    features: np.ndarray  # [T, 263] float32
    confidence: np.ndarray  # [tokens] in 0..1
    text: str
    seed: int


def npz_bytes(record: ClipRecord) -> bytes:
    """`record` as an .npz: joints [T, 22, 3] m, rotations [T, 22, 4] wxyz, root [T, 3] m, features, contacts ..."""
    clip = record.clip
    arrays = {
        "joints": forward_kinematics(clip.root, clip.rotations).astype(np.float32),
        "rotations": clip.rotations.astype(np.float32),
        "root": clip.root.astype(np.float32),
        "features": record.features.astype(np.float32),
        "contacts": clip.contacts.astype(np.float32),
        "confidence": record.confidence.astype(np.float32),
        "fps": np.array(clip.fps),
        "text": np.array(record.text),
        "seed": np.array(record.seed, dtype=np.int64),
    }
    write_array: Any = np.lib.format.write_array
    whole = io.BytesIO()
    # Stored, not compressed: the bytes must not depend on the machine's zlib.
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            write_array(member, np.asarray(array, order="C"), version=(1, 0), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _TIME), member.getvalue())
    return whole.getvalue()


def check_output(path: Path) -> None:
    """Raise OutputError now if a file cannot be written at `path` later, after the work."""
    if path.suffix.lower() != SUFFIX:
        raise OutputError(f"The name {path.name!r} must end in {SUFFIX}; for other formats use the command mmm.")
    if path.is_dir():
        raise OutputError(f"{path} is a folder; give the name of a file.")
    check_folder(path.parent)


def check_folder(folder: Path) -> None:
    """Raise OutputError unless files can be made in `folder`."""
    if not folder.is_dir():
        raise OutputError(f"The folder {folder} does not exist; create it or choose another.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"The folder {folder} cannot be written to; choose another or change its permissions.")
