"""A story as lines of text: one segment a line, a length after a bar where it matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..engine_door import requests

COMMENT: Final = "#"
BAR: Final = "|"


@dataclass(frozen=True)
class StoryLine:
    """One segment as it was typed."""

    text: str
    seconds: float | None  # None: automatic


def to_story_lines(text: str) -> tuple[StoryLine, ...]:
    """The segments of `text`; empty lines and comments say nothing.

    "a person sits down | 4" lasts 4 s. Raises RequestError naming the line that cannot be asked for.
    """
    lines = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith(COMMENT):
            continue
        try:
            lines.append(_to_line(line))
        except requests.RequestError as error:
            raise requests.RequestError(f"Line {number}: {error}") from error
    return tuple(lines)


def to_segments(lines: tuple[StoryLine, ...], seed: int) -> tuple[requests.Segment, ...]:
    """The lines as segments, each with a seed of its own that follows from `seed`."""
    return tuple(
        requests.Segment(line.text, line.seconds, segment_seed(seed, number)) for number, line in enumerate(lines)
    )


def segment_seed(seed: int, number: int) -> int:
    """The seed of segment `number` of a story: takes of one do not become takes of the next."""
    return requests.take_seed(seed, requests.MAX_TAKES * number)


def _to_line(line: str) -> StoryLine:
    text, bar, length = line.rpartition(BAR)
    if not bar:
        text, length = line, ""
    seconds = _to_seconds(length.strip()) if bar else None
    checked = requests.Segment(text, seconds, 0).checked()
    return StoryLine(checked.text, seconds)


def _to_seconds(length: str) -> float:
    try:
        return float(length.removesuffix("s").strip())
    except ValueError as error:
        raise requests.RequestError(
            f"Behind the {BAR} stands {length!r}; it must be a number of seconds, such as 4 or 2.5."
        ) from error
