"""What can be asked of the engine. Every request is a frozen record of plain values and clips."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, TypeAlias

from ..motion.clip import MotionClip
from ..motion.skeleton import FRAMES_PER_TOKEN, MODEL_FPS
from .checks import (
    MAX_CLIP_FRAMES,
    MAX_SECONDS,
    MAX_SEED,
    MAX_TAKES,
    MAX_TEXT,
    RequestError,
    check_clip,
    check_flag,
    check_range,
    check_seconds,
    check_seed,
    check_takes,
    check_whole,
    clean_optional_text,
    clean_text,
    take_seed,
)

__all__ = [
    "DEFAULT_BLEND",
    "MAX_CLIP_FRAMES",
    "MAX_SECONDS",
    "MAX_SEED",
    "MAX_SEGMENTS",
    "MAX_TAKES",
    "MAX_TEXT",
    "MIN_LOOP_FRAMES",
    "MIN_SEGMENT_SECONDS",
    "PARTS",
    "CancelRequest",
    "FillRequest",
    "Gap",
    "GenerateRequest",
    "JobRequest",
    "LoopRequest",
    "PartRequest",
    "Request",
    "RequestError",
    "Segment",
    "StoryRequest",
    "clean_text",
    "take_seed",
]

#: Frames at each end of an edit over which pose and velocity go over into what is known (0.6 s).
DEFAULT_BLEND: Final = 12
PARTS: Final = ("upper",)
MAX_SEGMENTS: Final = 100
#: A segment gives tokens to the transitions at both of its ends; less than this leaves nothing of its own.
MIN_SEGMENT_SECONDS: Final = 1.0
#: Shorter cycles have no room for a seam.
MIN_LOOP_FRAMES: Final = 3 * FRAMES_PER_TOKEN


@dataclass(frozen=True)
class GenerateRequest:
    """One sentence in, one motion (or several takes of it) out."""

    text: str
    seconds: float | None  # None: the length predictor chooses
    seed: int
    takes: int = 1  # take i is what the seed `seed + i` makes

    def checked(self) -> GenerateRequest:
        """The same request with clean values; raises RequestError with a sentence otherwise."""
        text, seconds = clean_text(self.text), check_seconds(self.seconds)
        return GenerateRequest(text, seconds, check_seed(self.seed), check_takes(self.takes))


@dataclass(frozen=True)
class Gap:
    """Model frames [start, stop) of a clip that are to be made new, and what happens in them."""

    start: int
    stop: int
    text: str = ""  # "": the motion around it decides


@dataclass(frozen=True)
class FillRequest:
    """Fill gaps of a clip; every frame outside them comes back bit-identical.

    What the clip holds inside the gaps has no influence. A gap at the start or end extends the motion.
    """

    clip: MotionClip  # 20 fps, world
    gaps: tuple[Gap, ...]
    seed: int
    takes: int = 1
    blend: int = DEFAULT_BLEND  # frames

    def checked(self) -> FillRequest:
        """The same request with clean values and sorted gaps; raises RequestError otherwise."""
        clip = check_clip(self.clip)
        gaps = _check_gaps(self.gaps, len(clip))
        return FillRequest(clip, gaps, check_seed(self.seed), check_takes(self.takes), _check_blend(self.blend))


@dataclass(frozen=True)
class PartRequest:
    """Make a body part new in [start, stop); everything else comes back bit-identical."""

    clip: MotionClip  # 20 fps, world
    part: str  # one of PARTS
    start: int
    stop: int
    text: str
    seed: int
    takes: int = 1
    blend: int = DEFAULT_BLEND  # frames inside the range over which the part goes over into the new motion

    def checked(self) -> PartRequest:
        """The same request with clean values; raises RequestError otherwise."""
        if self.part not in PARTS:
            raise RequestError(f"There is no body part {self.part!r}; choose one of: {', '.join(PARTS)}.")
        clip = check_clip(self.clip)
        start, stop = check_range(self.start, self.stop, len(clip))
        clean = replace(self, clip=clip, start=start, stop=stop, text=clean_text(self.text))
        return replace(clean, seed=check_seed(self.seed), takes=check_takes(self.takes), blend=_check_blend(self.blend))


@dataclass(frozen=True)
class Segment:
    """One piece of a story; its seed alone decides how it looks."""

    text: str
    seconds: float | None  # rounded to whole tokens (0.2 s); None: the length predictor chooses
    seed: int

    def checked(self) -> Segment:
        """The same segment with clean values; raises RequestError otherwise."""
        seconds = check_seconds(self.seconds)
        if seconds is not None and seconds < MIN_SEGMENT_SECONDS - 1e-9:
            raise RequestError(f"A segment of a story lasts at least {MIN_SEGMENT_SECONDS:g} s, not {seconds:g} s.")
        return Segment(clean_text(self.text), seconds, check_seed(self.seed))


@dataclass(frozen=True)
class StoryRequest:
    """Segments one after the other, with the transitions between neighbours made anew.

    Each part has its own seed: asked again with one segment's or one transition's seed changed, all frames
    beyond the transitions it touches come back the same, up to where they are placed.
    """

    segments: tuple[Segment, ...]
    opening: MotionClip | None  # 20 fps, world; the story goes on from its last frame, which it does not repeat
    seed: int  # of the transitions, where transition_seeds is silent
    takes: int = 1  # take i adds i to every seed
    transition_seeds: tuple[int, ...] = ()  # empty, or one for each transition (segments - 1)

    def checked(self) -> StoryRequest:
        """The same request with clean values and every transition's seed written out; raises RequestError."""
        if not 1 <= len(self.segments) <= MAX_SEGMENTS:
            raise RequestError(f"A story has 1 to {MAX_SEGMENTS} segments, not {len(self.segments)}.")
        segments = tuple(_check_segment(number, segment) for number, segment in enumerate(self.segments, 1))
        opening = None if self.opening is None else check_clip(self.opening)
        seed = check_seed(self.seed)
        if not isinstance(self.transition_seeds, tuple):
            raise RequestError(f"Give a seed for each transition, not {self.transition_seeds!r}.")
        seeds = tuple(map(check_seed, self.transition_seeds)) or self._default_seeds(seed)
        if len(seeds) != len(segments) - 1:
            raise RequestError(
                f"A story of {len(segments)} segments has {len(segments) - 1} transitions, not {len(seeds)}."
            )
        return StoryRequest(segments, opening, seed, check_takes(self.takes), seeds)

    def _default_seeds(self, seed: int) -> tuple[int, ...]:
        return tuple(take_seed(seed, MAX_TAKES * number) for number in range(len(self.segments) - 1))


