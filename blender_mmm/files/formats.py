"""Which file goes through which writer: by its suffix. Needs no Blender until something is written."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, cast

from .errors import FileError
from .whole_file import check_writable

if TYPE_CHECKING:
    from .outcome import Outcome

#: Suffix -> module of this room. Each has write(outcome, path) and check_ready().
WRITERS: Final = {
    ".blend": "blend_file",
    ".glb": "glb_file",
    ".fbx": "fbx_file",
    ".bvh": "bvh_file",
    ".npz": "clip_npz",
    ".png": "contact_sheet",
    ".mp4": "film",
    ".gif": "animated_gif",
}


class Writer(Protocol):
    """What a module of a format offers."""

    def check_ready(self) -> None:
        """Raise FileError if a package it needs is missing."""

    def write(self, outcome: Outcome, path: Path) -> None:
        """Write the file, whole or not at all; raises FileError."""


def check_outputs(paths: Sequence[Path]) -> None:
    """Raise FileError with a sentence if one of `paths` cannot become a file; changes nothing."""
    for number, path in enumerate(paths):
        if path.suffix.lower() not in WRITERS:
            known = ", ".join(WRITERS)
            told = f"ends in {path.suffix}, which is none" if path.suffix else "has no ending; it must have one"
            raise FileError(f"{path} {told} of the formats that can be written: {known}.")
        if path.absolute() in [other.absolute() for other in paths[:number]]:
            raise FileError(f"{path} is named twice. Name every file once.")
        check_writable(path)


def get_writer(path: Path) -> Writer:
    """The writer for the suffix of `path`, one of WRITERS; raises FileError if a package it needs is missing."""
    module = importlib.import_module(f".{WRITERS[path.suffix.lower()]}", __package__)
    writer = cast(Writer, module)
    writer.check_ready()
    return writer
