"""FrameRange: whole scene frames, half-open."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class FrameRange:
    """Scene frames [start, stop); may be negative."""

    start: int
    stop: int

    def __len__(self) -> int:
        return max(0, self.stop - self.start)

    def __str__(self) -> str:
        """As an animator counts: the last frame is named."""
        return f"{self.start} to {self.stop - 1}"
