"""The only file that knows where engine/ lies: child when installed, sibling in the repository.

The rest of the add-on imports the shared modules from here, whichever place they came from.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

_HERE: Final = Path(__file__).resolve().parent
_INSTALLED: Final = (_HERE / "engine").is_dir()

#: The folder that holds engine/ and weights/: on the child's PYTHONPATH.
ENGINE_HOME: Final = _HERE if _INSTALLED else _HERE.parent

if TYPE_CHECKING:
    from engine.motion import clip, contacts, foot_lock, kinematics, resample, rotations, seams, skeleton
    from engine.protocol import PROTOCOL_VERSION, events, messages, requests, wire
else:
    if _INSTALLED:
        _ROOT = f"{__package__}.engine"
    else:
        _ROOT = "engine"
        if str(ENGINE_HOME) not in sys.path:
            sys.path.append(str(ENGINE_HOME))
    clip = importlib.import_module(f"{_ROOT}.motion.clip")
    contacts = importlib.import_module(f"{_ROOT}.motion.contacts")
    foot_lock = importlib.import_module(f"{_ROOT}.motion.foot_lock")
    kinematics = importlib.import_module(f"{_ROOT}.motion.kinematics")
    resample = importlib.import_module(f"{_ROOT}.motion.resample")
    rotations = importlib.import_module(f"{_ROOT}.motion.rotations")
    seams = importlib.import_module(f"{_ROOT}.motion.seams")
    skeleton = importlib.import_module(f"{_ROOT}.motion.skeleton")
    events = importlib.import_module(f"{_ROOT}.protocol.events")
    messages = importlib.import_module(f"{_ROOT}.protocol.messages")
    requests = importlib.import_module(f"{_ROOT}.protocol.requests")
    wire = importlib.import_module(f"{_ROOT}.protocol.wire")
    PROTOCOL_VERSION = importlib.import_module(f"{_ROOT}.protocol").PROTOCOL_VERSION

__all__ = [
    "ENGINE_HOME",
    "PROTOCOL_VERSION",
    "clip",
    "contacts",
    "events",
    "foot_lock",
    "kinematics",
    "messages",
    "requests",
    "resample",
    "rotations",
    "seams",
    "skeleton",
    "wire",
]
