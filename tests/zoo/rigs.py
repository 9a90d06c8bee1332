"""The zoo's rigs as arrays and as Blender armatures, and with some of their names spoilt."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any, Final

import numpy as np

from blender_mmm.engine_door import rotations
from blender_mmm.retarget.rig import RigRest

from .capture_rigs import CAPTURE_RIGS
from .game_rigs import GAME_RIGS
from .rigify_controls import GENERATED_RIGIFY
from .species import Bone, Species
from .strangers import STRANGERS
from .studio_rigs import STUDIO_RIGS

_SPECIES: Final = {rig.name: rig for rig in (*GAME_RIGS, *STUDIO_RIGS, GENERATED_RIGIFY, *CAPTURE_RIGS)}
_STRANGERS: Final = {rig.name: rig for rig in STRANGERS}

#: Names of all rigs that stand for a person.
ZOO: Final = tuple(_SPECIES)
#: Names of all armatures that do not.
OTHERS: Final = tuple(_STRANGERS)

#: Blender's axes -> those of a file that stands on y and faces +z, and back by a turn of the object.
_TO_Y_UP: Final = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
_BACKWARDS: Final = np.diag([-1.0, -1.0, 1.0])


def find(name: str) -> Species:
    """The species called `name`, one of ZOO or OTHERS."""
    return {**_SPECIES, **_STRANGERS}[name]


def expected(name: str) -> dict[str, str | None]:
    """Joint name -> the bone that stands for it, for the 22 joints."""
    return find(name).expected()


def rest(name: str) -> RigRest:
    """The rig as arrays, made without Blender."""
    species = find(name)
    bones = _placed(species)
    order = {bone.name: index for index, bone in enumerate(bones)}
    matrices = np.stack([_matrix(bone) for bone in bones])
    count = len(bones)
    return RigRest(
        name=name,
        bones=tuple(order),
        parents=np.array([order[bone.parent] if bone.parent else -1 for bone in bones]),
        matrices=matrices,
        lengths=np.array([np.linalg.norm(bone.tail - bone.head) for bone in bones]),
        rotation_modes=("QUATERNION",) * count,
        inherits_rotation=np.ones(count, dtype=bool),
        local_location=np.ones(count, dtype=bool),
        connected=np.zeros(count, dtype=bool),
        locked_rotation=np.zeros((count, 3), dtype=bool),
        locked_location=np.zeros((count, 3), dtype=bool),
        world=_world(species),
    )


def build(name: str) -> Any:
    """A new armature object in the open scene, made active; needs bpy and Object Mode."""
    import bpy

    species = find(name)
    data = bpy.data.armatures.new(name)
    obj = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.objects.active = obj
    obj.select_set(True)
    bpy.ops.object.mode_set(mode="EDIT")
    for bone in _placed(species):
        edit = data.edit_bones.new(bone.name)
        if edit.name != bone.name:
            raise ValueError(f"Blender changed the name “{bone.name}” to “{edit.name}”")
        edit.head, edit.tail, edit.roll = bone.head, bone.tail, bone.roll
        if bone.parent is not None:
            edit.parent = data.edit_bones[bone.parent]
    bpy.ops.object.mode_set(mode="OBJECT")
    if species.y_up:
        obj.rotation_euler = (np.pi / 2.0, 0.0, 0.0)
    obj.scale = (1.0 / species.unit,) * 3
    bpy.context.view_layer.update()
    return obj


def mangled(original: RigRest, share: float, seed: int = 0) -> tuple[RigRest, dict[str, str]]:
    """The rig with `share` of its names replaced by nonsense, and new name -> old name for all bones."""
    dice = random.Random(seed)
    chosen = set(dice.sample(range(len(original)), round(share * len(original))))
    names = [f"x{dice.randrange(10**8):08d}" if b in chosen else old for b, old in enumerate(original.bones)]
    return replace(original, bones=tuple(names)), dict(zip(names, original.bones, strict=True))


def _placed(species: Species) -> list[Bone]:
    """The bones in armature space and units."""
    turn = (_TO_Y_UP if species.y_up else np.eye(3)) @ (_BACKWARDS if species.backwards else np.eye(3))
    return [
        replace(bone, head=turn @ bone.head * species.unit, tail=turn @ bone.tail * species.unit)
        for bone in species.to_bones()
    ]


def _matrix(bone: Bone) -> np.ndarray:
    """Rest matrix [4, 4]: Blender turns +y by the shortest way onto the bone, then rolls it."""
    along = bone.tail - bone.head
    turn = rotations.between(np.array([0.0, 1.0, 0.0]), along)
    matrix: np.ndarray = np.eye(4)
    matrix[:3, :3] = rotations.to_matrix(rotations.multiply(turn, rotations.about_y(np.asarray(bone.roll))))
    matrix[:3, 3] = bone.head
    return matrix


def _world(species: Species) -> np.ndarray:
    world: np.ndarray = np.eye(4)
    world[:3, :3] = (_TO_Y_UP.T if species.y_up else np.eye(3)) / species.unit
    return world
