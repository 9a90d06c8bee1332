"""The open scene as a Blender file, and a Blender file as the open scene."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final

import bpy

from .errors import FileError
from .outcome import Outcome
from .quiet import quiet_output
from .whole_file import whole_file

_LAST_BLOCK: Final = b"ENDB"
_TAIL: Final = 256  # bytes, more than a block header of any version


def check_ready() -> None:
    """Needs nothing but Blender."""


def write(outcome: Outcome, path: Path) -> None:
    """A copy of the whole open file with the motion in it."""
    with whole_file(path) as beside:
        with quiet_output():
            bpy.ops.wm.save_as_mainfile(
                filepath=str(beside.absolute()), copy=True, check_existing=False, compress=False
            )
        _check_end(beside)


def _check_end(path: Path) -> None:
    """Blender 5.2 does not tell when the disk filled up at the end: look for the last block of the file."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        if _LAST_BLOCK not in file.read():
            raise OSError(errno.ENOSPC, "the file is cut off")


def read(path: Path) -> None:
    """Open `path` in place of the open file, without its window layout and without running its scripts."""
    if not path.is_file():
        raise FileError(f"There is no file {path}. Check the name.")
    try:
        with quiet_output():
            bpy.ops.wm.open_mainfile(filepath=str(path.absolute()), load_ui=False, use_scripts=False)
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1].removeprefix("Error: ").rstrip(".")
        raise FileError(f"{path} cannot be opened: {reason}. Is it a Blender file of this version or older?") from error
