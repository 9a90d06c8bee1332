"""Renders poses side by side in one picture, in a scene of its own that is gone afterwards.

Cycles, because it needs no graphics driver and no display. Every tile stands at its own depth before an
orthographic camera, so no tile throws its shadow on another.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bpy
import numpy as np
from mathutils import Vector

from . import palette
from .bone_sides import LEFT, MIDDLE, RIGHT
from .errors import FileError
from .posed_mesh import PosedMesh
from .quiet import quiet_output
from .tile_floor import FloorMesh, FloorPart, to_floor
from .tile_layout import ELEVATION, Extent, Tile, TileLayout, to_view

_NAME: Final = "MMM Picture"
_TILE_DEPTH: Final = 20.0  # metres between tiles along the camera's view
_CAMERA_DISTANCE: Final = 50.0
_AMBIENT: Final = 0.38  # a glow of the material itself: light from a world would be grainy at few samples
#: Where the light goes (x right, y away, z up), its strength, whether it throws shadows.
_SUNS: Final = (((0.5, 0.6, -1.0), 2.3, True), ((-1.0, 0.7, -0.15), 0.7, False))

_COLOURS: Final = {MIDDLE: palette.MIDDLE, LEFT: palette.LEFT, RIGHT: palette.RIGHT}
_BODY_SLOTS: Final = (MIDDLE, LEFT, RIGHT)
_FLOOR_COLOURS: Final = {
    FloorPart.PATCH: palette.FLOOR,
    FloorPart.LINE: palette.FLOOR_LINE,
    FloorPart.METRE: palette.FLOOR_METRE,
    FloorPart.PATH: palette.PATH,
}


@dataclass(frozen=True)
class TilePicture:
    """What is to be rendered; everything on the stage, in metres."""

    figures: Sequence[PosedMesh]
    places: np.ndarray  # [P, 2] floor point in the middle of each figure's tile
    path: np.ndarray  # [N, 2] over the floor
    layout: TileLayout
    extent: Extent
    samples: int = 8  # a pixel


def render_tiles(picture: TilePicture, path: Path) -> None:
    """Write `picture` to `path` (.png) with a transparent background."""
    with _picture_scene(picture.layout, picture.samples) as scene:
        _add_mesh(scene, *_to_geometry(picture))
        scene.render.filepath = str(path)
        with quiet_output():
            bpy.ops.render.render(write_still=True, scene=scene.name)
    if not path.is_file():
        raise FileError(f"Blender rendered no picture at {path}. Is the disk full?")


def _grid_step(extent: Extent) -> float:
    """Metres between grid lines: half a metre for a human, more for giants."""
    return 0.5 * 10.0 ** max(0, math.floor(math.log10(max(extent.top, 1.0) / 1.7)))


def _to_geometry(picture: TilePicture) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Vertices [V, 3], triangles [F, 3], material slots [F] and smoothness [F] of all tiles."""
    vertices, faces, slots, smooth = [], [], [], []
    start = 0
    for depth, tile in enumerate(picture.layout.tiles):
        figure, floor = picture.figures[tile.figure], _floor_of(tile, picture)
        shift = _shift(tile, picture.layout, depth)
        middle = np.array([*picture.places[tile.figure], 0.0])
        body = to_view(figure.vertices - middle, tile.view) + shift
        ground = floor.corners.reshape(-1, 3) + shift
        quads = np.arange(len(floor.corners) * 4, dtype=np.int32).reshape(-1, 4)
        split = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
        vertices += [body, ground]
        faces += [figure.triangles + start, split + start + len(body)]
        slots += [_body_slots(figure.sides), np.tile(floor.parts, 2) + len(_BODY_SLOTS)]
        smooth += [figure.smooth, np.zeros(len(split), dtype=bool)]
        start += len(body) + len(ground)
    return np.concatenate(vertices), np.concatenate(faces), np.concatenate(slots), np.concatenate(smooth)


def _body_slots(sides: np.ndarray) -> np.ndarray:
    slots = np.zeros(len(sides), dtype=np.int32)
    for slot, side in enumerate(_BODY_SLOTS):
        slots[sides == side] = slot
    return slots


def _floor_of(tile: Tile, picture: TilePicture) -> FloorMesh:
    """The floor under a tile, in the tile's own directions."""
    directions = to_view(np.eye(3)[:2], tile.view)  # rows: where the stage's x and y go
    layout, extent = picture.layout, picture.extent
    across = layout.cell[0] / layout.scale / 2 * layout.floor_share
    half = (across, extent.floor_reach)
    return to_floor(picture.places[tile.figure], directions[:, :2].T, half, picture.path, _grid_step(extent))


def _shift(tile: Tile, layout: TileLayout, depth: int) -> np.ndarray:
    """Where in the picture's scene the tile's floor point lies [3]."""
    sine, cosine = math.sin(ELEVATION), math.cos(ELEVATION)
    right = (tile.centre[0] - layout.size[0] / 2) / layout.scale
    up = (layout.size[1] / 2 - tile.centre[1]) / layout.scale
    away = depth * _TILE_DEPTH
    return np.array([right, up * sine + away * cosine, up * cosine - away * sine])


