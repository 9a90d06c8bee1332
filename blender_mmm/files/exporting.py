"""What all exporters of Blender need: the add-on on, the character selected, the scene's range set; then all undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import bpy

from .errors import FileError
from .figure_reader import find_bodies, frame_kept, get_scene
from .outcome import Outcome


def enable_add_on(module: str) -> None:
    """Switch on an add-on that ships with Blender; raises FileError if this Blender has none of that name."""
    if module in bpy.context.preferences.addons:
        return
    try:
        bpy.ops.preferences.addon_enable(module=module)
    except RuntimeError as error:
        raise FileError(f"This Blender lacks its add-on {module}, which writes such files: {error}") from error


@contextmanager
def prepared(outcome: Outcome) -> Iterator[bpy.types.Object]:
    """The armature, selected with its meshes and nothing else, in a scene whose range is the motion's."""
    obj = outcome.obj
    scene, layer = get_scene(obj), bpy.context.view_layer
    selected, active = [o for o in layer.objects if o.select_get()], layer.objects.active
    frames = (scene.frame_start, scene.frame_end)
    try:
        with frame_kept(scene):
            for other in selected:
                other.select_set(False)
            for shown in (obj, *find_bodies(obj)):
                shown.select_set(True)
            layer.objects.active = obj
            scene.frame_start, scene.frame_end = outcome.first_frame, outcome.last_frame
            yield obj
    finally:
        scene.frame_start, scene.frame_end = frames
        for other in layer.objects:
            other.select_set(other in selected)
        layer.objects.active = active
