"""Lengths at the scene's frame rate."""

from __future__ import annotations

import bpy

from ..engine_door import requests


def read_scene_fps(scene: bpy.types.Scene) -> float:
    """Frames a second of `scene`."""
    return float(scene.render.fps / scene.render.fps_base)


def to_longest_frames(fps: float) -> int:
    """The most scene frames one motion can have at `fps`."""
    return max(1, int(requests.MAX_SECONDS * fps + 1e-6))