@contextmanager
def _picture_scene(layout: TileLayout, samples: int) -> Iterator[bpy.types.Scene]:
    """An empty scene with camera and light; everything made in it is removed afterwards."""
    before = {collection: set(getattr(bpy.data, collection)) for collection in _COLLECTIONS}
    scene = bpy.data.scenes.new(_NAME)
    try:
        _set_render(scene, layout, samples)
        _add_camera(scene, layout)
        _add_suns(scene)
        _add_world(scene)
        yield scene
    finally:
        made = [block for name, old in before.items() for block in getattr(bpy.data, name) if block not in old]
        bpy.data.batch_remove(made)


#: Everything a picture makes; the render result among the images.
_COLLECTIONS: Final = ("objects", "meshes", "materials", "cameras", "lights", "worlds", "images", "scenes")


def _set_render(scene: bpy.types.Scene, layout: TileLayout, samples: int) -> None:
    render = scene.render
    render.engine = "CYCLES"
    render.resolution_x, render.resolution_y = layout.size
    render.resolution_percentage = 100
    render.film_transparent = True
    render.use_compositing = render.use_sequencer = False
    if hasattr(render.image_settings, "media_type"):
        render.image_settings.media_type = "IMAGE"
    render.image_settings.file_format = "PNG"
    render.image_settings.color_mode = "RGBA"
    scene.view_settings.view_transform = "Standard"
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.samples = samples
    cycles.use_adaptive_sampling = False
    cycles.use_denoising = False
    cycles.max_bounces = 0
    cycles.caustics_reflective = cycles.caustics_refractive = False


def _add_camera(scene: bpy.types.Scene, layout: TileLayout) -> None:
    data = bpy.data.cameras.new(_NAME)
    data.type = "ORTHO"
    data.sensor_fit = "HORIZONTAL"
    data.ortho_scale = layout.size[0] / layout.scale
    data.clip_end = 2 * _CAMERA_DISTANCE + _TILE_DEPTH * (len(layout.tiles) + 1)
    camera = bpy.data.objects.new(_NAME, data)
    camera.location = (
        0.0,
        -_CAMERA_DISTANCE * math.cos(ELEVATION),
        _CAMERA_DISTANCE * math.sin(ELEVATION),
    )
    camera.rotation_euler = (math.pi / 2 - ELEVATION, 0.0, 0.0)
    scene.collection.objects.link(camera)
    scene.camera = camera


def _add_suns(scene: bpy.types.Scene) -> None:
    """A key light that throws shadows and a weaker one from the other side."""
    for direction, strength, shadow in _SUNS:
        data = bpy.data.lights.new(_NAME, "SUN")
        data.energy = strength
        data.angle = 0.0  # a hard shadow needs no further samples
        data.use_shadow = shadow
        sun = bpy.data.objects.new(_NAME, data)
        sun.rotation_euler = Vector(direction).to_track_quat("-Z", "Y").to_euler()
        scene.collection.objects.link(sun)


def _add_world(scene: bpy.types.Scene) -> None:
    world = bpy.data.worlds.new(_NAME)
    if world.node_tree is None:
        world.use_nodes = True
    background = next(node for node in world.node_tree.nodes if node.type == "BACKGROUND")
    background.inputs["Strength"].default_value = 0.0
    scene.world = world


def _add_mesh(
    scene: bpy.types.Scene, vertices: np.ndarray, faces: np.ndarray, slots: np.ndarray, smooth: np.ndarray
) -> None:
    mesh = bpy.data.meshes.new(_NAME)
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", vertices.astype(np.float32).ravel())
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set("vertex_index", faces.astype(np.int32).ravel())
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, 3, dtype=np.int32))
    for side in _BODY_SLOTS:
        mesh.materials.append(_new_material(_COLOURS[side]))
    for part in FloorPart:
        mesh.materials.append(_new_material(_FLOOR_COLOURS[part]))
    mesh.polygons.foreach_set("material_index", slots.astype(np.int32))
    mesh.polygons.foreach_set("use_smooth", smooth)
    mesh.update(calc_edges=True)
    scene.collection.objects.link(bpy.data.objects.new(_NAME, mesh))


def _new_material(colour: palette.Colour) -> bpy.types.Material:
    material = bpy.data.materials.new(_NAME)
    if material.node_tree is None:
        material.use_nodes = True
    nodes = material.node_tree.nodes
    nodes.clear()
    diffuse, glow = nodes.new("ShaderNodeBsdfDiffuse"), nodes.new("ShaderNodeEmission")
    both, output = nodes.new("ShaderNodeAddShader"), nodes.new("ShaderNodeOutputMaterial")
    diffuse.inputs["Color"].default_value = glow.inputs["Color"].default_value = palette.to_linear(colour)
    glow.inputs["Strength"].default_value = _AMBIENT
    links = material.node_tree.links
    links.new(diffuse.outputs[0], both.inputs[0])
    links.new(glow.outputs[0], both.inputs[1])
    links.new(both.outputs[0], output.inputs["Surface"])
    return material
