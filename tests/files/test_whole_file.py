"""A file is there whole or not at all, and the user is told why."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from blender_mmm.files.errors import FileError
from blender_mmm.files.whole_file import check_writable, whole_file


def test_the_file_appears_with_what_was_written(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a.npz") as beside:
        assert beside.suffix == ".npz" and beside.parent == tmp_path
        beside.write_bytes(b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["a.npz"]
    assert (tmp_path / "a.npz").read_bytes() == b"new"


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
        (OSError(errno.EFBIG, "File too large"), "disk is full"),
        (OSError(errno.EACCES, "Permission denied"), "permission"),
        (RuntimeError("Error: Cannot open file: No space left on device\n"), "disk is full"),
        (RuntimeError("Error: Something else broke\n"), "Something else broke"),
    ],
)
def test_a_failure_keeps_the_old_file_and_leaves_nothing(tmp_path: Path, error: Exception, word: str) -> None:
    path = tmp_path / "a.blend"
    path.write_bytes(b"old")
    with pytest.raises(FileError, match=word), whole_file(path) as beside:
        beside.write_bytes(b"half")
        raise error
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.blend"]


def test_nothing_written_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="nothing came out"), whole_file(tmp_path / "a.glb"):
        pass


def test_places_that_take_no_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no folder"):
        check_writable(tmp_path / "none" / "a.png")
    with pytest.raises(FileError, match="is a folder"):
        check_writable(tmp_path)
    with pytest.raises(FileError, match="too long"):
        check_writable(tmp_path / ("x" * 5000))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(FileError, match="permission"):
            check_writable(tmp_path / "a.png")
    finally:
        tmp_path.chmod(0o700)