@dataclass(frozen=True)
class LoopRequest:
    """Make [start, stop) cyclic: stop - start + 1 frames come back, the last the first of the next round."""

    clip: MotionClip  # 20 fps, world
    start: int
    stop: int
    in_place: bool  # whether the root's travel is taken out; otherwise last and first differ by it
    text: str = ""
    seed: int = 0
    takes: int = 1

    def checked(self) -> LoopRequest:
        """The same request with clean values; raises RequestError otherwise."""
        clip = check_clip(self.clip)
        start, stop = check_range(self.start, self.stop, len(clip))
        if stop - start < MIN_LOOP_FRAMES:
            shortest = MIN_LOOP_FRAMES / MODEL_FPS
            raise RequestError(f"The range is too short for a loop; choose at least {shortest:g} s.")
        flag, text = check_flag("choice of in place", self.in_place), clean_optional_text(self.text)
        return LoopRequest(clip, start, stop, flag, text, check_seed(self.seed), check_takes(self.takes))


@dataclass(frozen=True)
class CancelRequest:
    """Stop the job with this id; unknown or finished ids are ignored."""

    job: int


#: What makes a job: answered by Finished, Failed or Cancelled.
JobRequest: TypeAlias = GenerateRequest | FillRequest | PartRequest | StoryRequest | LoopRequest
Request: TypeAlias = JobRequest | CancelRequest


def _check_gaps(gaps: tuple[Gap, ...], frames: int) -> tuple[Gap, ...]:
    clean = [Gap(*check_range(gap.start, gap.stop, frames), clean_optional_text(gap.text)) for gap in gaps]
    clean.sort(key=lambda gap: gap.start)
    if not clean:
        raise RequestError("There is no gap to fill; choose a range of frames.")
    for one, two in pairwise(clean):
        if two.start < one.stop:
            raise RequestError(f"The gaps {one.start}-{one.stop} and {two.start}-{two.stop} overlap; separate them.")
    if sum(gap.stop - gap.start for gap in clean) == frames:
        raise RequestError("The gaps leave no frame to start from; keep at least one, or generate from text.")
    return tuple(clean)


def _check_segment(number: int, segment: Segment) -> Segment:
    try:
        return segment.checked()
    except RequestError as error:
        raise RequestError(f"Segment {number}: {error}") from error


def _check_blend(blend: object) -> int:
    value = check_whole("number of blend frames", blend)
    if not 1 <= value <= MAX_CLIP_FRAMES:
        raise RequestError(f"Blend over 1 frame or more, not {value}.")
    return value
