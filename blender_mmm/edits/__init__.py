"""Editing what is animated already: ask for it, and write the answer without touching anything else."""

from __future__ import annotations

from ..apply import ApplyReport as EditReport
from ..scene.frame_range import FrameRange
from .applying import apply_edit
from .asking import find_ranges
from .errors import EditError
from .prepare import opening_of, prepare_fill, prepare_loop, prepare_part, to_ranges
from .records import DEFAULT_BLEND_FRAMES, EditKind, EditOptions, EditPart, PreparedEdit
from .source import check_action
from .story import StoryOptions, apply_story

__all__ = [
    "DEFAULT_BLEND_FRAMES",
    "EditError",
    "EditKind",
    "EditOptions",
    "EditPart",
    "EditReport",
    "FrameRange",
    "PreparedEdit",
    "StoryOptions",
    "apply_edit",
    "apply_story",
    "check_action",
    "find_ranges",
    "opening_of",
    "prepare_fill",
    "prepare_loop",
    "prepare_part",
    "to_ranges",
]
