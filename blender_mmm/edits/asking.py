"""Which ranges the user means by what is selected."""

from __future__ import annotations

import bpy

from ..scene.frame_range import FrameRange
from ..scene.key_selection import preview_range, selected_frames, selected_gaps
from .errors import EditError
from .source import fps_of, open_source
from .window import check_ranges

KEYS, PREVIEW, AUTO = "KEYS", "PREVIEW", "AUTO"


def find_ranges(obj: bpy.types.Object, scene: bpy.types.Scene, source: str = AUTO) -> tuple[FrameRange, ...]:
    """Gaps between selected keys (KEYS), the preview range (PREVIEW), or the first of them there is (AUTO).

    Raises EditError with a sentence when there is none, or when it cannot be edited.
    """
    animation = open_source(obj)
    ranges = selected_gaps(animation.book) if source != PREVIEW else ()
    preview = preview_range(scene) if source != KEYS else None
    if not ranges and preview is not None:
        ranges = (preview,)
    if not ranges:
        raise EditError(_why_none(source, len(selected_frames(animation.book))))
    check_ranges(ranges, animation.span, fps_of(scene))
    return ranges


def _why_none(source: str, selected: int) -> str:
    if source == PREVIEW:
        return "The preview range is off. Set it in the Timeline (P) around the frames to be made anew."
    way = " or set the preview range" if source == AUTO else ""
    if selected > 1:
        return (
            "There are no frames between the selected keys. Select only the keys on both sides of what should be made "
            f"anew{way}."
        )
    return (
        "No keys are selected. Select the keys on both sides of each gap in the Dope Sheet, Timeline or Graph Editor"
        f"{way}."
    )
