# ruff: noqa: E402 - what needs bpy is imported after it is known to be there
"""Sheets and films show the posed armature and leave the scene as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")
pytest.importorskip("PIL")

from PIL import Image

from blender_mmm import apply
from blender_mmm.engine_door import clip as clips
from blender_mmm.engine_door import skeleton
from blender_mmm.files.contact_sheet import WIDTH, write_contact_sheet
from blender_mmm.files.errors import FileError
from blender_mmm.files.figure_reader import read_figures, read_path
from blender_mmm.files.film_frames import read_film_frames
from blender_mmm.files.mixamo_rig import create_mixamo_rig
from blender_mmm.files.outcome import Outcome

FRAMES = 30
COLLECTIONS = ("objects", "meshes", "materials", "scenes", "images", "cameras", "lights", "worlds", "actions")


def walk(speed: float = 1.0) -> clips.MotionClip:
    """Straight ahead, the right arm raised."""
    rotations = np.tile([1.0, 0, 0, 0], (FRAMES, skeleton.JOINT_COUNT, 1))
    rotations[:, skeleton.Joint.RIGHT_SHOULDER] = [np.cos(0.6), 0, 0, -np.sin(0.6)]
    root = np.zeros((FRAMES, 3))
    root[:, 1], root[:, 2] = skeleton.REST_PELVIS_HEIGHT, speed * np.arange(FRAMES) / skeleton.MODEL_FPS
    return clips.MotionClip(root, rotations, np.zeros((FRAMES, len(skeleton.CONTACT_JOINTS))))


def animated(obj: Any, clip: clips.MotionClip) -> Outcome:
    report = apply.apply_clip(obj, clip, apply.ApplyOptions(1, 20.0, None, "walk"))
    return Outcome(obj.name, report.first_frame, report.last_frame, clip, "a person walks", 0)


@pytest.fixture
def character() -> Any:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.scene.render.fps = 20
    return apply.create_character(bpy.context)


@pytest.fixture
def mixamo() -> Any:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.scene.render.fps = 20
    return create_mixamo_rig(bpy.context)


def counts() -> dict[str, int]:
    return {name: len(getattr(bpy.data, name)) for name in COLLECTIONS}


@pytest.mark.parametrize("rig", ["character", "mixamo"])
def test_the_sheet_shows_both_sides_and_the_scene_stays(
    rig: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    obj = request.getfixturevalue(rig)
    outcome = animated(obj, walk())
    bpy.context.scene.frame_set(7)
    before = counts()
    write_contact_sheet(obj, tmp_path / "walk.png", 1, outcome.last_frame, "walk")
    assert counts() == before and bpy.context.scene.frame_current == 7
    with Image.open(tmp_path / "walk.png") as sheet:
        assert sheet.width == WIDTH
        pixels = np.asarray(sheet.convert("RGB")).astype(int)
    red, blue = pixels[..., 0], pixels[..., 2]
    assert (blue - red > 80).mean() > 0.005 and (red - blue > 80).mean() > 0.005


def test_figures_are_the_deformed_body_and_sided_by_its_weights(character: Any) -> None:
    outcome = animated(character, walk())
    early, late = read_figures(character, [1, outcome.last_frame])
    travelled = (outcome.last_frame - 1) / skeleton.MODEL_FPS
    moved = late.vertices.mean(axis=0) - early.vertices.mean(axis=0)
    assert np.allclose(moved, [0, -travelled, 0], atol=0.02)  # Blender's forward is -y
    raised = early.vertices[early.triangles[early.sides == 1]].reshape(-1, 3)  # the right side, arm up
    other = early.vertices[early.triangles[early.sides == -1]].reshape(-1, 3)
    assert raised[:, 0].mean() < 0 < other[:, 0].mean()
    assert raised[:, 2].max() > other[:, 2].max() + 0.2


def test_the_path_is_that_of_the_pelvis(mixamo: Any) -> None:
    outcome = animated(mixamo, walk())
    path = read_path(mixamo, np.arange(1, outcome.last_frame + 1))
    steps = np.diff(path.positions, axis=0)
    assert np.allclose(steps, [0, -1 / skeleton.MODEL_FPS, 0], atol=1e-3)
    assert np.allclose(path.aheads, [0, -1, 0], atol=1e-3)


def test_other_motion_other_picture(character: Any, tmp_path: Path) -> None:
    outcome = animated(character, walk())
    for name in ("a", "b"):
        write_contact_sheet(character, tmp_path / f"{name}.png", 1, outcome.last_frame, "same words")
    animated(character, walk(2.0))
    write_contact_sheet(character, tmp_path / "c.png", 1, outcome.last_frame, "same words")
    first, second, third = ((tmp_path / f"{name}.png").read_bytes() for name in "abc")
    assert first == second != third


def test_a_film_has_every_frame_and_keeps_the_body_in_view(character: Any) -> None:
    outcome = animated(character, walk(2.0))
    fps, frames = read_film_frames(outcome, 30.0)
    pictures = [np.asarray(frame).astype(int) for frame in frames]
    assert fps == 20.0 and len(pictures) == outcome.last_frame
    for picture in pictures:
        coloured = np.abs(picture[..., 0] - picture[..., 2]) > 60
        assert coloured.mean() > 0.01
        border = np.concatenate([coloured[:, 0], coloured[:, -1]])
        assert border.mean() < 0.1  # the path may cross it, the body may not


def test_films_of_fast_scenes_leave_frames_out(character: Any) -> None:
    outcome = animated(character, walk())
    bpy.context.scene.render.fps = 60
    fps, frames = read_film_frames(outcome, 30.0)
    assert fps == 30.0 and len(list(frames)) == (outcome.last_frame + 1) // 2


def test_an_armature_without_bones_is_refused(character: Any, tmp_path: Path) -> None:
    empty = bpy.data.objects.new("Empty Rig", bpy.data.armatures.new("Empty Rig"))
    bpy.context.scene.collection.objects.link(empty)
    bpy.context.view_layer.update()
    with pytest.raises(FileError, match="no bones"):
        write_contact_sheet(empty, tmp_path / "a.png", 1, 5, "nothing")
    assert not list(tmp_path.iterdir())
