"""The armature in a file of any kind that holds one: .blend, .glb, .gltf, .vrm, .fbx, .bvh."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import bpy

from . import blend_file
from .errors import FileError
from .exporting import enable_add_on
from .quiet import quiet_output
from .rig_names import RigFile
from .rigs import find_armature

_IMPORTERS: Final[dict[str, tuple[str, Callable[[str], object]]]] = {
    ".glb": ("io_scene_gltf2", lambda path: bpy.ops.import_scene.gltf(filepath=path)),
    ".gltf": ("io_scene_gltf2", lambda path: bpy.ops.import_scene.gltf(filepath=path)),
    ".vrm": ("io_scene_gltf2", lambda path: bpy.ops.import_scene.gltf(filepath=path)),
    ".fbx": ("io_scene_fbx", lambda path: bpy.ops.import_scene.fbx(filepath=path)),
    ".bvh": ("io_anim_bvh", lambda path: bpy.ops.import_anim.bvh(filepath=path)),
}
#: Endings of files that may hold a rig.
SUFFIXES: Final = (".blend", *_IMPORTERS)


def to_rig_path(text: str) -> RigFile:
    """FILE or FILE:OBJECT as its parts; raises FileError if the file is of no known kind or is not there."""
    lowered = text.lower()
    for suffix in SUFFIXES:
        split = lowered.rfind(f"{suffix}:")
        if split >= 0 and not Path(text).is_file():
            end = split + len(suffix)
            return _existing(RigFile(Path(text[:end]), text[end + 1 :] or None))
    if not lowered.endswith(SUFFIXES):
        raise FileError(f"{text!r} is no file a rig can be read from. Give a file ending in {', '.join(SUFFIXES)}.")
    return _existing(RigFile(Path(text), None))


def open_rig_file(rig: RigFile) -> bpy.types.Object:
    """The armature in `rig`: a Blender file replaces the open scene, others come into an empty one.

    Raises FileError. Call close_importers() before the process ends.
    """
    suffix = rig.path.suffix.lower()
    if suffix == ".blend":
        blend_file.read(rig.path)
    else:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        _import(rig.path, suffix)
    return find_armature(rig)


def close_importers() -> None:
    """Switch off what reading files switched on."""
    for module in {module for module, _ in _IMPORTERS.values()}:
        if module in bpy.context.preferences.addons:
            with quiet_output():
                bpy.ops.preferences.addon_disable(module=module)


def _existing(rig: RigFile) -> RigFile:
    if not rig.path.is_file():
        raise FileError(f"There is no file {rig.path} to take a rig from. Check the name.")
    return rig


def _import(path: Path, suffix: str) -> None:
    module, read = _IMPORTERS[suffix]
    with quiet_output():
        enable_add_on(module)
    try:
        with tempfile.TemporaryDirectory() as folder:
            source = path.absolute()
            if suffix == ".vrm":  # a glb by another name; the importer goes by the ending
                source = Path(shutil.copyfile(source, Path(folder) / "avatar.glb"))
            with quiet_output():
                read(str(source))
    except (RuntimeError, ValueError, KeyError, TypeError, IndexError) as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise FileError(f"{path} cannot be read as {suffix[1:]}: {reason.removeprefix('Error: ')}") from error
