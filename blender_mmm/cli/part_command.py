"""`mmm part`: let a part of the body do something else while the rest goes on."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any, Final

from ..engine_door import requests
from .edit_command import EditOptions, add_edit_arguments, to_edit_options
from .engine_options import check_blender

#: As typed -> as the edits call them.
PARTS: Final = {"upper": "UPPER", "arms": "ARMS", "left-arm": "LEFT_ARM", "right-arm": "RIGHT_ARM", "head": "HEAD"}


@dataclass(frozen=True)
class PartOptions:
    """A checked command."""

    edit: EditOptions
    part: str  # one of the values of PARTS
    text: str


def add_parser(commands: Any) -> None:
    """The subparser; its `run` takes the parsed arguments."""
    parser = commands.add_parser("part", help="let a part of the body do something else")
    add_edit_arguments(parser, several=False)
    parser.add_argument("--part", choices=tuple(PARTS), default="upper", help="which one (default upper)")
    parser.add_argument("--text", required=True, metavar="T", help='what it does, such as "a person waves"')
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Check everything, then do it; raises a sentence."""
    edit, text = to_edit_options(arguments, several=False), requests.clean_text(arguments.text)
    check_blender()
    from .edit_job import part

    part(PartOptions(edit, PARTS[arguments.part], text))
