"""The character made where no armature is selected."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from blender_mmm import apply  # noqa: E402
from blender_mmm.engine_door import skeleton  # noqa: E402
from blender_mmm.scene.body_shape import to_body_shape  # noqa: E402


def test_stands_at_the_cursor_alone_selected(lab: SimpleNamespace) -> None:
    """Also out of another object's edit mode, and hidden-collection friendly."""
    first = apply.create_character(bpy.context)
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.context.scene.cursor.location = (1.0, 2.0, 0.5)
    second = apply.create_character(bpy.context)
    assert bpy.context.view_layer.objects.active == second
    assert bpy.context.selected_objects == [second]
    assert (first.mode, second.mode) == ("OBJECT", "OBJECT")
    body = second.children[0]
    lowest = min((body.matrix_world @ vertex.co).z for vertex in body.data.vertices)
    assert tuple(second.location) == (1.0, 2.0, 0.5)
    assert abs(lowest - 0.5) < 0.015  # the soles stand on the cursor's floor
    assert len(bpy.data.materials) == 2


def test_every_point_follows_one_bone(lab: SimpleNamespace) -> None:
    rig = apply.create_character(bpy.context)
    body = rig.children[0]
    names = {group.index: group.name for group in body.vertex_groups}
    for vertex in body.data.vertices:
        assert [group.weight for group in vertex.groups] == [1.0]
        assert names[vertex.groups[0].group] in rig.data.bones
    assert not body.data.validate()


@pytest.mark.parametrize("bone, direction", [("left_knee", 1.0), ("right_knee", 1.0), ("left_elbow", -1.0)])
def test_hinges_bend_about_local_x(lab: SimpleNamespace, bone: str, direction: float) -> None:
    """Knees back, elbows forward, by one angle about x: what an animator expects to grab."""
    rig = apply.create_character(bpy.context)
    posed = rig.pose.bones[bone]
    posed.rotation_mode = "XYZ"
    before = np.array(posed.tail)
    posed.rotation_euler.x = 0.5 if bone.endswith("elbow") else -0.5
    bpy.context.view_layer.update()
    moved = np.array(posed.tail) - before
    assert moved[1] * direction > 0.05
    assert abs(moved[0 if "knee" in bone else 2]) < 1e-4


def test_parts_are_closed_and_face_outward() -> None:
    shape = to_body_shape()
    edges: dict[tuple[int, int], int] = {}
    for face in shape.faces:
        for a, b in zip(face, (*face[1:], face[0]), strict=True):
            edges[a, b] = edges.get((a, b), 0) + 1
    assert all(count == 1 and (b, a) in edges for (a, b), count in edges.items())
    volume = 0.0
    for face in shape.faces:
        corners = shape.points[list(face)]
        for n in range(1, len(face) - 1):
            volume += float(np.dot(corners[0], np.cross(corners[n], corners[n + 1]))) / 6.0
    assert 0.03 < volume < 0.12  # cubic metres of a slim mannequin
    assert set(shape.joints) == {int(joint) for joint in skeleton.Joint}
