"""The extension zip: complete, the same every time, accepted by Blender, usable and removable in every version.

Other versions of Blender's Python module are tried when their interpreters are there: those named in
MMM_BPY_PYTHONS (separated like PATH) or, without it, the `.venv-bpy*` folders of the checkout.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("bpy")

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PERMISSIONS = {"files", "network"}


def load_builder() -> object:
    spec = importlib.util.spec_from_file_location("build_addon", ROOT / "build_addon.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build_addon = load_builder()


def find_pythons() -> list[str]:
    named = os.environ.get("MMM_BPY_PYTHONS")
    if named is not None:
        others = [Path(python) for python in named.split(os.pathsep) if python]
    else:
        others = sorted(ROOT.glob(".venv-bpy*/bin/python")) + sorted(ROOT.glob(".venv-bpy*/Scripts/python.exe"))
    return [sys.executable, *(str(python) for python in others)]


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_addon.build(tmp_path_factory.mktemp("build") / "mmm.zip")


def run(python: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [python, *arguments], capture_output=True, text=True, timeout=300, env={**inherited, **environment}, check=False
    )


def require_bpy(python: str) -> None:
    found = run(python, "-c", "import importlib.util as u, sys; sys.exit(u.find_spec('bpy') is None)")
    if found.returncode:
        pytest.skip(f"{python} has no bpy")


def test_the_same_sources_give_the_same_bytes(extension: Path, tmp_path: Path) -> None:
    assert build_addon.build(tmp_path / "again.zip").read_bytes() == extension.read_bytes()


def test_the_zip_holds_what_runs_and_nothing_else(extension: Path) -> None:
    with zipfile.ZipFile(extension) as archive:
        names = set(archive.namelist())
    assert {"blender_manifest.toml", "__init__.py", "LICENSE", "engine/__main__.py", "engine/motion/clip.py"} <= names
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", "~")) or "training" in name]
    assert not [name for name in names if name.startswith(("tests/", ".", "benchmarks/", "docs/"))]
    weights = {path.name for path in (ROOT / "weights").glob("*.safetensors")}
    assert weights == {Path(name).name for name in names if name.endswith(".safetensors")}


def test_building_changes_no_source(extension: Path) -> None:
    with zipfile.ZipFile(extension) as archive:
        for name, source in build_addon.list_files():
            assert archive.read(name) == source.read_bytes(), name


def test_the_versions_agree() -> None:
    assert build_addon.read_version()


def test_a_part_that_is_missing_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build_addon, "ADDON", tmp_path / "nothing")
    out = tmp_path / "x.zip"
    out.write_bytes(b"the old one")
    assert build_addon.main(["--out", str(out)]) == 1
    assert "is missing" in capsys.readouterr().err
    assert out.read_bytes() == b"the old one"


def test_permissions_are_declared_and_short() -> None:
    manifest = tomllib.loads((ROOT / "blender_mmm" / "blender_manifest.toml").read_text("utf-8"))
    assert set(manifest["permissions"]) == PERMISSIONS
    assert all(len(why) <= 64 and not why.endswith(".") for why in manifest["permissions"].values())
    assert manifest["blender_version_min"] == "4.2.0" and manifest["license"] == ["SPDX:GPL-3.0-or-later"]


@pytest.mark.parametrize("python", find_pythons())
def test_blenders_own_validator_accepts_it(extension: Path, python: str) -> None:
    require_bpy(python)
    find = "import bpy, pathlib; print(bpy.utils.resource_path('LOCAL'))"
    local = run(python, "-c", find).stdout.strip().splitlines()[-1]
    validator = Path(local) / "scripts" / "addons_core" / "bl_pkg" / "cli" / "blender_ext.py"
    done = run(python, str(validator), "validate", str(extension))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("python", find_pythons())
def test_installed_it_works_and_leaves_blender_as_found(
    extension: Path, python: str, fake_python: str, tmp_path: Path
) -> None:
    require_bpy(python)
    script, resources = str(HERE / "use_installed.py"), tmp_path / "resources"
    resources.mkdir()
    done = run(python, script, str(extension), fake_python, "a person walks", BLENDER_USER_RESOURCES=str(resources))
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.strip().splitlines()[-1])["keys"] == [[1, 48], [101, 148]]


def test_installed_it_works_with_the_real_engine(extension: Path, tmp_path: Path) -> None:
    if not list((ROOT / "weights").glob("*.safetensors")):
        pytest.skip("no weights in weights/")
    if importlib.util.find_spec("torch") is None:
        pytest.skip("no torch in this Python")
    script, resources = str(HERE / "use_installed.py"), tmp_path / "resources"
    resources.mkdir()
    text = "a person walks forward"
    done = run(sys.executable, script, str(extension), sys.executable, text, BLENDER_USER_RESOURCES=str(resources))
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.strip().splitlines()[-1])["keys"] == [[1, 48], [101, 148]]
