"""Which part of the timeline the engine sees, and where its gaps lie in model frames."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ..engine_door import requests, resample
from ..scene.frame_range import FrameRange
from .errors import EditError

#: Seconds of motion on each side of what is edited that the engine gets to see.
CONTEXT_SECONDS: Final = 5.0
#: Longer than any motion somebody leaves to chance in one go; mostly a mistyped number.
MAX_RANGE_SECONDS: Final = 120.0
_TOLERANCE: Final = 1e-6


@dataclass(frozen=True)
class Window:
    """The clip of a request on the timeline."""

    clock: resample.FrameClock
    count: int  # model frames
    gaps: tuple[requests.Gap, ...]


def check_ranges(ranges: tuple[FrameRange, ...], span: tuple[float, float], scene_fps: float) -> None:
    """Raises EditError unless the ranges are in order, apart, near the action's keys (`span`) and not too long."""
    if not ranges:
        raise EditError("There are no frames to edit. Select keys, or set a preview range.")
    for one in ranges:
        _check_range(one, span, scene_fps)
    for one, two in pairwise(ranges):
        if two.start < one.stop:
            raise EditError(f"The frames {one} and {two} overlap. Choose ranges that lie apart.")
    if any(is_open_left(one, span) and is_open_right(one, span) for one in ranges):
        raise EditError("The frames cover the whole action. Leave at least one pose, or generate a motion instead.")


def _check_range(frames: FrameRange, span: tuple[float, float], scene_fps: float) -> None:
    if not len(frames):
        raise EditError(f"A range must end after it starts, not go from frame {frames.start} to {frames.stop}.")
    if len(frames) > MAX_RANGE_SECONDS * scene_fps:
        raise EditError(
            f"The range has {len(frames)} frames; at most {MAX_RANGE_SECONDS:g} seconds "
            f"({int(MAX_RANGE_SECONDS * scene_fps)} frames) can be made at once. Set a key in between or choose less."
        )
    first, last = math.floor(span[0]), math.ceil(span[1])
    if frames.start > last + 1 or frames.stop < first:
        raise EditError(
            f"The frames {frames} lie outside the action, whose keys go from {first} to {last}. "
            "Choose frames inside it or right beside it."
        )


def is_open_left(frames: FrameRange, span: tuple[float, float]) -> bool:
    """Whether nothing was animated before the range: it extends the action backwards."""
    return frames.start <= span[0]


def is_open_right(frames: FrameRange, span: tuple[float, float]) -> bool:
    """Whether nothing was animated after the range: it extends the action."""
    return frames.stop > span[1]


def plan_window(
    ranges: tuple[FrameRange, ...], texts: tuple[str, ...], span: tuple[float, float], scene_fps: float
) -> Window:
    """The frames around `ranges`, with a model frame on the scene frame before the first range."""
    step = resample.FrameClock(0.0, scene_fps)
    first, last = ranges[0], ranges[-1]
    anchor = first.start if is_open_left(first, span) else first.start - 1
    reach = max(0.0, min(anchor - span[0], CONTEXT_SECONDS * scene_fps))
    before = math.floor(float(step.to_model(reach)) + _TOLERANCE)
    clock = resample.FrameClock(anchor - float(step.to_scene(before)), scene_fps)
    if is_open_right(last, span):
        end = _ceil(clock, last.stop - 1)
    else:
        seen = min(last.stop + CONTEXT_SECONDS * scene_fps, span[1])
        end = max(_ceil(clock, last.stop), math.floor(float(clock.to_model(seen)) + _TOLERANCE))
    gaps: list[requests.Gap] = []
    for frames, text in zip(ranges, texts, strict=True):
        start = (
            0 if is_open_left(frames, span) else math.floor(float(clock.to_model(frames.start - 1)) + _TOLERANCE) + 1
        )
        stop = end + 1 if is_open_right(frames, span) else max(start + 1, _ceil(clock, frames.stop))
        if gaps and start < gaps[-1].stop:  # ranges shorter than a model frame
            before_this = gaps.pop()
            start, stop, text = before_this.start, max(stop, before_this.stop), before_this.text or text
        gaps.append(requests.Gap(start, stop, text))
    return Window(clock, max(end + 1, gaps[-1].stop + (not is_open_right(last, span))), tuple(gaps))


def _ceil(clock: resample.FrameClock, scene_frame: float) -> int:
    return math.ceil(float(clock.to_model(scene_frame)) - _TOLERANCE)
