"""Arrows only point down: which room may import which, read off every import in the tree."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
ENGINE: Final = ROOT / "engine"
ADD_ON: Final = ROOT / "blender_mmm"

#: Room -> rooms it may import from, inside its own half. A room may always import from itself.
ENGINE_ARROWS: Final = {
    "motion": set(),
    "protocol": {"motion"},
    "planning": {"motion"},
    "features": {"motion"},
    "models": {"motion", "features"},
    "decoding": {"motion", "models", "planning"},
    "weights": {"features", "models", "decoding"},
    "weights_official": {"features", "models"},
    "editing": {"motion", "protocol", "planning", "features", "models", "decoding", "weights"},
    "pipeline": {"motion", "protocol", "planning", "features", "models", "decoding", "weights", "editing"},
    "service": {"motion", "protocol", "models", "decoding", "weights", "pipeline"},
    "training": {
        "motion",
        "features",
        "models",
        "decoding",
        "planning",
        "weights",
        "pipeline",
        "protocol",
        "clip_file",
    },
    "evaluation": {
        "motion",
        "features",
        "models",
        "planning",
        "editing",
        "weights",
        "pipeline",
        "protocol",
        "clip_file",
        "training",
    },
    "clip_file": {"motion", "pipeline", "protocol"},
    "doctor": {"protocol", "models", "weights", "pipeline", "service"},
    "cli": {
        "motion",
        "protocol",
        "models",
        "weights",
        "pipeline",
        "service",
        "training",
        "evaluation",
        "clip_file",
        "doctor",
    },
    "__main__": {"cli"},
}
ADD_ON_ARROWS: Final = {
    "engine_door": set(),
    "retarget": {"engine_door"},
    "scene": {"engine_door", "retarget"},
    "jobs": {"engine_door"},
    "apply": {"engine_door", "retarget", "scene"},
    "mapping": {"engine_door", "retarget", "scene"},
    "edits": {"engine_door", "retarget", "scene", "apply"},
    "session": {"engine_door", "jobs", "apply", "edits", "retarget", "scene"},
    "preferences": {"jobs", "engine_door", "session"},
    "properties": {"engine_door", "session", "mapping"},
    "operators": {"mapping", "engine_door", "session", "properties", "preferences", "apply", "edits", "jobs"},
    "panels": {"mapping", "engine_door", "session", "properties", "preferences", "apply", "edits", "jobs", "operators"},
    "registration": {"session", "properties", "preferences", "operators", "panels"},
    "files": {"engine_door", "retarget", "scene", "apply"},
    "cli": {"engine_door", "session", "apply", "edits", "files", "jobs", "registration", "retarget", "scene"},
    "__init__": {"registration"},
}
#: These rooms use the standard library and numpy, nothing else.
PURE: Final = {ENGINE / "motion", ENGINE / "protocol", ENGINE / "planning", ADD_ON / "retarget", ADD_ON / "jobs"}
PURE_PACKAGES: Final = set(sys.stdlib_module_names) | {"numpy"}


def imports_of(path: Path, half: Path) -> Iterator[tuple[int, str]]:
    """Absolute dotted names `path` imports; relative ones resolved, with `half` as the first part."""
    package = [half.name, *path.relative_to(half).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            prefix = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{prefix}.{alias.name}") for alias in node.names)


def files_of(half: Path) -> list[Path]:
    return sorted(path for path in half.rglob("*.py") if "__pycache__" not in path.parts)


def room_of(path: Path, half: Path) -> str:
    first = path.relative_to(half).parts[0]
    return first.removesuffix(".py")


def every_import() -> Iterator[tuple[Path, Path, int, str]]:
    for half in (ENGINE, ADD_ON):
        for path in files_of(half):
            for line, name in imports_of(path, half):
                yield half, path, line, name


@pytest.mark.parametrize(
    ("half", "arrows"), [(ENGINE, ENGINE_ARROWS), (ADD_ON, ADD_ON_ARROWS)], ids=["engine", "add-on"]
)
def test_arrows_point_down(half: Path, arrows: dict[str, set[str]]) -> None:
    wrong = []
    for path in files_of(half):
        room = room_of(path, half)
        if room == "__init__" and half == ENGINE:
            continue
        for line, name in imports_of(path, half):
            parts = name.split(".")
            if parts[0] == half.name and len(parts) > 1:
                target = parts[1]
                known = (half / target).is_dir() or (half / f"{target}.py").is_file()
                if known and target != room and target not in arrows[room]:
                    wrong.append(f"{path.relative_to(ROOT)}:{line} {room} -> {target}")
    assert not wrong, "\n".join(wrong)


def test_every_room_is_on_the_map() -> None:
    for half, arrows in ((ENGINE, ENGINE_ARROWS), (ADD_ON, ADD_ON_ARROWS)):
        assert {room_of(path, half) for path in files_of(half)} - {"__init__"} <= set(arrows)


def test_the_map_has_no_cycle() -> None:
    for arrows in (ENGINE_ARROWS, ADD_ON_ARROWS):
        left = {room: set(targets) for room, targets in arrows.items()}
        while left:
            ground = {room for room, targets in left.items() if not targets & set(left)}
            assert ground, f"a cycle among {sorted(left)}"
            left = {room: targets for room, targets in left.items() if room not in ground}


def test_the_engine_knows_nothing_of_blender_and_the_add_on_nothing_of_torch() -> None:
    forbidden = {
        ENGINE: {"bpy", "bpy_extras", "mathutils", "blender_mmm"},
        ADD_ON: {"torch", "transformers", "safetensors"},
    }
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for half, path, line, name in every_import()
        if name.split(".")[0] in forbidden[half]
    ]
    assert not wrong, "\n".join(wrong)


def test_pure_rooms_use_numpy_and_the_standard_library_only() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for half, path, line, name in every_import()
        if any(room in path.parents for room in PURE) and name.split(".")[0] not in PURE_PACKAGES | {half.name}
    ]
    assert not wrong, "\n".join(wrong)


def test_only_the_door_knows_where_the_engine_lies() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for half, path, line, name in every_import()
        if half == ADD_ON and name.split(".")[0] == "engine" and path.name != "engine_door.py"
    ]
    assert not wrong, "\n".join(wrong)


def test_inside_a_package_imports_are_relative() -> None:
    wrong = []
    for half in (ENGINE, ADD_ON):
        for path in files_of(half):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                    names = [node.module]
                if any(name.split(".")[0] == half.name for name in names):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong, "\n".join(wrong)


def test_no_file_hides_a_standard_module() -> None:
    # The child's PYTHONPATH precedes the standard library only at the top: engine/ and blender_mmm/.
    names = {path.stem for half in (ENGINE, ADD_ON) for path in files_of(half)} - {"__init__", "__main__"}
    assert not names & set(sys.stdlib_module_names)


def test_no_pickle_is_ever_read() -> None:
    wrong = []
    for half in (ENGINE, ADD_ON):
        for path in files_of(half):
            text = path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(text)):
                if not isinstance(node, ast.Call):
                    continue
                called = ast.unparse(node.func)
                keywords = {k.arg: ast.unparse(k.value) for k in node.keywords}
                if called == "torch.load" and keywords.get("weights_only") != "True":
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} torch.load without weights_only")
                if called in ("np.load", "numpy.load") and keywords.get("allow_pickle", "False") != "False":
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} np.load with pickle")
            if "import pickle" in text:
                wrong.append(f"{path.relative_to(ROOT)} imports pickle")
    assert not wrong, "\n".join(wrong)


def test_files_stay_readable() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for half in (ENGINE, ADD_ON)
        for path in files_of(half)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long
