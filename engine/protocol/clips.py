"""MotionClip to and from the arrays of a message: motion never travels as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from ..motion.clip import MotionClip
from .wire import Arrays

_TYPES: Final = {"root": np.float64, "rotations": np.float64, "contacts": np.float32}


def to_arrays(clip: MotionClip, name: str) -> Arrays:
    """Arrays "name.root", "name.rotations", "name.contacts"; the frame rate travels in the header."""
    return {f"{name}.{part}": np.asarray(getattr(clip, part), dtype) for part, dtype in _TYPES.items()}


def from_arrays(arrays: Mapping[str, np.ndarray], name: str, fps: Any) -> MotionClip:
    """The clip that to_arrays took apart; raises KeyError, TypeError, ValueError or ClipError."""
    parts = {part: np.asarray(arrays[f"{name}.{part}"], np.float64) for part in _TYPES}
    parts["contacts"] = parts["contacts"].astype(np.float32)
    return MotionClip(**parts, fps=float(fps))
