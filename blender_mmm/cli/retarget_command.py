"""`mmm retarget`: a stored motion onto the rig in a file."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..files.errors import FileError
from ..files.formats import WRITERS, check_outputs
from ..files.rig_names import MIXAMO, RIGIFY
from .engine_options import check_blender
from .generate_command import add_foot_lock, checked_foot_lock, checked_fps


@dataclass(frozen=True)
class RetargetOptions:
    """A checked command."""

    clip: Path
    rig: str
    outputs: tuple[Path, ...]
    fps: float | None  # None: the opened scene's rate, or the default
    in_place: bool
    on_root_bone: bool
    foot_lock: float


def add_parser(commands: Any) -> None:
    """The subparser; its `run` takes the parsed arguments."""
    parser = commands.add_parser("retarget", help="put a stored motion on the rig in a file")
    parser.add_argument("clip", type=Path, metavar="CLIP.npz", help="a motion that mmm generate wrote")
    parser.add_argument(
        "--rig",
        required=True,
        metavar="FILE[:OBJECT]",
        help=f"a .blend, .glb, .gltf, .vrm, .fbx or .bvh file, and its armature's name; or {RIGIFY}, {MIXAMO}",
    )
    parser.add_argument(
        "--out",
        action="append",
        required=True,
        type=Path,
        metavar="FILE",
        help=f"file to write, may be given several times; one of {' '.join(WRITERS)}",
    )
    parser.add_argument("--fps", type=float, metavar="F", help="frames a second (default: the opened scene's, else 24)")
    parser.add_argument("--in-place", action="store_true", help="without the way over the floor")
    parser.add_argument("--root-bone", action="store_true", help="the rig's root bone, not its hips, takes the way")
    add_foot_lock(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Check everything, then do it; raises CommandError or FileError with a sentence."""
    options = to_options(arguments)
    check_blender()
    from .retarget_job import retarget

    retarget(options)


def to_options(arguments: argparse.Namespace) -> RetargetOptions:
    """The checked command."""
    if not arguments.clip.is_file():
        raise FileError(f"There is no file {arguments.clip}. Check the name.")
    fps = checked_fps(arguments.fps)
    check_outputs(arguments.out)
    return RetargetOptions(
        arguments.clip,
        arguments.rig,
        tuple(arguments.out),
        fps,
        arguments.in_place,
        arguments.root_bone,
        checked_foot_lock(arguments.foot_lock),
    )
