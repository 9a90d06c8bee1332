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
    """Poses on the stage, metres."""

    frames: np.ndarray  # [P] scene frames
    figures: tuple[PosedMesh, ...]  # [P]

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


class Recorder:
    """Reads the armature `obj` between two scene frames; the first pose decides where forward is."""

    def __init__(self, obj: bpy.types.Object, first: int, last: int) -> None:
        self._obj = obj
        scene = get_scene(obj)
        self._unit = scene.unit_settings.scale_length
        self.fps = scene.render.fps / scene.render.fps_base
        self.first, self.last = first, last
        start = read_path(obj, np.array([first]))
        floor = float(obj.matrix_world.translation.z)
        self._stage = Stage(np.array([*start.positions[0, :2], floor]), start.aheads[0, :2])

    def read(self, frames: Sequence[int]) -> Recording:
        """The poses at `frames`."""
        figures = read_figures(self._obj, frames)
        staged = tuple(replace(f, vertices=self._stage.to_stage(f.vertices) * self._unit) for f in figures)
        return Recording(np.asarray(frames), staged)

    def read_track(self, frames: np.ndarray) -> Track:
        """The path at about 150 frames over the whole range, those in `frames` [P] among them."""
        path = read_path(self._obj, np.union1d(spread(_PATH_POINTS, self.first, self.last), frames))
        positions = self._stage.to_stage(path.positions) * self._unit
        headings = self._stage.to_heading(path.aheads)
        return Track(path.frames, (path.frames - self.first) / self.fps, positions, headings)
