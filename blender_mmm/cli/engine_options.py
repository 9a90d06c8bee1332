"""What may be typed after every command that asks the engine: seed, takes, device and where the engine lies."""

from __future__ import annotations

import argparse
import importlib.util
from dataclasses import dataclass

from .errors import CommandError


@dataclass(frozen=True)
class EngineOptions:
    """How the engine is started."""

    device: str
    weights: str
    engine_python: str
    online: bool
    debug: bool


def add_engine_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments all these commands share."""
    parser.add_argument("--seed", type=int, default=0, metavar="K", help="another seed, another take (default 0)")
    parser.add_argument(
        "--takes",
        type=int,
        default=1,
        metavar="N",
        help="results to make at once, with the seeds K, K+1, ...; a .blend holds them all, the first one plays",
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where the engine runs")
    parser.add_argument("--weights", default="", metavar="W", help="folder of the weights (default: those that ship)")
    parser.add_argument(
        "--engine-python", default="", metavar="PYTHON", help="the Python that has torch, if not this one"
    )
    parser.add_argument("--online", action="store_true", help="let the engine fetch what it lacks from the network")
    parser.add_argument("--debug", action="store_true", help="show the details of a failure, for a report")


def to_engine_options(arguments: argparse.Namespace) -> EngineOptions:
    """The same as values."""
    return EngineOptions(
        arguments.device, arguments.weights, arguments.engine_python, arguments.online, arguments.debug
    )


def check_blender() -> None:
    """Raise CommandError if Blender's Python module is not there."""
    if importlib.util.find_spec("bpy") is None:
        raise CommandError("mmm needs Blender as a Python package. Install it with: pip install bpy")
