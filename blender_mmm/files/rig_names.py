"""How a rig is named on the command line. Needs no Blender."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .errors import FileError

RIGIFY: Final = "rigify"
MIXAMO: Final = "mixamo"
_SUFFIX: Final = ".blend"


@dataclass(frozen=True)
class RigFile:
    """An armature in a file; without a name the only or the active one."""

    path: Path
    object_name: str | None


def to_rig_file(text: str) -> RigFile:
    """FILE.blend or FILE.blend:OBJECT as its parts; raises FileError for anything else."""
    split = text.lower().rfind(f"{_SUFFIX}:")
    if split >= 0 and not Path(text).is_file():
        end = split + len(_SUFFIX)
        return RigFile(Path(text[:end]), text[end + 1 :] or None)
    if not text.lower().endswith(_SUFFIX):
        raise FileError(f"The rig {text!r} is unknown. Give {RIGIFY}, {MIXAMO}, FILE.blend or FILE.blend:OBJECT.")
    return RigFile(Path(text), None)


def check_rig(text: str) -> None:
    """Raise FileError if `text` cannot be a rig; needs no scene."""
    if text in (RIGIFY, MIXAMO):
        return
    path = to_rig_file(text).path
    if not path.is_file():
        raise FileError(f"There is no file {path} to take a rig from. Check the name.")
