"""An edit of the selected armature -> the request for the engine and what is needed to write its answer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import bpy

from ..engine_door import clip as clips
from ..engine_door import requests, resample, skeleton
from ..scene.frame_range import FrameRange
from .errors import EditError
from .records import DEFAULT_BLEND_FRAMES, EditKind, EditPart, PreparedEdit
from .source import Source, check_cycles, fps_of, open_source, read_window
from .standing_pose import is_unanimated, read_standing_pose
from .window import check_ranges, plan_window


def to_ranges(
    obj: bpy.types.Object, scene: bpy.types.Scene, spans: Iterable[tuple[int, int]]
) -> tuple[FrameRange, ...]:
    """Half-open `spans` of scene frames as ranges in the order of time; raises EditError if they cannot be edited."""
    ranges = tuple(sorted(FrameRange(int(start), int(stop)) for start, stop in spans))
    check_ranges(ranges, open_source(obj).span, fps_of(scene))
    return ranges


def prepare_fill(
    obj: bpy.types.Object,
    scene: bpy.types.Scene,
    ranges: Sequence[FrameRange],
    texts: Sequence[str] = (),
    *,
    seed: int = 0,
    takes: int = 1,
    blend_frames: int = DEFAULT_BLEND_FRAMES,
) -> PreparedEdit:
    """Fill `ranges` anew; texts: none, one for all, or one for each. Raises EditError or RequestError."""
    source = open_source(obj)
    texts = _spread(texts, len(ranges))
    order = sorted(range(len(ranges)), key=lambda i: ranges[i])
    chosen, said = tuple(ranges[i] for i in order), tuple(texts[i] for i in order)
    scene_fps = fps_of(scene)
    check_ranges(chosen, source.span, scene_fps)
    check_cycles(source, chosen[0].start - 1, chosen[-1].stop)
    window = plan_window(chosen, said, source.span, scene_fps)
    clip = read_window(source, window.clock, window.count)
    request = requests.FillRequest(clip, window.gaps, seed, takes, _model_blend(blend_frames, scene_fps))
    return _prepared(EditKind.FILL, source, request.checked(), chosen, window.clock, blend_frames)


def prepare_part(
    obj: bpy.types.Object,
    scene: bpy.types.Scene,
    frames: FrameRange,
    part: EditPart | str,
    text: str,
    *,
    seed: int = 0,
    takes: int = 1,
    blend_frames: int = DEFAULT_BLEND_FRAMES,
) -> PreparedEdit:
    """Make a part of the upper body new in `frames`. Raises EditError or RequestError."""
    part = EditPart(part)
    source = open_source(obj, part)
    scene_fps = fps_of(scene)
    check_ranges((frames,), _wide(source, frames), scene_fps)
    if frames.start < source.span[0] or frames.stop > source.span[1] + 1:
        first, last = source.span
        raise EditError(
            f"The frames {frames} reach beyond the action, whose keys go from {first:g} to {last:g}. "
            "There are no legs to follow there; choose frames inside it."
        )
    check_cycles(source, frames.start - 1, frames.stop)
    window = plan_window((frames,), (text,), source.span, scene_fps)
    clip = read_window(source, window.clock, window.count)
    gap = window.gaps[0]
    blend = _model_blend(blend_frames, scene_fps)
    request = requests.PartRequest(clip, "upper", gap.start, gap.stop, text, seed, takes, blend)
    return _prepared(EditKind.PART, source, request.checked(), (frames,), window.clock, blend_frames, part)


def prepare_loop(
    obj: bpy.types.Object,
    scene: bpy.types.Scene,
    frames: FrameRange,
    in_place: bool = False,
    text: str = "",
    *,
    seed: int = 0,
    takes: int = 1,
) -> PreparedEdit:
    """Make `frames` a cycle whose last frame is its first again. Raises EditError or RequestError."""
    source = open_source(obj)
    scene_fps = fps_of(scene)
    check_ranges((frames,), _wide(source, frames), scene_fps)
    first, last = math.floor(source.span[0]), math.ceil(source.span[1])
    if frames.start < first or frames.stop > last + 1:
        raise EditError(
            f"The frames {frames} reach beyond the action, whose keys go from {first} to {last}. "
            "Choose frames inside it to repeat."
        )
    # The cycle takes a whole number of model frames: its clock runs a little faster or slower than the scene's.
    steps = max(1, round((len(frames) - 1) * skeleton.MODEL_FPS / scene_fps))
    clock = resample.FrameClock(float(frames.start), (len(frames) - 1) * skeleton.MODEL_FPS / steps)
    clip = read_window(source, clock, steps + 1)
    request = requests.LoopRequest(clip, 0, steps, in_place, text, seed, takes)
    return _prepared(EditKind.LOOP, source, request.checked(), (frames,), clock, 0)


def opening_of(
    obj: bpy.types.Object, scene: bpy.types.Scene, frame: int | None = None, seconds: float = 1.0
) -> clips.MotionClip:
    """The motion up to scene `frame` (the current one by default) at 20 fps: what a story goes on from.

    Of an armature without animation, the pose it stands in.
    """
    if is_unanimated(obj):
        return read_standing_pose(obj)
    source = open_source(obj)
    end = scene.frame_current if frame is None else frame
    step = resample.FrameClock(0.0, fps_of(scene))
    count = max(0, int(float(step.to_model(min(seconds * step.scene_fps, end - source.span[0])))))
    clock = resample.FrameClock(end - float(step.to_scene(count)), step.scene_fps)
    return read_window(source, clock, count + 1)


def _wide(source: Source, frames: FrameRange) -> tuple[float, float]:
    """A span that reaches beyond `frames`: for what may work on the whole action."""
    return min(source.span[0], frames.start - 1), max(source.span[1], frames.stop)


def _model_blend(blend_frames: int, scene_fps: float) -> int:
    """Blend frames of the scene in model frames, at least one."""
    return max(1, round(float(resample.FrameClock(0.0, scene_fps).to_model(blend_frames))))


def _spread(texts: Sequence[str], count: int) -> tuple[str, ...]:
    if len(texts) > 1 and len(texts) != count:
        raise EditError(f"There are {len(texts)} texts for {count} ranges. Give one for all, or one for each.")
    return tuple(texts) if len(texts) == count else tuple(texts or ("",)) * count


def _prepared(
    kind: EditKind,
    source: Source,
    request: requests.JobRequest,
    ranges: tuple[FrameRange, ...],
    clock: resample.FrameClock,
    blend_frames: int,
    part: EditPart | None = None,
) -> PreparedEdit:
    obj = source.obj
    return PreparedEdit(
        kind, request, obj.name, obj.session_uid, source.action.name, source.slot, ranges, clock, blend_frames, part
    )
