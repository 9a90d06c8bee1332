"""Builds the Blender extension: one zip of blender_mmm/, engine/ (without training/ and evaluation/) and weights/.

    python build_addon.py [--out FILE.zip]

Sources are copied as they are. The same sources give the same bytes: names are sorted, times and permissions fixed.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent
ADDON: Final = ROOT / "blender_mmm"
TIME: Final = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can tell
PERMISSIONS: Final = 0o644 << 16
LEFT_OUT_FOLDERS: Final = {"__pycache__", "training", "evaluation"}
LEFT_OUT_ENDINGS: Final = {".pyc", ".pyo"}
#: Weights files that the extension needs; checkpoints and logs that lie beside them stay at home.
WEIGHTS_ENDINGS: Final = {".safetensors", ".json", ".md", ".txt"}


class BuildError(RuntimeError):
    """The extension cannot be built; the message says why."""


def main(arguments: list[str] | None = None) -> int:
    """Build and tell where; returns the exit status."""
    parser = argparse.ArgumentParser(description="Build the Blender extension.")
    parser.add_argument("--out", type=Path, help="default: dist/blender_mmm-VERSION.zip")
    chosen = parser.parse_args(arguments)
    try:
        built = build(chosen.out or ROOT / "dist" / f"blender_mmm-{read_version()}.zip")
    except (BuildError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{built} ({built.stat().st_size / 1e6:.1f} MB)")
    return 0


def build(out: Path) -> Path:
    """Write the zip to `out`; an older one is replaced only when the new one is complete."""
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(out.name + "~")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, source in sorted(list_files()):
            entry = zipfile.ZipInfo(name, TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = PERMISSIONS
            entry.create_system = 3  # Unix, wherever it is built
            archive.writestr(entry, source.read_bytes())
    return unfinished.replace(out)


def list_files() -> Iterator[tuple[str, Path]]:
    """(name in the zip, source) of every file; raises BuildError when a part is missing."""
    yield "LICENSE", ROOT / "LICENSE"
    yield from _walk(ADDON, "")
    yield from _walk(ROOT / "engine", "engine/")
    for name, source in _walk(ROOT / "weights", "weights/"):
        if source.suffix in WEIGHTS_ENDINGS:
            yield name, source


def read_version() -> str:
    """The version the manifest names; raises BuildError if the engine names another."""
    version = str(tomllib.loads((ADDON / "blender_manifest.toml").read_text("utf-8"))["version"])
    if f'__version__ = "{version}"' not in (ROOT / "engine" / "__init__.py").read_text("utf-8"):
        raise BuildError(f"blender_manifest.toml says version {version}; engine/__init__.py says another.")
    return version


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    if not folder.is_dir():
        raise BuildError(f"{folder} is missing.")
    for source in folder.rglob("*"):
        inside = source.relative_to(folder)
        if source.is_file() and not LEFT_OUT_FOLDERS & set(inside.parts) and source.suffix not in LEFT_OUT_ENDINGS:
            yield prefix + inside.as_posix(), source


if __name__ == "__main__":
    sys.exit(main())
