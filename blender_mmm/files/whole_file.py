"""Files appear whole or not at all: written beside, then renamed."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .errors import FileError

#: What a full disk, quota or size limit is called.
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN: Final = (errno.EACCES, errno.EPERM, errno.EROFS)
#: Blender's operators tell only in words.
_FULL_WORDS: Final = ("no space left", "disk full", "file too large", "quota", "errno 28", "errno 27")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path in the folder of `path`, with its suffix, to write to; it becomes `path` if all goes well.

    The same folder, so that relative paths inside the file hold. Raises FileError when the place cannot be
    written to or the disk is full; then nothing is left behind.
    """
    check_writable(path)
    beside = path.with_name(f"~{path.stem[:80]}-{secrets.token_hex(4)}{path.suffix}")
    try:
        yield beside
        _flush(beside)
        beside.replace(path)
    except OSError as error:
        raise FileError(to_sentence(path, error)) from error
    except RuntimeError as error:  # what Blender's operators raise
        if isinstance(error, FileError):
            raise
        raise FileError(_operator_sentence(path, str(error))) from error
    finally:
        beside.unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Raise FileError with a sentence if no file can be put at `path`. Leaves nothing behind."""
    try:
        _check_place(path)
        probe = path.with_name(f"~{secrets.token_hex(8)}")
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise FileError(to_sentence(path, error)) from error


def _check_place(path: Path) -> None:
    folder = path.parent
    if not folder.is_dir():
        raise FileError(f"There is no folder {folder} for {path.name}. Make it first, or choose another place.")
    if path.is_dir():
        raise FileError(f"{path} is a folder. Give the name of a file.")
    if path.exists() and not os.access(path, os.W_OK):
        raise FileError(f"{path} is there already and may not be written to. Choose another name.")


def to_sentence(path: Path, error: OSError) -> str:
    """What `error` means for the user who wanted `path`."""
    if error.errno in _FULL:
        return f"{path} could not be written: the disk is full. Free some space or choose another place."
    if error.errno in _FORBIDDEN:
        return f"{path} could not be written: no permission to write in {path.parent}. Choose another place."
    if error.errno == errno.ENAMETOOLONG:
        return f"{path.name[:40]}... could not be written: the name is too long. Choose a shorter one."
    return f"{path} could not be written: {error.strerror or error}."


def _operator_sentence(path: Path, said: str) -> str:
    """The same for the words of a Blender operator."""
    if any(word in said.lower() for word in _FULL_WORDS):
        return to_sentence(path, OSError(errno.ENOSPC, ""))
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("Location:")]
    reason = lines[-1].removeprefix("Error: ").rstrip(".") if lines else "Blender gave no reason"
    return f"{path} could not be written: {reason}."


def _flush(path: Path) -> None:
    """Bring a file to the disk: a full one may tell only now."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError as error:
        raise FileError(f"{path.name} could not be written: nothing came out.") from error
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
