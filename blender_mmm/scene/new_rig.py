"""Our own armature of 22 bones with a simple visible body."""

from __future__ import annotations

from typing import Final

import bpy
import numpy as np

from ..engine_door import skeleton
from ..retarget.axes import CLIP_TO_BLENDER
from .body_shape import POINTS_AT, REST_POSITIONS, BodyShape, bone_end, to_body_shape

Joint = skeleton.Joint

CHARACTER_NAME: Final = "MMM Character"
BODY_NAME: Final = "MMM Body"

_FORWARD: Final = (0.0, -1.0, 0.0)
_UP: Final = (0.0, 0.0, 1.0)
_UP_ROLLED: Final = (Joint.LEFT_ANKLE, Joint.RIGHT_ANKLE, Joint.LEFT_FOOT, Joint.RIGHT_FOOT)

#: name, base colour (linear), roughness
_MATERIALS: Final = (
    ("MMM Body", (0.62, 0.36, 0.2, 1.0), 0.5),
    ("MMM Joints", (0.05, 0.09, 0.13, 1.0), 0.45),
)


def create_character(context: bpy.types.Context) -> bpy.types.Object:
    """The armature, at the 3D cursor with its soles on the floor there; made active and selected."""
    if context.view_layer.objects.active is not None and context.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    data = bpy.data.armatures.new(CHARACTER_NAME)
    character = bpy.data.objects.new(CHARACTER_NAME, data)
    _collection_of(context).objects.link(character)
    character.location = context.scene.cursor.location
    _select_only(context, character)
    _write_bones(character)
    data.display_type = "STICK"
    character.show_in_front = True
    body = _new_body(character)
    for collection in character.users_collection:
        collection.objects.link(body)
    context.view_layer.update()
    return character


def _collection_of(context: bpy.types.Context) -> bpy.types.Collection:
    """The active collection, or the scene's own where that one is linked or hidden."""
    layer = context.view_layer.active_layer_collection
    usable = layer.collection.library is None and not layer.exclude and layer.is_visible
    return layer.collection if usable else context.scene.collection


def _select_only(context: bpy.types.Context, obj: bpy.types.Object) -> None:
    context.view_layer.update()
    # A list: touching an object may rebuild the collection it comes from (a crash in 4.2).
    for other in list(context.view_layer.objects):
        other.select_set(False)
    context.view_layer.objects.active = obj
    obj.select_set(True)


def _write_bones(character: bpy.types.Object) -> None:
    """Bones from joint to joint; knees and elbows bend about their local x."""
    bpy.ops.object.mode_set(mode="EDIT")
    try:
        bones = character.data.edit_bones
        for joint in Joint:
            bone = bones.new(joint.name.lower())
            bone.head = CLIP_TO_BLENDER @ REST_POSITIONS[joint]
            bone.tail = CLIP_TO_BLENDER @ bone_end(joint)
            bone.align_roll(_UP if joint in _UP_ROLLED else _FORWARD)
            parent = skeleton.PARENTS[joint]
            if parent >= 0:
                bone.parent = bones[Joint(parent).name.lower()]
                bone.use_connect = POINTS_AT.get(Joint(parent)) == joint
    finally:
        bpy.ops.object.mode_set(mode="OBJECT")


def _new_body(character: bpy.types.Object) -> bpy.types.Object:
    """The skinned mesh, a child of the armature."""
    shape = to_body_shape()
    body = bpy.data.objects.new(BODY_NAME, _new_mesh(shape))
    body.parent = character
    for joint in Joint:
        points = np.flatnonzero(shape.joints == joint)
        if len(points):
            body.vertex_groups.new(name=joint.name.lower()).add(points.tolist(), 1.0, "REPLACE")
    modifier = body.modifiers.new("Armature", "ARMATURE")
    modifier.object = character
    return body


def _new_mesh(shape: BodyShape) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(BODY_NAME)
    mesh.from_pydata((shape.points @ CLIP_TO_BLENDER.T).tolist(), [], shape.faces)
    for name, color, roughness in _MATERIALS:
        mesh.materials.append(_get_material(name, color, roughness))
    mesh.polygons.foreach_set("material_index", shape.materials.astype(np.int32))
    mesh.polygons.foreach_set("use_smooth", np.ones(len(shape.faces), dtype=bool))
    mesh.update()
    return mesh


def _get_material(name: str, color: tuple[float, float, float, float], roughness: float) -> bpy.types.Material:
    """The material of that name in this file; made the first time."""
    material = bpy.data.materials.get(name)
    if material is not None and material.library is None:
        return material
    material = bpy.data.materials.new(name)
    material.diffuse_color = color
    material.roughness = roughness
    if material.node_tree is None:
        material.use_nodes = True
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = color
    shader.inputs["Roughness"].default_value = roughness
    return material
