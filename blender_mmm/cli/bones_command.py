"""`mmm bones`: which bone of a rig stands for which joint, as JSON."""

from __future__ import annotations

import argparse
import importlib.util
import json
from typing import Any

from .errors import CommandError


def add_parser(commands: Any) -> None:
    """The subparser; its `run` takes the parsed arguments."""
    parser = commands.add_parser("bones", help="print which bones of a rig stand for which joints, as JSON")
    parser.add_argument(
        "rig", metavar="FILE[:OBJECT]", help="a .blend, .glb, .gltf, .vrm, .fbx or .bvh file, and its armature's name"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Print the map; raises FileError or CommandError with a sentence when there is none."""
    if importlib.util.find_spec("bpy") is None:
        raise CommandError("mmm needs Blender as a Python package. Install it with: pip install bpy")
    from ..apply import TargetError, find_map
    from ..engine_door import skeleton
    from ..files.rig_import import close_importers, open_rig_file, to_rig_path
    from ..scene.rig_reader import read_rest

    rig = to_rig_path(arguments.rig)
    try:
        found = find_map(read_rest(open_rig_file(rig)))
    except TargetError as error:
        raise CommandError(str(error)) from error
    finally:
        close_importers()
    table = {
        name: {"bone": bone, "why": why}
        for name, bone, why in zip(skeleton.JOINT_NAMES, found.bones, found.reasons, strict=True)
    }
    print(json.dumps(table, indent=2, ensure_ascii=False))
