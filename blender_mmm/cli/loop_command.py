"""`mmm loop`: have a range of frames repeat without a seam."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

from ..engine_door import requests
from .edit_command import EditOptions, add_edit_arguments, to_edit_options
from .engine_options import check_blender


@dataclass(frozen=True)
class LoopOptions:
    """A checked command."""

    edit: EditOptions
    in_place: bool
    text: str


def add_parser(commands: Any) -> None:
    """The subparser; its `run` takes the parsed arguments."""
    parser = commands.add_parser("loop", help="have a range of frames repeat without a seam")
    add_edit_arguments(parser, several=False)
    parser.add_argument("--in-place", action="store_true", help="take the way out of the cycle")
    parser.add_argument("--text", default="", metavar="T", help="what happens, to help the seam")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Check everything, then do it; raises a sentence."""
    edit = to_edit_options(arguments, several=False)
    text = requests.clean_text(arguments.text) if arguments.text.strip() else ""
    check_blender()
    from .edit_job import loop

    loop(LoopOptions(edit, arguments.in_place, text))
