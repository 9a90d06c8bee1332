"""Which bones of a rig are named as one family of rigs names its bones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..engine_door import skeleton
from .bone_names import NameKey, to_flat, to_key, to_stripped_keys
from .presets import Preset, share_spine

Joint = skeleton.Joint

#: How sure a name makes us.
EXACT: Final = 1.0
ALIKE: Final = 0.98
STRIPPED: Final = 0.9

#: What all marks of a family together are worth, in joints.
MARKS_WORTH: Final = 4.0


@dataclass(frozen=True)
class NameHit:
    """A bone whose name stands for a joint."""

    bone: int
    name: str  # as the family writes it
    trust: float


@dataclass(frozen=True)
class NameMatch:
    """What a preset's names say about a rig."""

    preset: Preset
    hits: Mapping[Joint, NameHit]
    spine: tuple[NameHit, ...]  # the bones found of the family's spine, bottom first
    score: float


class RigNames:
    """The names of a rig, ready to be looked up."""

    def __init__(self, bones: Sequence[str]) -> None:
        self._exact = {name: index for index, name in reversed(list(enumerate(bones)))}
        self._alike: dict[object, list[int]] = defaultdict(list)
        self._stripped: dict[NameKey, list[int]] = defaultdict(list)
        for index, name in enumerate(bones):
            self._alike[to_key(name)].append(index)
            self._alike[to_flat(name)].append(index)
        for index, key in enumerate(to_stripped_keys(bones)):
            if key is not None:
                self._stripped[key].append(index)
        self._keys = [to_key(name) for name in bones]

    def find(self, names: Iterable[str], prefixes: Sequence[str], taken: Iterable[int]) -> NameHit | None:
        """The bone that bears the first of `names` that any free bone bears."""
        used = set(taken)
        for name in names:
            for bones, trust in self._candidates(name, prefixes):
                free = [bone for bone in bones if bone not in used]
                if free:
                    return NameHit(free[0], name, trust)
        return None

    def holds(self, name: str) -> bool:
        """Whether a bone of this name exists, whatever its case and separators."""
        return to_flat(name) in self._alike

    def _candidates(self, name: str, prefixes: Sequence[str]) -> Iterable[tuple[list[int], float]]:
        key = to_key(name)
        if name in self._exact:
            yield [self._exact[name]], EXACT
        yield self._alike.get(key, []), ALIKE
        yield self._alike.get(to_flat(name), []), ALIKE
        for prefix in prefixes:
            start = to_key(prefix).core
            yield [i for i, own in enumerate(self._keys) if _is_after(own, start, key)], ALIKE
        yield self._stripped.get(key, []), STRIPPED


def _is_after(own: NameKey, start: str, key: NameKey) -> bool:
    """Whether a bone's key is a prefix (perhaps numbered) and then `key`."""
    if own.side != key.side or not own.core.startswith(start) or not own.core.endswith(key.core):
        return False
    between = own.core[len(start) : len(own.core) - len(key.core)]
    return len(own.core) >= len(start) + len(key.core) and (not between or between.isdigit())


def match_names(preset: Preset, names: RigNames, required: Sequence[Joint]) -> NameMatch:
    """What `preset` finds; required joints count double in the score."""
    hits: dict[Joint, NameHit] = {}
    taken: list[int] = []
    for joint, words in preset.names.items():
        hit = names.find(words, preset.prefixes, taken)
        if hit is not None:
            hits[joint] = hit
            taken.append(hit.bone)
    spine: list[NameHit] = []
    for words in preset.spine:
        hit = names.find(words, preset.prefixes, taken)
        if hit is not None:
            spine.append(hit)
            taken.append(hit.bone)
    for joint, place in share_spine(len(spine)).items():
        hits[joint] = spine[place]
    return NameMatch(preset, hits, tuple(spine), _score(preset, hits, names, required))


def _score(preset: Preset, hits: Mapping[Joint, NameHit], names: RigNames, required: Sequence[Joint]) -> float:
    found = sum(hit.trust * (2.0 if joint in required else 1.0) for joint, hit in hits.items())
    if preset.marks and found:
        found += MARKS_WORTH * sum(names.holds(mark) for mark in preset.marks) / len(preset.marks)
    return preset.weight * found
