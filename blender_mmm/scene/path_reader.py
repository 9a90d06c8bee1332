"""A curve object as points in the world; the scene is left as it was found."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np


class PathReadError(ValueError):
    """The object gives no path; the message says why and what to do."""


@dataclass(frozen=True)
class CurvePoints:
    """The first spline of a curve object."""

    points: np.ndarray  # [N, 3] world
    closed: bool


def read_curve(obj: bpy.types.Object | None) -> CurvePoints:
    """The first spline of a curve object, as fine as its resolution; raises PathReadError with a sentence."""
    if obj is None or obj.type != "CURVE":
        name = "Nothing" if obj is None else f"“{obj.name}”"
        raise PathReadError(f"{name} is no curve. Choose a curve object, such as a path or a Bézier circle.")
    if not len(obj.data.splines):
        raise PathReadError(f"The curve “{obj.name}” has no points. Add a spline to it.")
    points = _bare_points(obj)
    if len(points) < 2:
        raise PathReadError(f"The curve “{obj.name}” has no length. Add more points to it.")
    world = np.array(obj.matrix_world, dtype=np.float64)
    closed = bool(obj.data.splines[0].use_cyclic_u)
    return CurvePoints(points @ world[:3, :3].T + world[:3, 3], closed)


def _bare_points(obj: bpy.types.Object) -> np.ndarray:
    """Points [N, 3] of the first spline along its way, object space, without bevel, extrusion or taper."""
    data = obj.data.copy()
    bare = bpy.data.objects.new("", data)
    try:
        for spline in list(data.splines)[1:]:
            data.splines.remove(spline)
        data.bevel_depth = data.extrude = data.offset = 0.0
        data.bevel_object = data.taper_object = None
        data.bevel_factor_start, data.bevel_factor_end = 0.0, 1.0
        mesh = bare.to_mesh()
        points = np.empty(len(mesh.vertices) * 3, dtype=np.float32)
        mesh.vertices.foreach_get("co", points)
        bare.to_mesh_clear()
    finally:
        bpy.data.objects.remove(bare)
        bpy.data.curves.remove(data)
    return points.reshape(-1, 3).astype(np.float64)
