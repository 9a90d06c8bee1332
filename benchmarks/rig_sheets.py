"""Contact sheets of one motion - walking, waving, sitting - on every rig family, for docs/rigs.

python benchmarks/rig_sheets.py --data ../shared/data/cmu --out docs/rigs [RIG...]

The rigs are the tests' zoo, our own character, and what Rigify really generates ("rigify"; takes a while). Zoo rigs
have no skin: sticks run from each bone's head to its children's, so that what is seen are places, not bones.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import bpy

from benchmarks.val_clips import read_val_clips, to_origin
from blender_mmm import apply
from blender_mmm.engine_door import clip as clips
from blender_mmm.engine_door import rotations, skeleton
from blender_mmm.files.contact_sheet import write_contact_sheet
from blender_mmm.files.exporting import enable_add_on
from blender_mmm.files.pictures import get_pillow
from blender_mmm.files.quiet import quiet_output
from blender_mmm.retarget.rest_alignment import fit_rig
from blender_mmm.scene.rig_reader import read_rest
from tests.zoo import ZOO, build

Joint = skeleton.Joint

OWN: Final = "own"
RIGIFY: Final = "rigify"
#: Words of captions, and from where to where the first such clip is shown, seconds.
PARTS: Final = (("walks forward", 0.0, 3.0), ("waves", 0.0, 4.0), ("before sitting down", 6.0, 10.0))
WIDTH: Final = 1000  # pixels
COLORS: Final = 64
THICKNESS: Final = 0.14  # of a stick's length
FPS: Final = 20.0


def read_motion(data: Path) -> clips.MotionClip:
    """The parts one after the other, each from where the one before ended."""
    parts = [cut(read_val_clips(data, 1, words)[0][1], start, stop) for words, start, stop in PARTS]
    joined = parts[0]
    for part in parts[1:]:
        turn = rotations.about_y(rotations.heading(joined.rotations[-1, 0]))
        root = rotations.rotate(turn, part.root) + joined.root[-1] * [1, 0, 1]
        turns = part.rotations.copy()
        turns[:, 0] = rotations.multiply(turn, turns[:, 0])
        joined = clips.MotionClip(
            np.concatenate([joined.root, root]),
            rotations.continuous(np.concatenate([joined.rotations, turns])),
            np.concatenate([joined.contacts, part.contacts]),
        )
    return joined


def cut(clip: clips.MotionClip, start: float, stop: float) -> clips.MotionClip:
    """What lies between `start` and `stop` (seconds), from the origin and turned ahead."""
    frames = slice(round(start * clip.fps), round(stop * clip.fps))
    return to_origin(clip.root[frames], clip.rotations[frames])


def make_rig(name: str) -> Any:
    """The rig in an empty scene, with something to see."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    if name == OWN:
        return apply.create_character(bpy.context)
    if name == RIGIFY:
        with quiet_output():
            enable_add_on("rigify")
            bpy.ops.object.armature_human_metarig_add()
            bpy.ops.pose.rigify_generate()
        obj = next(obj for obj in bpy.context.scene.objects if obj.name == "rig")
    else:
        obj = build(name)
    add_sticks(obj)
    return obj


def add_sticks(obj: Any) -> None:
    """A skin of sticks, with a face; a rig of controls shows its deforming bones."""
    rest = read_rest(obj)
    bone_map = apply.find_map(rest)
    fit = fit_rig(rest, bone_map)
    pelvis = fit.bones[Joint.PELVIS]
    body = {name for bone, name in enumerate(rest.bones) if bone == pelvis or pelvis in rest.ancestors(bone)}
    bones = [bone for bone in obj.data.bones if bone.name.startswith("DEF-")]
    # The zoo's MMD rig lacks the constraints that let its second legs follow the first.
    shown = bones or [bone for bone in obj.data.bones if bone.name in body and not bone.name.endswith("D")]
    sticks = []
    for bone in shown:
        ends = [child.head_local for child in bone.children if child in shown]
        ends = ends or ([bone.tail_local] if bones else [])
        sticks += [(bone.name, np.array(bone.head_local), np.array(end)) for end in ends]
    if Joint.HEAD in fit.bones:
        head = rest.heads[fit.bones[Joint.HEAD]]
        for direction in ([0.0, 0.2, 0.0], [0.0, 0.06, 0.14]):  # crown and nose
            end = head + fit.scale * rotations.rotate(fit.frame, np.array(direction))
            sticks.append((rest.bones[fit.bones[Joint.HEAD]], head, end))
    add_skin(obj, sticks)


def add_skin(obj: Any, sticks: Sequence[tuple[str, np.ndarray, np.ndarray]]) -> None:
    """One mesh of the sticks, each moved by its bone."""
    points: list[np.ndarray] = []
    faces: list[list[int]] = []
    groups: dict[str, list[int]] = {}
    for name, head, end in sticks:
        start = len(points)
        points += stick(head, end)
        faces += [[start + corner for corner in face] for face in STICK_FACES]
        groups.setdefault(name, []).extend(range(start, start + 6))
    mesh = bpy.data.meshes.new("Sticks")
    mesh.from_pydata([tuple(point) for point in points], [], faces)
    skin = bpy.data.objects.new("Sticks", mesh)
    bpy.context.scene.collection.objects.link(skin)
    skin.parent = obj
    for name, corners in groups.items():
        obj.data.bones[name].use_deform = True
        skin.vertex_groups.new(name=name).add(corners, 1.0, "REPLACE")
    skin.modifiers.new("Armature", "ARMATURE").object = obj


STICK_FACES: Final = ((0, 1, 2), (0, 2, 3), (0, 3, 4), (0, 4, 1), (5, 2, 1), (5, 3, 2), (5, 4, 3), (5, 1, 4))


def stick(start: np.ndarray, end: np.ndarray) -> list[np.ndarray]:
    """Corners of a long octahedron."""
    along = end - start
    side = np.cross(along, [0.0, 0.0, 1.0] if abs(along[2]) < 0.7 * np.linalg.norm(along) else [0.0, 1.0, 0.0])
    side = rotations.normalize(side) * np.linalg.norm(along) * THICKNESS
    other = np.cross(rotations.normalize(along), side)
    middle = start + 0.2 * along
    return [start, middle + side, middle + other, middle - side, middle - other, end]


def write_sheet(name: str, motion: clips.MotionClip, path: Path) -> None:
    """Animate the rig and draw it, small."""
    obj = make_rig(name)
    report = apply.apply_clip(obj, motion, apply.ApplyOptions(1, FPS))
    bpy.context.scene.render.fps = round(FPS)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "sheet.png"
        write_contact_sheet(obj, whole, report.first_frame, report.last_frame, f"{name}: walks, waves, sits")
        Image = get_pillow()[0]
        with Image.open(whole) as sheet:
            small = sheet.resize((WIDTH, round(sheet.height * WIDTH / sheet.width)), Image.LANCZOS)
            small.quantize(COLORS).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB; {' '.join(report.notes)}", flush=True)


def main(arguments: Sequence[str]) -> None:
    """Write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    # The zoo's generated Rigify rig has no constraints, so that only the real one shows how they work together.
    parser.add_argument("rigs", nargs="*", default=[OWN, *(name for name in ZOO if "generated" not in name), RIGIFY])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    motion = read_motion(options.data)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.rigs:
        write_sheet(name, motion, options.out / f"{name}.png")
    sys.stdout.flush()
    os._exit(0)  # Blender's module may hang when it is taken down with add-ons in it


if __name__ == "__main__":
    main(sys.argv[1:])
