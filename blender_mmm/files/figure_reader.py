"""What an armature shows over time, as arrays: its deformed meshes, or its bones where it has none.

The scene is left at the frame where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import bpy
import numpy as np

from ..engine_door import skeleton
from ..retarget.bone_map import UnmappedRigError, find_bone_map
from ..scene.rig_reader import read_rest
from .bone_sides import LEFT, MIDDLE, RIGHT, side_of
from .errors import FileError
from .posed_mesh import PosedMesh, join, to_bone_shapes, to_triangle_sides

Joint = skeleton.Joint


@dataclass(frozen=True)
class BodyPath:
    """Where the body is at each frame, in the world (z up, scene units)."""

    frames: np.ndarray  # [N]
    positions: np.ndarray  # [N, 3] of the pelvis
    aheads: np.ndarray  # [N, 3] direction the hips look in, level


@contextmanager
def frame_kept(scene: bpy.types.Scene) -> Iterator[None]:
    """Afterwards `scene` is at the frame where it was."""
    frame, subframe = scene.frame_current, scene.frame_subframe
    try:
        yield
    finally:
        scene.frame_set(frame, subframe=subframe)


def get_scene(obj: bpy.types.Object) -> bpy.types.Scene:
    """The scene `obj` is seen in: the current one if it is there; raises FileError if it is in none."""
    scenes = obj.users_scene
    if not scenes:
        raise FileError(f"“{obj.name}” is in no scene, so there is nothing to show.")
    return bpy.context.scene if bpy.context.scene in scenes else scenes[0]


def read_figures(obj: bpy.types.Object, frames: Sequence[int]) -> list[PosedMesh]:
    """What is seen of the armature `obj` at each of `frames`."""
    scene = get_scene(obj)
    layer = scene.view_layers[0]
    bodies = find_bodies(obj)
    sides: dict[str, np.ndarray] = {}
    figures = []
    with frame_kept(scene):
        for frame in frames:
            scene.frame_set(int(frame))
            figures.append(_read_figure(obj, bodies, layer.depsgraph, sides))
    return figures


def read_path(obj: bpy.types.Object, frames: np.ndarray) -> BodyPath:
    """Where the pelvis of the armature `obj` is and looks at each of `frames` [N]."""
    marks = _find_landmarks(obj)
    scene = get_scene(obj)
    positions, aheads = np.empty((len(frames), 3)), np.empty((len(frames), 3))
    with frame_kept(scene):
        for row, frame in enumerate(frames):
            scene.frame_set(int(frame))
            posed = obj.evaluated_get(scene.view_layers[0].depsgraph)
            positions[row] = _mean_head(posed, marks.pelvis)
            aheads[row] = _to_ahead(_mean_head(posed, marks.right) - _mean_head(posed, marks.left))
    return BodyPath(np.asarray(frames), positions, aheads)


def _to_ahead(across: np.ndarray) -> np.ndarray:
    """Level direction a body looks in whose left-to-right is `across` [3]; -y where that is unknown."""
    ahead = np.array([-across[1], across[0], 0.0])
    length = float(np.linalg.norm(ahead))
    return ahead / length if length > 1e-9 else np.array([0.0, -1.0, 0.0])


@dataclass(frozen=True)
class _Landmarks:
    """Bones whose mean heads tell where a body is and which way it looks."""

    pelvis: tuple[str, ...]
    left: tuple[str, ...]
    right: tuple[str, ...]


def _find_landmarks(obj: bpy.types.Object) -> _Landmarks:
    """Pelvis and hips of a rig we know; of any other the middle of its bones and its two sides."""
    try:
        bones = find_bone_map(read_rest(obj)).bones
    except UnmappedRigError:
        names = [bone.name for bone in obj.data.bones if bone.use_deform] or list(obj.data.bones.keys())
        sided = {side: tuple(name for name in names if side_of(name) == side) for side in (LEFT, RIGHT)}
        return _Landmarks(tuple(names), sided[LEFT], sided[RIGHT])
    pelvis, left, right = (bones[joint] for joint in (Joint.PELVIS, Joint.LEFT_HIP, Joint.RIGHT_HIP))
    assert pelvis and left and right, "the bone map requires them"
    return _Landmarks((pelvis,), (left,), (right,))


def _mean_head(posed: bpy.types.Object, names: tuple[str, ...]) -> np.ndarray:
    """Mean world position [3] of bone heads; the object's own place where there are none."""
    if not names:
        return np.array(posed.matrix_world.translation)
    heads = np.array([posed.pose.bones[name].head for name in names])
    world = np.array(posed.matrix_world)
    return world[:3, :3] @ heads.mean(axis=0) + world[:3, 3]


