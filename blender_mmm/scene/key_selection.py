"""Which frames the user means: gaps between selected keys, or the preview range."""

from __future__ import annotations

import math
from itertools import pairwise

import bpy
import numpy as np

from .curve_book import CurveBook
from .frame_range import FrameRange


def selected_gaps(book: CurveBook) -> tuple[FrameRange, ...]:
    """The whole frames strictly between consecutive selected keys of any bone."""
    frames = selected_frames(book)
    gaps = (FrameRange(math.floor(one) + 1, math.ceil(two)) for one, two in pairwise(frames))
    return tuple(gap for gap in gaps if len(gap))


def selected_frames(book: CurveBook) -> list[float]:
    """Frames that hold a selected key, in order; selection is the same in all editors of keys."""
    found: set[float] = set()
    for _, curve in book:
        points = curve.keyframe_points
        chosen = np.empty(len(points), dtype=np.bool_)
        points.foreach_get("select_control_point", chosen)
        if chosen.any():
            places = np.empty(len(points) * 2, dtype=np.float32)
            points.foreach_get("co", places)
            found.update(places[::2][chosen].tolist())
    return sorted(found)


def preview_range(scene: bpy.types.Scene) -> FrameRange | None:
    """The preview range; None while it is switched off."""
    if not scene.use_preview_range:
        return None
    return FrameRange(scene.frame_preview_start, scene.frame_preview_end + 1)
