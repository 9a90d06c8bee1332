"""Values of a request, of any type since JSON promises none: clean, or refused in a sentence."""

from __future__ import annotations

import math
import unicodedata
from typing import Final

from ..motion.clip import MotionClip
from ..motion.skeleton import MAX_FRAMES, MODEL_FPS

#: A caption of the training set has 12 words; the encoder reads about 250 tokens and no more.
MAX_TEXT: Final = 1000
MAX_SEED: Final = 2**31 - 1
MAX_SECONDS: Final = MAX_FRAMES / MODEL_FPS
MAX_TAKES: Final = 32
#: Half an hour: more is a mistyped number, and would fill the memory.
MAX_CLIP_FRAMES: Final = 30 * 60 * MODEL_FPS
#: A pelvis farther away than this (m) is a rig in wrong units, and costs the digits that feet need.
MAX_REACH: Final = 1e5


class RequestError(ValueError):
    """A request the engine cannot serve; the message says what to change."""


def clean_text(text: object) -> str:
    """`text` on one line without control characters; raises RequestError if nothing readable is left."""
    kept = clean_optional_text(text)
    if not kept:
        raise RequestError("There is no text. Describe the motion in a sentence, such as: a person walks forward.")
    return kept


def clean_optional_text(text: object) -> str:
    """As clean_text, but "" where nothing readable is left: the model then goes by the motion alone."""
    if not isinstance(text, str):
        raise RequestError(f"The text must be text, not {text!r}.")
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    kept = "".join(c for c in kept if unicodedata.category(c) not in ("Cs", "Co", "Cn"))
    kept = " ".join(kept.split())
    if len(kept) > MAX_TEXT:
        raise RequestError(f"The text has {len(kept)} characters; shorten it to {MAX_TEXT} or fewer.")
    return kept if any(c.isalnum() for c in kept) else ""


def check_seconds(seconds: object) -> float | None:
    """`seconds` if a motion can have that length (None: the engine chooses), else RequestError."""
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise RequestError(f"The length must be a number of seconds, not {seconds!r}.")
    if not seconds > 0 or not seconds < math.inf:
        raise RequestError(f"The length must be more than 0 seconds, not {seconds}.")
    if seconds > MAX_SECONDS + 1e-9:
        named = f"{seconds:g} s" if isinstance(seconds, float) else "far too large"
        raise RequestError(f"The length is {named}; the longest motion is {MAX_SECONDS:g} s. Choose a shorter one.")
    return float(seconds)


def check_seed(seed: object) -> int:
    """`seed` if it is in 0..2^31-1, else RequestError."""
    value = check_whole("seed", seed)
    if not 0 <= value <= MAX_SEED:
        raise RequestError(f"The seed must lie between 0 and {MAX_SEED}, not {seed}.")
    return value


def take_seed(seed: int, take: int) -> int:
    """The seed of take `take` (0, 1, ...) of a request whose seed is `seed`."""
    return (seed + take) % (MAX_SEED + 1)


def check_takes(takes: object) -> int:
    """`takes` if so many can be made at once, else RequestError."""
    value = check_whole("number of takes", takes)
    if not 1 <= value <= MAX_TAKES:
        raise RequestError(f"The number of takes must lie between 1 and {MAX_TAKES}, not {value}.")
    return value


def check_whole(name: str, value: object) -> int:
    """`value` if it is a whole number, else RequestError."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise RequestError(f"The {name} must be a whole number, not {value!r}.")
    return value


def check_flag(name: str, value: object) -> bool:
    """`value` if it is true or false, else RequestError."""
    if not isinstance(value, bool):
        raise RequestError(f"The {name} must be true or false, not {value!r}.")
    return value


def check_clip(clip: object) -> MotionClip:
    """`clip` if it is a motion at 20 fps of a bearable length, else RequestError."""
    if not isinstance(clip, MotionClip):
        raise RequestError("There is no motion in the request; send the clip to work on.")
    if abs(clip.fps - MODEL_FPS) > 1e-6:
        raise RequestError(f"The motion has {clip.fps:g} frames a second; resample it to {MODEL_FPS} first.")
    if len(clip) > MAX_CLIP_FRAMES:
        longest = MAX_CLIP_FRAMES / MODEL_FPS
        raise RequestError(f"The motion is {clip.seconds:.0f} s long; the engine edits at most {longest:.0f} s.")
    if abs(clip.root).max() > MAX_REACH:
        raise RequestError("The motion is more than 100 km away from the origin; check the scale of the rig.")
    return clip


def check_range(start: object, stop: object, frames: int) -> tuple[int, int]:
    """The half-open frame range [start, stop) if it lies within `frames` frames, else RequestError."""
    first, last = check_whole("first frame", start), check_whole("last frame", stop)
    if first >= last:
        raise RequestError(f"The range from frame {first} to {last} is empty; it must end after it starts.")
    if first < 0 or last > frames:
        raise RequestError(f"The range from frame {first} to {last} lies outside the motion's {frames} frames.")
    return first, last
