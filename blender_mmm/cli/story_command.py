"""`mmm story`: a file of lines, one thing after the other, becomes one motion."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..engine_door import requests
from ..files.errors import FileError
from ..files.formats import WRITERS, check_outputs
from ..files.rig_names import check_rig
from ..jobs.story_text import to_segments, to_story_lines
from .engine_options import EngineOptions, add_engine_arguments, check_blender, to_engine_options
from .errors import CommandError
from .generate_command import add_foot_lock, checked_foot_lock, checked_fps


@dataclass(frozen=True)
class StoryOptions:
    """A checked command."""

    request: requests.StoryRequest
    outputs: tuple[Path, ...]
    rig: str | None  # None: a new character
    fps: float | None
    in_place: bool
    strips: bool
    foot_lock: float
    engine: EngineOptions


def add_parser(commands: Any) -> None:
    """The subparser; its `run` takes the parsed arguments."""
    parser = commands.add_parser("story", help="turn a list of sentences into one motion")
    parser.add_argument(
        "file",
        type=Path,
        metavar="STORY.txt",
        help="one segment a line, a length in seconds after a | where it matters; empty lines and # lines do not count",
    )
    parser.add_argument(
        "--out",
        action="append",
        required=True,
        type=Path,
        metavar="FILE",
        help=f"file to write, may be given several times; one of {' '.join(WRITERS)}",
    )
    parser.add_argument(
        "--rig",
        metavar="RIG",
        help="rigify, mixamo, FILE.blend or FILE.blend:OBJECT; without it a character is made",
    )
    parser.add_argument("--fps", type=float, metavar="F", help="frames a second (default: the opened scene's, else 24)")
    parser.add_argument("--in-place", action="store_true", help="have the character stay where it is")
    parser.add_argument("--strips", action="store_true", help="lay each segment as a strip into the NLA, too")
    add_foot_lock(parser)
    add_engine_arguments(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Check everything, then do it; raises a sentence."""
    options = to_options(arguments)
    check_blender()
    from .story_job import tell_story

    tell_story(options)


def to_options(arguments: argparse.Namespace) -> StoryOptions:
    """The checked command; raises a sentence."""
    lines = to_story_lines(_read(arguments.file))
    if not lines:
        raise CommandError(f"There is no line of text in {arguments.file}. Write what happens, one thing a line.")
    segments = to_segments(lines, arguments.seed)
    request = requests.StoryRequest(segments, None, arguments.seed, arguments.takes).checked()
    if arguments.rig is not None:
        check_rig(arguments.rig)
    check_outputs(arguments.out)
    return StoryOptions(
        request,
        tuple(arguments.out),
        arguments.rig,
        checked_fps(arguments.fps),
        arguments.in_place,
        arguments.strips,
        checked_foot_lock(arguments.foot_lock),
        to_engine_options(arguments),
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is no text in UTF-8. Save it as such.") from error
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}. Check the name.") from error
