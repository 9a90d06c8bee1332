"""`mmm generate`: what may be typed, and whether it makes sense; Blender is started only after that."""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ..engine_door import requests
from ..files.errors import FileError
from ..files.formats import WRITERS, check_outputs
from ..files.rig_names import check_rig
from .engine_options import EngineOptions, add_engine_arguments, check_blender, to_engine_options
from .errors import CommandError

DEFAULT_FPS: Final = 24.0
FASTEST_FPS: Final = 1000.0
FIRM: Final = 1.0  # as in the Feet panel

#: What a user can do something about: told in a sentence.
EXPECTED: Final = (CommandError, FileError, requests.RequestError)


@dataclass(frozen=True)
class GenerateOptions:
    """A checked command. At most one of seconds and frames is set; neither: the engine chooses the length."""

    text: str
    outputs: tuple[Path, ...]
    seconds: float | None
    frames: int | None  # at fps
    seed: int
    takes: int
    rig: str | None  # None: a new character
    fps: float | None  # None: the opened scene's rate, or DEFAULT_FPS
    foot_lock: float
    engine: EngineOptions


def add_parser(commands: Any) -> None:
    """The subparser; its `run` takes the parsed arguments."""
    parser = commands.add_parser("generate", help="turn a sentence into motion on an armature")
    parser.add_argument("text", help='what happens, such as "a person walks forward"')
    parser.add_argument(
        "--out",
        action="append",
        required=True,
        type=Path,
        metavar="FILE",
        help=f"file to write, may be given several times; one of {' '.join(WRITERS)}",
    )
    parser.add_argument("--seconds", type=float, metavar="S", help="length; without it the engine chooses")
    parser.add_argument("--frames", type=int, metavar="N", help="length in frames at --fps")
    parser.add_argument(
        "--rig",
        metavar="RIG",
        help="rigify, mixamo, FILE.blend or FILE.blend:OBJECT; without it a character is made",
    )
    parser.add_argument("--fps", type=float, metavar="F", help="frames a second (default: the opened scene's, else 24)")
    add_foot_lock(parser)
    add_engine_arguments(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Check everything, then do it; raises one of EXPECTED."""
    options = to_options(arguments)
    check_blender()
    from .generate_job import generate

    generate(options)


def to_options(arguments: argparse.Namespace) -> GenerateOptions:
    """The checked command; raises one of EXPECTED."""
    if arguments.seconds is not None and arguments.frames is not None:
        raise CommandError("Give the length either as --seconds or as --frames, not as both.")
    request = requests.GenerateRequest(arguments.text, arguments.seconds, arguments.seed, arguments.takes).checked()
    if arguments.frames is not None and arguments.frames < 1:
        raise CommandError(f"The length must be at least 1 frame, not {arguments.frames}.")
    fps = checked_fps(arguments.fps)
    if arguments.rig is not None:
        check_rig(arguments.rig)
    check_outputs(arguments.out)
    return GenerateOptions(
        request.text,
        tuple(arguments.out),
        request.seconds,
        arguments.frames,
        request.seed,
        request.takes,
        arguments.rig,
        fps,
        checked_foot_lock(arguments.foot_lock),
        to_engine_options(arguments),
    )


def checked_fps(fps: float | None) -> float | None:
    """`fps` if a scene can have that rate; raises CommandError."""
    if fps is not None and not (math.isfinite(fps) and 1.0 <= fps <= FASTEST_FPS):
        raise CommandError(f"The frame rate must lie between 1 and {FASTEST_FPS:g}, not {fps:g}.")
    return fps


def add_foot_lock(parser: argparse.ArgumentParser) -> None:
    """The option that says how firmly feet are held."""
    parser.add_argument(
        "--foot-lock",
        type=float,
        default=FIRM,
        metavar="X",
        help=f"how firmly standing feet are held, 0 (as generated) to 1 (they do not slide; default: {FIRM:g})",
    )


def checked_foot_lock(strength: float) -> float:
    """`strength` if it lies in 0..1; raises CommandError."""
    if not 0.0 <= strength <= 1.0:
        raise CommandError(f"How firmly feet are held must lie between 0 and 1, not {strength:g}.")
    return strength