def find_bodies(obj: bpy.types.Object) -> list[bpy.types.Object]:
    """Visible meshes the armature `obj` deforms or carries."""
    scene = get_scene(obj)
    layer = scene.view_layers[0]
    found = []
    for other in scene.objects:
        if other.type != "MESH" or other.hide_render or not other.visible_get(view_layer=layer):
            continue
        deformed = any(m.type == "ARMATURE" and m.object == obj for m in other.modifiers)
        if deformed or other.parent == obj:
            found.append(other)
    return found


def _read_figure(
    obj: bpy.types.Object,
    bodies: list[bpy.types.Object],
    depsgraph: bpy.types.Depsgraph,
    sides: dict[str, np.ndarray],
) -> PosedMesh:
    parts = [part for body in bodies if (part := _read_body(body, depsgraph, sides)) is not None]
    return join(parts) if parts else _read_bones(obj.evaluated_get(depsgraph))


def _read_body(
    body: bpy.types.Object, depsgraph: bpy.types.Depsgraph, sides: dict[str, np.ndarray]
) -> PosedMesh | None:
    """The evaluated mesh of `body`; None if it has no faces. sides: what is known of its vertices, by name."""
    posed = body.evaluated_get(depsgraph)
    mesh = posed.to_mesh()
    try:
        mesh.calc_loop_triangles()
        count, faces = len(mesh.vertices), len(mesh.loop_triangles)
        if faces == 0:
            return None
        points = np.empty(count * 3, dtype=np.float32)
        mesh.vertices.foreach_get("co", points)
        triangles = np.empty(faces * 3, dtype=np.int32)
        mesh.loop_triangles.foreach_get("vertices", triangles)
        if len(sides.get(body.name, ())) != count:
            sides[body.name] = _vertex_sides(body, mesh)
    finally:
        posed.to_mesh_clear()
    world = np.array(posed.matrix_world)
    vertices = points.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3]
    triangles = triangles.reshape(-1, 3)
    if np.linalg.det(world[:3, :3]) < 0:
        triangles = triangles[:, ::-1]
    return PosedMesh(
        vertices, triangles, to_triangle_sides(sides[body.name], triangles), np.ones(len(triangles), dtype=bool)
    )


def _vertex_sides(body: bpy.types.Object, mesh: bpy.types.Mesh) -> np.ndarray:
    """Side of each vertex [V]: that of the group which holds it most, or of the bone the object hangs on."""
    if body.parent_type == "BONE":
        return np.full(len(mesh.vertices), side_of(body.parent_bone), dtype=np.int8)
    groups = [side_of(group.name) for group in body.vertex_groups]
    found = np.zeros(len(mesh.vertices), dtype=np.int8)
    for index, vertex in enumerate(mesh.vertices):
        strongest, weight = MIDDLE, 0.0
        for element in vertex.groups:
            if element.weight > weight and element.group < len(groups):
                strongest, weight = groups[element.group], element.weight
        found[index] = strongest
    return found


def _read_bones(posed: bpy.types.Object) -> PosedMesh:
    """The bones that are seen, deforming ones if there are any, as octahedra."""
    bones = [bone for bone in posed.pose.bones if not bone.bone.hide] or list(posed.pose.bones)
    bones = [bone for bone in bones if bone.bone.use_deform] or bones
    if not bones:
        raise FileError(f"“{posed.name}” has no bones, so there is nothing to show.")
    world = np.array(posed.matrix_world)
    matrices = world @ np.array([bone.matrix for bone in bones])
    size = np.linalg.norm(matrices[:, :3, 1], axis=1)
    matrices[:, :3, :3] /= np.maximum(size, 1e-12)[:, None, None]
    lengths = np.array([bone.length for bone in bones]) * size
    return to_bone_shapes(matrices, lengths, np.array([side_of(bone.name) for bone in bones], dtype=np.int8))
