"""`mmm fill`: make frames of an animated armature anew between what is around them."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

from ..engine_door import requests
from .edit_command import EditOptions, add_edit_arguments, to_edit_options
from .engine_options import check_blender
from .errors import CommandError


@dataclass(frozen=True)
class FillOptions:
    """A checked command."""

    edit: EditOptions
    texts: tuple[str, ...]  # none, one for every range, or one each


def add_parser(commands: Any) -> None:
    """The subparser; its `run` takes the parsed arguments."""
    parser = commands.add_parser("fill", help="make frames anew between what is around them")
    add_edit_arguments(parser, several=True)
    parser.add_argument(
        "--text", action="append", default=[], metavar="T", help="what happens there: one for all ranges, or one each"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Check everything, then do it; raises a sentence."""
    edit = to_edit_options(arguments, several=True)
    texts = tuple(requests.clean_text(text) if text.strip() else "" for text in arguments.text)
    if len(texts) not in (0, 1, len(edit.ranges)):
        raise CommandError(
            f"There are {len(edit.ranges)} ranges but {len(texts)} texts. Give one text for all, or one for each."
        )
    check_blender()
    from .edit_job import fill

    fill(FillOptions(edit, texts))
