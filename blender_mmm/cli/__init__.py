"""`mmm`: the add-on's own jobs without a window, for scripts, farms and tests."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from . import bones_command, fill_command, generate_command, loop_command, part_command, retarget_command, story_command
from .edit_command import join_ranges

#: Each adds its own subparser; the work starts where its `run` is called.
_COMMANDS: Final = (
    generate_command,
    fill_command,
    part_command,
    story_command,
    loop_command,
    bones_command,
    retarget_command,
)

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130


def main() -> NoReturn:
    """The program: run what was typed and end the process."""
    status = run(sys.argv[1:])
    _leave(status)


def run(arguments: Sequence[str]) -> int:
    """Run one command; the exit status is 0, or 2 after a sentence on stderr, or 130 after Ctrl+C."""
    options = _parser().parse_args(join_ranges(arguments))
    try:
        options.run(options)
    except KeyboardInterrupt:
        print("mmm: stopped.", file=sys.stderr)
        return INTERRUPTED
    except generate_command.EXPECTED as error:
        print(f"mmm: {error}", file=sys.stderr)
        return BAD_INPUT
    return 0


def _leave(status: int) -> NoReturn:
    """End at once: Blender's module may crash (4.2) or hang (4.5) when it is taken down with add-ons in it."""
    if "bpy" not in sys.modules:
        sys.exit(status)
    shutil.rmtree(sys.modules["bpy"].app.tempdir, ignore_errors=True)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # nobody reads any more
            stream.flush()
    os._exit(status)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mmm", description="Text to motion on any armature, without a window.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_parser(commands)
    return parser
