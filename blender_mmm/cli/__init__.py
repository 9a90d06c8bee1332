"""`mmm`: the add-on's own jobs without a window, for scripts, farms and tests."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from . import generate_command

#: Each adds its own subparser; the work starts where its `run` is called.
_COMMANDS: Final = (generate_command,)

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0, or 2 after a sentence on stderr, or 130 after Ctrl+C."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except KeyboardInterrupt:
        print("mmm: stopped.", file=sys.stderr)
        return INTERRUPTED
    except generate_command.EXPECTED as error:
        print(f"mmm: {error}", file=sys.stderr)
        return BAD_INPUT
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mmm", description="Text to motion on any armature, without a window.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_parser(commands)
    return parser
