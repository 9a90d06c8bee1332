"""One table of bone names per rig family, as data."""

from __future__ import annotations

from .loading import PresetError, get_preset, read_preset, read_presets, shipped_presets, write_preset
from .preset import Preset, Switch, share_spine

__all__ = [
    "Preset",
    "PresetError",
    "Switch",
    "get_preset",
    "read_preset",
    "read_presets",
    "share_spine",
    "shipped_presets",
    "write_preset",
]
