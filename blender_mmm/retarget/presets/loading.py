"""Presets as files: one JSON table per rig family, read and written. docs/rigs.md describes the format."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from ...engine_door import skeleton
from .preset import Preset, Switch

FORMAT: Final = 1
SUFFIX: Final = ".json"
FOLDER: Final = Path(__file__).parent
SIDE: Final = "{side}"
#: Keys for both sides at once; their names hold "{side}".
LIMBS: Final = ("hip", "knee", "ankle", "foot", "collar", "shoulder", "elbow", "wrist")
_SPINE: Final = "spine"
_KNOWN_KEYS: Final = frozenset(
    {"format", "name", "note", "sides", "prefixes", "bones", "marks", "switches", "weight"}
)  # fmt: skip


class PresetError(ValueError):
    """A preset file cannot be used; the message names the file and what to change."""


@lru_cache(maxsize=1)
def shipped_presets() -> tuple[Preset, ...]:
    """The tables that come with the add-on, in the order of their file names."""
    return tuple(read_preset(path) for path in sorted(FOLDER.glob(f"*{SUFFIX}")))


def get_preset(name: str) -> Preset:
    """The table of this name among those that ship; raises KeyError."""
    for preset in shipped_presets():
        if preset.name == name:
            return preset
    raise KeyError(name)


def read_presets(folders: Iterable[Path]) -> tuple[tuple[Preset, ...], tuple[str, ...]]:
    """All usable presets in `folders`, and a sentence for each file that is not; folders may be absent."""
    found: list[Preset] = []
    problems: list[str] = []
    for folder in folders:
        for path in sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []:
            try:
                found.append(read_preset(path))
            except PresetError as error:
                problems.append(str(error))
    return tuple(found), tuple(problems)


def read_preset(path: Path) -> Preset:
    """The preset in one file; raises PresetError."""
    try:
        table = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise PresetError(f"The preset {path} cannot be read: {error}. Delete or mend the file.") from error
    try:
        return to_preset(table)
    except PresetError as error:
        raise PresetError(f"The preset {path} cannot be used: {error}") from error


def write_preset(path: Path, name: str, bones: Mapping[skeleton.Joint, str | None]) -> None:
    """A user's own mapping as a preset file; joints without a bone are left out."""
    table = {
        "format": FORMAT,
        "name": name,
        "bones": {joint.name.lower(): bone for joint, bone in bones.items() if bone is not None},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + "~")
    unfinished.write_text(json.dumps(table, indent=2, ensure_ascii=False) + "\n", "utf-8")
    unfinished.replace(path)


def to_preset(table: Any) -> Preset:
    """A table as read from JSON; raises PresetError."""
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        raise PresetError(f'it is no table with "format": {FORMAT}.')
    unknown = sorted(set(table) - _KNOWN_KEYS)
    if unknown:
        raise PresetError(f"it holds the unknown key {unknown[0]!r}.")
    name, bones = table.get("name"), table.get("bones")
    if not isinstance(name, str) or not name.strip():
        raise PresetError('"name" must be a text.')
    if not isinstance(bones, dict) or not bones:
        raise PresetError('"bones" must be a table of joints and bone names.')
    sides = _to_texts(table.get("sides", ["left", "right"]), "sides")
    if len(sides) % 2:
        raise PresetError('"sides" must hold a left and a right word, or several such pairs.')
    pairs = tuple(zip(sides[::2], sides[1::2], strict=True))
    return Preset(
        name=name,
        names=_to_names(bones, pairs),
        spine=tuple(_to_texts(entry, _SPINE) for entry in bones.get(_SPINE, ())),
        prefixes=_to_texts(table.get("prefixes", []), "prefixes"),
        marks=_to_texts(table.get("marks", []), "marks"),
        switches=tuple(_to_switches(table.get("switches", []), pairs)),
        weight=float(table.get("weight", 1.0)),
        note=str(table.get("note", "")),
    )


def _to_names(bones: Mapping[str, Any], pairs: tuple[tuple[str, str], ...]) -> dict[skeleton.Joint, tuple[str, ...]]:
    names: dict[skeleton.Joint, tuple[str, ...]] = {}
    for key, value in bones.items():
        if key == _SPINE:
            continue
        words = _to_texts(value, key)
        if key in LIMBS:
            for side, place in (("LEFT", 0), ("RIGHT", 1)):
                joint = skeleton.Joint[f"{side}_{key.upper()}"]
                names[joint] = tuple(word.replace(SIDE, pair[place]) for word in words for pair in pairs)
        elif key in skeleton.JOINT_NAMES:
            names[skeleton.Joint[key.upper()]] = words
        else:
            raise PresetError(f"it has no joint {key!r}; the joints are {', '.join((*skeleton.JOINT_NAMES, *LIMBS))}.")
    return names


def _to_texts(value: Any, key: str) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) and text for text in texts):
        raise PresetError(f'"{key}" must be a text or a list of texts.')
    return tuple(texts)


def _to_switches(value: Any, pairs: tuple[tuple[str, str], ...]) -> Iterable[Switch]:
    for entry in value:
        if not isinstance(entry, dict) or set(entry) != {"bone", "property", "value"}:
            raise PresetError('each of "switches" must have "bone", "property" and "value".')
        bones = [str(entry["bone"]).replace(SIDE, side) for pair in pairs for side in pair]
        for bone in dict.fromkeys(bones):
            yield Switch(bone, str(entry["property"]), float(entry["value"]))
