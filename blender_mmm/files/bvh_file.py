"""The armature's motion as BVH: bones only, metres, y up.

Blender's own exporter keeps Blender's axes, so that in other programs the character lies on its back.
"""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np

from ..scene.rig_reader import read_rest
from .bvh_text import MovingSkeleton, to_bvh
from .figure_reader import frame_kept, get_scene
from .outcome import Outcome
from .whole_file import whole_file


def check_ready() -> None:
    """Needs nothing but Blender."""


def write(outcome: Outcome, path: Path) -> None:
    """Every frame of the motion as Blender evaluates it."""
    text = to_bvh(_read_skeleton(outcome))
    with whole_file(path) as beside:
        beside.write_text(text, encoding="utf-8")


def _read_skeleton(outcome: Outcome) -> MovingSkeleton:
    obj = outcome.obj
    scene, rest = get_scene(obj), read_rest(obj)
    unit = scene.unit_settings.scale_length
    poses = []
    with frame_kept(scene):
        for frame in range(outcome.first_frame, outcome.last_frame + 1):
            scene.frame_set(frame)
            poses.append(_read_pose(obj.evaluated_get(scene.view_layers[0].depsgraph), rest.bones))
    tails = np.concatenate([rest.tails, np.ones((len(rest), 1))], axis=1) @ rest.world.T
    return MovingSkeleton(
        rest.bones,
        tuple(rest.parents.tolist()),
        _scaled(rest.world @ rest.matrices, unit),
        tails[:, :3] * unit,
        _scaled(np.array(poses), unit),
        scene.render.fps_base / scene.render.fps,
    )


def _read_pose(posed: bpy.types.Object, names: tuple[str, ...]) -> np.ndarray:
    """World matrices [B, 4, 4]."""
    return np.array(posed.matrix_world) @ np.array([posed.pose.bones[name].matrix for name in names])


def _scaled(matrices: np.ndarray, unit: float) -> np.ndarray:
    """With places in metres."""
    scaled = matrices.copy()
    scaled[..., :3, 3] *= unit
    return scaled
