"""Pictures show what is: directions, sides, sizes and floors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blender_mmm.files.bone_sides import LEFT, RIGHT
from blender_mmm.files.posed_mesh import PosedMesh, join, to_bone_shapes
from blender_mmm.files.stage import Stage, Track, spread
from blender_mmm.files.tile_floor import to_floor
from blender_mmm.files.tile_layout import Extent, View, choose_pose_count, lay_rows, to_view

angles = st.floats(-math.pi, math.pi)
floats = st.floats(-20, 20)


@given(angles, floats, floats)
def test_the_stage_moves_and_turns_but_never_stretches_or_mirrors(angle: float, x: float, y: float) -> None:
    stage = Stage(np.array([x, y, 0.0]), np.array([math.cos(angle), math.sin(angle)]))
    corners = np.random.default_rng(1).normal(size=(4, 3))
    staged = stage.to_stage(corners)
    edges, staged_edges = corners[1:] - corners[0], staged[1:] - staged[0]
    assert np.allclose(edges @ edges.T, staged_edges @ staged_edges.T)
    assert np.linalg.det(staged_edges) == pytest.approx(np.linalg.det(edges))
    ahead = np.array([x + math.cos(angle), y + math.sin(angle), 0.0])
    assert np.allclose(stage.to_stage(ahead), [0, 1, 0], atol=1e-9)


@given(angles, st.floats(-3, 3))
def test_turning_left_is_positive(angle: float, turn: float) -> None:
    stage = Stage(np.zeros(3), np.array([math.cos(angle), math.sin(angle)]))
    direction = np.array([math.cos(angle + turn), math.sin(angle + turn), 0.0])
    assert stage.to_heading(direction) == pytest.approx(turn, abs=1e-6)


def test_a_steady_walk_has_its_speed_everywhere() -> None:
    seconds = np.arange(48) / 24.0
    positions = np.stack([0 * seconds, 1.4 * seconds, 0.9 + 0 * seconds], axis=1)
    track = Track(np.arange(48), seconds, positions, 0 * seconds)
    assert np.allclose(track.speed, 1.4)
    assert track.distance == pytest.approx(1.4 * seconds[-1])


@given(st.integers(1, 30), st.integers(-50, 50), st.integers(0, 300))
def test_poses_are_spread_from_first_to_last(count: int, first: int, length: int) -> None:
    frames = spread(count, first, first + length)
    assert frames[0] == first
    assert len(frames) <= count and (np.diff(frames) > 0).all()
    assert count == 1 or frames[-1] == first + length


def test_views_put_forward_and_left_where_a_viewer_expects_them() -> None:
    forward, left = np.array([0.0, 1.0, 0.0]), np.array([-1.0, 0.0, 0.0])
    assert np.allclose(to_view(forward, View.SIDE), [1, 0, 0])  # walks to the right of the picture
    assert np.allclose(to_view(left, View.SIDE), [0, 1, 0])  # its left is farther away
    assert np.allclose(to_view(forward, View.FRONT), [0, -1, 0])  # comes towards the viewer
    assert np.allclose(to_view(left, View.FRONT), [1, 0, 0])


@given(st.floats(0.3, 8), st.floats(1, 8), st.floats(-1, 0), st.integers(1, 12))
def test_every_figure_fits_its_cell(reach: float, top: float, bottom: float, poses: int) -> None:
    extent = Extent(reach, top, bottom)
    layout = lay_rows(extent, poses, (View.SIDE, View.FRONT), 1568, 420)
    width, height = layout.cell
    assert 2 * reach * layout.scale <= width
    for tile in layout.tiles:
        above = tile.centre[1] - tile.corner[1]
        assert above >= top * 0.98 * layout.scale  # cos(11 degrees)
        assert height - above >= -bottom * 0.98 * layout.scale
        assert tile.corner[0] + width <= layout.size[0] and tile.corner[1] + height <= layout.size[1]
    assert 8 <= choose_pose_count(extent, 1568) <= 12


@given(angles, floats, floats, st.floats(0.5, 3), st.floats(0.5, 3))
def test_nothing_on_the_floor_leaves_its_patch(angle: float, x: float, y: float, wide: float, deep: float) -> None:
    axes = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    path = np.random.default_rng(0).normal(size=(20, 2)) * 4 + [x, y]
    floor = to_floor(np.array([x, y]), axes, (wide, deep), path, 0.5)
    assert (np.abs(floor.corners[..., 0]) <= wide + 0.02).all()
    assert (np.abs(floor.corners[..., 1]) <= deep + 0.02).all()


def test_bones_become_closed_bodies_from_head_to_tail() -> None:
    matrix = np.eye(4)
    matrix[:3, 3] = (1.0, 2.0, 3.0)
    body = to_bone_shapes(np.array([matrix, matrix]), np.array([0.5, 0.2]), np.array([LEFT, RIGHT]))
    first = body.vertices[:6]
    assert np.allclose(first.min(axis=0)[1], 2.0) and np.allclose(first.max(axis=0)[1], 2.5)
    edges = np.sort(body.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, counts = np.unique(edges, axis=0, return_counts=True)
    assert (counts == 2).all()
    assert body.sides.tolist() == [LEFT] * 8 + [RIGHT] * 8


def test_a_left_limb_is_blue_on_the_right_of_a_front_view() -> None:
    pytest.importorskip("PIL")
    from blender_mmm.files.tile_paint import TilePicture, paint_tiles

    def limb(x: float, side: int) -> PosedMesh:
        matrix = np.array([[1, 0, 0, x], [0, 0, -1, 0], [0, 1, 0, 0.2], [0, 0, 0, 1.0]])
        return to_bone_shapes(matrix[None], np.array([1.4]), np.array([side]))

    body = join([limb(-0.3, LEFT), limb(0.3, RIGHT)])
    layout = lay_rows(Extent(0.6, 1.7, 0.0), 1, (View.FRONT,), 300, 420)
    picture = TilePicture([body], np.zeros((1, 2)), np.zeros((2, 2)), layout, Extent(0.6, 1.7, 0.0))
    pixels = np.asarray(paint_tiles(picture)).astype(int)
    red, blue = pixels[..., 0], pixels[..., 2]
    blues, oranges = np.nonzero(blue - red > 60)[1], np.nonzero(red - blue > 60)[1]
    assert len(blues) > 200 and len(oranges) > 200
    assert blues.min() > oranges.max()
