"""What is asked of the engine, as the user sees it: a title, a seed to vary."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from ..engine_door import requests

AnyRequest = TypeVar("AnyRequest", bound=requests.JobRequest)


def title_of(request: requests.JobRequest) -> str:
    """What a job that asks for this is called in lists and action names."""
    match request:
        case requests.GenerateRequest() | requests.PartRequest():
            return request.text
        case requests.FillRequest():
            return next((gap.text for gap in request.gaps if gap.text), "Fill gaps")
        case requests.LoopRequest():
            return request.text or "Loop"
        case requests.StoryRequest():
            return ", then ".join(segment.text for segment in request.segments)


def text_of(request: requests.JobRequest) -> str:
    """Every text of the request, in order; "" where it goes by the motion alone."""
    match request:
        case requests.GenerateRequest() | requests.PartRequest() | requests.LoopRequest():
            return request.text
        case requests.FillRequest():
            return "; ".join(gap.text for gap in request.gaps if gap.text)
        case requests.StoryRequest():
            return "; ".join(segment.text for segment in request.segments)


def with_seed(request: AnyRequest, seed: int) -> AnyRequest:
    """The same request for one take with another seed; every seed of a story moves by the same step."""
    if not isinstance(request, requests.StoryRequest):
        return replace(request, seed=seed, takes=1)
    step = (seed - request.seed) % (requests.MAX_SEED + 1)
    segments = tuple(replace(segment, seed=requests.take_seed(segment.seed, step)) for segment in request.segments)
    seeds = tuple(requests.take_seed(old, step) for old in request.transition_seeds)
    return replace(request, seed=seed, takes=1, segments=segments, transition_seeds=seeds)


def verb_of(request: requests.JobRequest) -> str:
    """The name of the undo step that takes the result back."""
    match request:
        case requests.GenerateRequest():
            return "Generate Motion"
        case requests.FillRequest():
            return "Fill Gaps"
        case requests.PartRequest():
            return "Regenerate Body Part"
        case requests.StoryRequest():
            return "Generate Story"
        case requests.LoopRequest():
            return "Make Loop"
