"""An armature's motion read from the scene and laid on the stage: what sheets and films are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import bpy
import numpy as np

from .figure_reader import get_scene, read_figures, read_path
from .posed_mesh import PosedMesh
from .stage import Stage, Track, spread
from .tile_layout import Extent

_PATH_POINTS: Final = 150


@dataclass(frozen=True)
class Recording:
    """Poses and path on the stage, metres."""

    frames: np.ndarray  # [P] scene frames of the poses
    figures: tuple[PosedMesh, ...]  # [P]
    track: Track

    @property
    def centres(self) -> np.ndarray:
        """The floor points [P, 2] under the middles of the poses."""
        corners = [(figure.vertices.min(axis=0), figure.vertices.max(axis=0)) for figure in self.figures]
        return np.array([(low[:2] + high[:2]) / 2 for low, high in corners])

    def to_extent(self, places: np.ndarray) -> Extent:
        """Room that holds every pose around its floor point in `places` [P, 2]."""
        reach, top, bottom = 0.3, 1.0, 0.0
        for figure, place in zip(self.figures, places, strict=True):
            reach = max(reach, float(np.abs(figure.vertices[:, :2] - place).max()))
            top = max(top, float(figure.vertices[:, 2].max()))
            bottom = min(bottom, float(figure.vertices[:, 2].min()))
        return Extent(reach, top, bottom)


def read_recording(obj: bpy.types.Object, poses: Sequence[int], first: int, last: int) -> Recording:
    """The armature `obj` at the frames `poses`, and its path from `first` to `last`."""
    scene = get_scene(obj)
    fps = scene.render.fps / scene.render.fps_base
    frames = np.asarray(poses, dtype=int)
    path_frames = np.union1d(spread(_PATH_POINTS, first, last), frames)
    path = read_path(obj, path_frames)
    unit = scene.unit_settings.scale_length
    floor = float(obj.matrix_world.translation.z)
    stage = Stage(np.array([*path.positions[0, :2], floor]), path.aheads[0, :2])
    positions = stage.to_stage(path.positions) * unit
    track = Track(path_frames, (path_frames - first) / fps, positions, stage.to_heading(path.aheads))
    figures = tuple(_staged(figure, stage, unit) for figure in read_figures(obj, frames.tolist()))
    return Recording(frames, figures, track)


def _staged(figure: PosedMesh, stage: Stage, unit: float) -> PosedMesh:
    return replace(figure, vertices=stage.to_stage(figure.vertices) * unit)
