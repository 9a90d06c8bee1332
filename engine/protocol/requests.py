"""What can be asked of the engine. Every request is a frozen record of plain values."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeAlias

from ..motion.skeleton import MAX_FRAMES, MODEL_FPS

#: A caption of the training set has 12 words; the encoder reads about 250 tokens and no more.
MAX_TEXT: Final = 1000
MAX_SEED: Final = 2**31 - 1
MAX_SECONDS: Final = MAX_FRAMES / MODEL_FPS


class RequestError(ValueError):
    """A request the engine cannot serve; the message says what to change."""


def clean_text(text: str) -> str:
    """`text` on one line without control characters; raises RequestError if nothing readable is left."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    kept = "".join(c for c in kept if unicodedata.category(c) not in ("Cs", "Co", "Cn"))
    kept = " ".join(kept.split())
    if not any(c.isalnum() for c in kept):
        raise RequestError("There is no text. Describe the motion in a sentence, such as: a person walks forward.")
    if len(kept) > MAX_TEXT:
        raise RequestError(f"The text has {len(kept)} characters; shorten it to {MAX_TEXT} or fewer.")
    return kept


def check_seconds(seconds: float | None) -> float | None:
    """`seconds` if a motion can have that length (None: the engine chooses), else RequestError."""
    if seconds is None:
        return None
    if not math.isfinite(seconds) or seconds <= 0:
        raise RequestError(f"The length must be more than 0 seconds, not {seconds}.")
    if seconds > MAX_SECONDS + 1e-9:
        raise RequestError(
            f"The length is {seconds:g} s; the longest motion is {MAX_SECONDS:g} s. Choose a shorter one."
        )
    return float(seconds)


def check_seed(seed: int) -> int:
    """`seed` if it is in 0..2^31-1, else RequestError."""
    if not 0 <= seed <= MAX_SEED:
        raise RequestError(f"The seed must lie between 0 and {MAX_SEED}, not {seed}.")
    return int(seed)


@dataclass(frozen=True)
class GenerateRequest:
    """One sentence in, one motion out."""

    text: str
    seconds: float | None  # None: the length predictor chooses
    seed: int

    def checked(self) -> GenerateRequest:
        """The same request with clean values; raises RequestError with a sentence otherwise."""
        return GenerateRequest(clean_text(self.text), check_seconds(self.seconds), check_seed(self.seed))


@dataclass(frozen=True)
class CancelRequest:
    """Stop the job with this id; unknown or finished ids are ignored."""

    job: int


Request: TypeAlias = GenerateRequest | CancelRequest

_KINDS: Final[dict[str, type[Request]]] = {"generate": GenerateRequest, "cancel": CancelRequest}
_NAMES: Final = {cls: name for name, cls in _KINDS.items()}


def to_header(request: Request) -> dict[str, Any]:
    """`request` as a JSON-ready header."""
    return {"kind": _NAMES[type(request)], **asdict(request)}


def from_header(header: dict[str, Any]) -> Request:
    """The request a header describes; raises RequestError for anything else."""
    fields = {key: value for key, value in header.items() if key not in ("kind", "id", "arrays")}
    cls = _KINDS.get(str(header.get("kind")))
    if cls is None:
        raise RequestError(f"Unknown request {header.get('kind')!r}.")
    try:
        return cls(**fields)
    except TypeError as error:
        raise RequestError(f"The request {header.get('kind')!r} has the wrong fields: {error}.") from error
