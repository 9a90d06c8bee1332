"""One table of bone names per rig family."""

from __future__ import annotations

from typing import Final

from . import mixamo, mmm, rigify
from .preset import Preset

PRESETS: Final = (
    Preset(mmm.NAME, mmm.MAPPING),
    Preset(rigify.NAME, rigify.MAPPING),
    Preset(mixamo.NAME, mixamo.MAPPING, mixamo.PREFIX),
)

__all__ = ["PRESETS", "Preset"]
