"""Files appear whole or not at all: written beside, then renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import FileError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path beside `path`, with its suffix, to write to; it becomes `path` if all goes well.

    Raises FileError when the place cannot be written to or the disk is full.
    """
    check_writable(path)
    with tempfile.TemporaryDirectory(prefix=f".{path.stem[:40]}-", dir=path.parent) as folder:
        beside = Path(folder) / path.name
        try:
            yield beside
            if not beside.is_file():
                raise FileError(f"{path} could not be written: nothing came out.")
            _flush(beside)
            beside.replace(path)
        except OSError as error:
            raise FileError(to_sentence(path, error)) from error


def check_writable(path: Path) -> None:
    """Raise FileError with a sentence if no file can be put at `path`. Leaves nothing behind."""
    folder = path.parent
    if not folder.is_dir():
        raise FileError(f"There is no folder {folder} for {path.name}. Make it first, or choose another place.")
    if path.is_dir():
        raise FileError(f"{path} is a folder. Give the name of a file.")
    if path.exists() and not os.access(path, os.W_OK):
        raise FileError(f"{path} is there already and may not be written to. Choose another name.")
    try:
        with tempfile.TemporaryDirectory(prefix=".mmm-", dir=folder):
            pass
    except OSError as error:
        raise FileError(to_sentence(path, error)) from error


def to_sentence(path: Path, error: OSError) -> str:
    """What `error` means for the user who wanted `path`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{path} could not be written: the disk is full. Free some space or choose another place."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path} could not be written: no permission to write in {path.parent}. Choose another place."
    if error.errno == errno.ENAMETOOLONG:
        return f"{path} could not be written: the name is too long."
    reason = error.strerror or str(error)
    return f"{path} could not be written: {reason}."


def _flush(path: Path) -> None:
    """Bring a file to the disk: a full one may tell only now."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        with contextlib.suppress(NotImplementedError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
