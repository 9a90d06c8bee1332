"""The user's own tables of bone names: where they are, and what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import bpy

from ..retarget.presets import Preset, read_presets

_FOLDER: Final = "bone_presets"
_ADD_ON: Final = str(__package__).rpartition(".")[0]

_last: tuple[tuple[object, ...], tuple[Preset, ...], tuple[str, ...]] | None = None


def preset_folder() -> Path:
    """Where own presets are kept; need not exist yet."""
    try:
        return Path(bpy.utils.extension_path_user(_ADD_ON, path=_FOLDER))
    except ValueError:  # run from a checkout, not as an extension
        return Path(bpy.utils.user_resource("CONFIG")) / "blender_mmm" / _FOLDER


def read_user_presets() -> tuple[Preset, ...]:
    """Own presets; files that cannot be used are passed over (find_preset_problems tells them)."""
    return _read()[0]


def find_preset_problems() -> tuple[str, ...]:
    """A sentence for each preset file that cannot be used."""
    return _read()[1]


def _read() -> tuple[tuple[Preset, ...], tuple[str, ...]]:
    """Read again only when a file has changed: this is asked at every redraw."""
    global _last
    folder = preset_folder()
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    key = (str(folder), *((file.name, file.stat().st_mtime_ns) for file in files))
    if _last is None or _last[0] != key:
        _last = (key, *read_presets([folder]))
    return _last[1], _last[2]
