"""One body part made new over a range of frames: every token of the rest is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..motion.resample import token_count
from ..motion.skeleton import FRAMES_PER_TOKEN
from .fill_ranges import Piece, left_piece, right_piece
from .plan import Strip, TextSpan, TokenLayout


@dataclass(frozen=True)
class PartRange:
    """A range in tokens: `tokens` open ones between what is known of the part on either side (None: nothing)."""

    left: Piece | None
    tokens: int
    right: Piece | None
    whole: Piece  # left, range and right in one: where the rest of the body is read

    @property
    def before(self) -> int:
        """Tokens ahead of the open ones."""
        return 0 if self.left is None else self.left.tokens

    @property
    def after(self) -> int:
        """Tokens behind the open ones."""
        return 0 if self.right is None else self.right.tokens


def lay_part(start: int, stop: int, frames: int) -> PartRange:
    """Frames [start, stop) of a clip of `frames` in tokens; the grid starts at the range."""
    tokens = token_count(stop - start)
    resumes = start + tokens * FRAMES_PER_TOKEN
    left = left_piece(start) if start > 0 else None
    right = right_piece(min(resumes, frames - 1), frames) if stop < frames else None
    total = tokens + sum(piece.tokens for piece in (left, right) if piece is not None)
    first, held_before = (left.start, left.held_before) if left else (start, 0)
    last = max(right.stop if right else 0, min(resumes, frames))
    missing = total * FRAMES_PER_TOKEN - (held_before + last - first)
    return PartRange(left, tokens, right, Piece(first, last, held_before, missing))


def plan_part(
    laid: PartRange, layout: TokenLayout, part: str, text: str, whole: np.ndarray, left: np.ndarray, right: np.ndarray
) -> Strip:
    """The rest of the body known throughout, `part` known outside the range only.

    whole [T, C] are the tokens of laid.whole; left and right those of the pieces beside the range, which do not
    know what the part does inside it.
    """
    columns = layout.of_part(part)
    tokens, known = whole.copy(), np.ones(whole.shape, dtype=bool)
    inside = slice(laid.before, laid.before + laid.tokens)
    tokens[: laid.before, columns] = left[:, columns]
    tokens[inside, columns], known[inside, columns] = 0, False
    tokens[inside.stop :, columns] = right[:, columns]
    return Strip(tokens, known, (TextSpan(text, 0, len(tokens)),))


def with_whole_body(strip: Strip) -> Strip:
    """The same with the whole body open wherever some of it is."""
    known = np.repeat(strip.known.all(axis=1, keepdims=True), strip.known.shape[1], axis=1)
    return Strip(strip.tokens, known, strip.spans)
