"""A motion out of an .npz that `mmm generate`, `mmm-engine generate` or a script wrote."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from ..engine_door import clip as clips
from ..engine_door import rotations, skeleton
from ..retarget.from_rig import detect_contacts
from .errors import FileError

SUFFIX: Final = ".npz"


@dataclass(frozen=True)
class StoredMotion:
    """A motion and what was asked for when it was made, where the file tells."""

    clip: clips.MotionClip
    text: str
    seed: int


def read(path: Path) -> StoredMotion:
    """The motion in `path`: arrays root [T, 3] m and rotations [T, 22, 4] wxyz; contacts, fps, text, seed if there.

    Raises FileError when there is no such file, or no motion in it.
    """
    if not path.is_file():
        raise FileError(f"There is no file {path}. Check the name.")
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, zipfile.BadZipFile, EOFError, AttributeError) as error:
        raise FileError(f"{path} cannot be read as {SUFFIX}: {error}. Give a file that mmm generate wrote.") from error
    lost = [name for name in ("root", "rotations") if name not in arrays]
    if lost:
        raise FileError(f"{path} holds no motion: the array {' and '.join(lost)} is missing.")
    try:
        return StoredMotion(_to_clip(arrays), str(arrays.get("text", "")), int(arrays.get("seed", 0)))
    except (clips.ClipError, TypeError, ValueError) as error:
        raise FileError(f"{path} holds no usable motion: {error}") from error


def _to_clip(arrays: dict[str, np.ndarray]) -> clips.MotionClip:
    root = np.asarray(arrays["root"], dtype=np.float64)
    turns = np.asarray(arrays["rotations"], dtype=np.float64)
    fps = float(arrays.get("fps", skeleton.MODEL_FPS))
    plain = clips.MotionClip(root, turns, np.zeros((len(root), len(skeleton.CONTACT_JOINTS))), fps)
    turns = rotations.continuous(rotations.normalize(plain.rotations))
    if (np.linalg.norm(turns, axis=-1) < 0.5).any():
        raise ValueError("a rotation is zero.")
    contacts = np.asarray(arrays["contacts"], dtype=np.float64) if "contacts" in arrays else None
    return clips.MotionClip(root, turns, detect_contacts(root, turns, fps) if contacts is None else contacts, fps)
