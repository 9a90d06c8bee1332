"""What a rig family is to the zoo: a list of bones in words, and which of them stand for our joints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

import numpy as np

from blender_mmm.engine_door import skeleton

from .places import Body, Stance

#: Stands in names for the side; a line with it makes two bones.
SIDE: Final = "~"
NONE: Final = "-"
TRUNK: Final = ("pelvis", "spine1", "spine2", "spine3", "neck", "head")
LIMBS: Final = ("hip", "knee", "ankle", "foot", "collar", "shoulder", "elbow", "wrist")


class Aim(Enum):
    """Where the bones of a family point."""

    ALONG = "along"  # at what they carry, as Blender's own rigs
    ACROSS = "across"  # square to it, as some FBX files come in
    UP = "up"  # all upwards, as data sets made from joint positions


@dataclass(frozen=True)
class Bone:
    """One bone in Blender's axes, metres."""

    name: str
    parent: str | None
    head: np.ndarray  # [3]
    tail: np.ndarray  # [3]
    roll: float  # rad


@dataclass(frozen=True)
class Species:
    """One rig family, or one variant of it."""

    name: str
    family: str  # the preset that is to be recognised; "" for a rig of no family
    bones: str  # a line each: name | parent | head | tail; or @fingers | parent | pattern | names | first | count
    trunk: str  # the bones for TRUNK, separated by commas; - for none
    limbs: str  # the bones for LIMBS, with ~
    sides: tuple[str, str] = ("Left", "Right")
    stance: Stance = field(default_factory=Stance)
    aim: Aim = Aim.ALONG
    rolls: bool = False  # bones are rolled, each by its own angle
    unit: float = 1.0  # armature units per metre
    y_up: bool = False  # built standing on y and facing +z, under a turned object
    backwards: bool = False  # faces +y in Blender

    def expected(self) -> dict[str, str | None]:
        """Joint name -> bone for the 22 joints."""
        found: dict[str, str | None] = {}
        for joint, bone in zip(TRUNK, self.trunk.split(","), strict=True):
            found[joint] = None if bone.strip() == NONE else bone.strip()
        for joint, bone in zip(LIMBS, self.limbs.split(","), strict=True):
            for side, word in zip(("left", "right"), self.sides, strict=True):
                found[f"{side}_{joint}"] = None if bone.strip() == NONE else bone.strip().replace(SIDE, word)
        return {name: found[name] for name in skeleton.JOINT_NAMES}

    def to_bones(self) -> list[Bone]:
        """All bones, parents first."""
        body = Body(self.stance)
        random = np.random.default_rng(len(self.name))
        bones: dict[str, Bone] = {}
        for name, parent, head, tail in self._lines():
            for mirror, side in zip((1.0, -1.0), self.sides if SIDE in name else ("",), strict=False):
                bone = self._bone(body, name, parent, (head, tail), side, mirror, random)
                if bone.name in bones:
                    raise ValueError(f"{self.name} has two bones “{bone.name}”")
                bones[bone.name] = bone
        return _parents_first(bones)

    def _bone(
        self, body: Body, name: str, parent: str, ends: tuple[str, str], side: str, mirror: float,
        random: np.random.Generator,
    ) -> Bone:  # fmt: skip
        flip = np.array([mirror, 1.0, 1.0])
        head, tail = (body.find(end) * flip for end in ends)
        along = tail - head
        if self.aim is Aim.UP:
            along = np.array([0.0, 0.0, 0.05])
        elif self.aim is Aim.ACROSS:
            along = np.cross(along, [0.0, 1.0, 0.0] if abs(along[0]) > abs(along[1]) else [1.0, 0.0, 0.0])
        roll = float(random.uniform(-np.pi, np.pi)) if self.rolls else 0.0
        owner = None if parent == NONE else parent.replace(SIDE, side)
        return Bone(name.replace(SIDE, side), owner, head, head + along, roll)

    def _lines(self) -> Iterator[tuple[str, str, str, str]]:
        for line in self.bones.strip().splitlines():
            cells = [cell.strip() for cell in line.split("|")]
            if cells[0] == "@fingers":
                yield from _finger_lines(*cells[1:])
            elif cells[0]:
                name, parent, head, tail = cells
                yield name, parent, head, tail


def _finger_lines(parent: str, pattern: str, names: str, first: str, count: str) -> Iterator[tuple[str, str, str, str]]:
    """`pattern` holds {f} for the finger's name and {n} for the number of the bone along it."""
    total = int(count)
    for number, finger in enumerate(names.split(",")):
        above = parent
        for step in range(total):
            name = pattern.replace("{f}", finger).replace("{n}", str(int(first) + step))
            place = f"finger{number}>tip{number}"
            yield name, above, f"{place} {step / total:.4f}", f"{place} {(step + 1) / total:.4f}"
            above = name


def _parents_first(bones: Mapping[str, Bone]) -> list[Bone]:
    ordered: dict[str, Bone] = {}
    while len(ordered) < len(bones):
        ready = [b for b in bones.values() if b.name not in ordered and (b.parent is None or b.parent in ordered)]
        if not ready:
            lost = {b.parent for b in bones.values()} - {None} - set(bones)
            raise ValueError(f"no such parents: {lost}")
        ordered.update((bone.name, bone) for bone in ready)
    return list(ordered.values())


def renamed(species: Species, name: str, rename: Mapping[str, str], family: str | None = None) -> Species:
    """The same rig with words in its names replaced."""
    texts = [species.bones, species.trunk, species.limbs]
    for old, new in rename.items():
        texts = [text.replace(old, new) for text in texts]
    bones, trunk, limbs = texts
    return replace(
        species, name=name, bones=bones, trunk=trunk, limbs=limbs, family=species.family if family is None else family
    )
