"""A range made cyclic: the clip is rolled, so that its end and its beginning meet around open tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..motion.skeleton import FRAMES_PER_TOKEN
from .fill_ranges import Piece, left_piece, right_piece

#: Frames made new around the seam; short cycles give half of it.
_SEAM: Final = 4 * FRAMES_PER_TOKEN


@dataclass(frozen=True)
class LoopLayout:
    """Frames [start, stop) that stay, and the seam: `ahead` frames that end a round, `behind` that begin one."""

    start: int
    stop: int
    ahead: int
    behind: int
    left: Piece
    right: Piece

    @property
    def seam(self) -> int:
        """Frames made new."""
        return self.ahead + self.behind

    @property
    def tokens(self) -> int:
        """Open tokens."""
        return self.seam // FRAMES_PER_TOKEN


def lay_loop(start: int, stop: int) -> LoopLayout:
    """The cycle of frames [start, stop), which has at least three tokens."""
    half = _SEAM // 2 if stop - start >= 2 * _SEAM else _SEAM // 4
    first, last = start + half, stop - half
    return LoopLayout(first, last, half, half, left_piece(last, first), right_piece(first, last))
