"""What `mmm fill`, `mmm part` and `mmm loop` have in common: a file, an armature in it, ranges, and a file to write."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..engine_door import requests
from ..files.errors import FileError
from ..files.whole_file import check_writable
from .engine_options import EngineOptions, add_engine_arguments, to_engine_options
from .errors import CommandError

BLEND: Final = ".blend"
DEFAULT_BLEND: Final = 5  # frames
_RANGE: Final = re.compile(r"^\s*([+-]?\d{1,9})\s*:\s*([+-]?\d{1,9})\s*$")
_RANGE_OPTION: Final = "--range"

Span = tuple[int, int]  # half-open scene frames


@dataclass(frozen=True)
class EditOptions:
    """A checked command, but for what only it has."""

    source: Path
    armature: str | None  # None: the only or the active one
    out: Path
    ranges: tuple[Span, ...]
    blend_frames: int
    keep_hand_keys: bool
    reduce_error: float | None
    seed: int
    takes: int
    engine: EngineOptions


def add_edit_arguments(parser: argparse.ArgumentParser, several: bool) -> None:
    """The arguments all three share; several: whether --range may be given more than once."""
    parser.add_argument("file", type=Path, metavar="IN.blend", help="the file to read; it is not changed")
    parser.add_argument("--armature", metavar="NAME", help="which one, if there are several")
    more = ", may be given several times" if several else ""
    parser.add_argument(
        _RANGE_OPTION,
        action="append",
        required=True,
        dest="ranges",
        metavar="A:B",
        help=f"frames of the scene, A included, B not{more}",
    )
    parser.add_argument("--out", required=True, type=Path, metavar="OUT.blend", help="the file to write")
    parser.add_argument(
        "--blend",
        type=int,
        default=DEFAULT_BLEND,
        metavar="N",
        help=f"frames over which new and old go over into each other (default {DEFAULT_BLEND})",
    )
    parser.add_argument("--keep-hand-keys", action="store_true", help="keep keys that were not generated")
    parser.add_argument(
        "--reduce", type=float, metavar="E", help="take out keys as long as curves are off by E at most"
    )
    add_engine_arguments(parser)


def to_edit_options(arguments: argparse.Namespace, several: bool) -> EditOptions:
    """The checked values; raises CommandError or FileError."""
    _check_files(arguments.file, arguments.out)
    ranges = tuple(to_span(text) for text in arguments.ranges)
    if not several and len(ranges) > 1:
        raise CommandError("Give one --range; this command works on one.")
    if arguments.blend < 0:
        raise CommandError(f"The number of frames to blend over must be 0 or more, not {arguments.blend}.")
    if arguments.reduce is not None and not 0 <= arguments.reduce < float("inf"):
        raise CommandError(f"The error of reduced curves must be 0 or more, not {arguments.reduce:g}.")
    requests.GenerateRequest("checked elsewhere", None, arguments.seed, arguments.takes).checked()
    return EditOptions(
        arguments.file,
        arguments.armature,
        arguments.out,
        ranges,
        arguments.blend,
        arguments.keep_hand_keys,
        arguments.reduce,
        arguments.seed,
        arguments.takes,
        to_engine_options(arguments),
    )


def to_span(text: str) -> Span:
    """ "A:B" as half-open scene frames; raises CommandError."""
    match = _RANGE.match(text)
    if match is None:
        raise CommandError(
            f"{text!r} is no range of frames. Give the first frame and the one after the last, as in 10:34."
        )
    start, stop = int(match[1]), int(match[2])
    if start >= stop:
        raise CommandError(f"The range {text} is empty: the second number is the first frame that is kept.")
    return start, stop


def join_ranges(arguments: Sequence[str]) -> list[str]:
    """Typed words with every range tied to its --range, since a negative frame looks like another option."""
    joined: list[str] = []
    for word in arguments:
        if joined and joined[-1] == _RANGE_OPTION and _RANGE.match(word):
            joined[-1] = f"{_RANGE_OPTION}={word}"
        else:
            joined.append(word)
    return joined


def _check_files(source: Path, out: Path) -> None:
    for path in (source, out):
        if path.suffix.lower() != BLEND:
            raise CommandError(f"{path} is no Blender file; it must end in {BLEND}.")
    if not source.is_file():
        raise FileError(f"There is no file {source}. Check the name.")
    check_writable(out)
