"""One line on the terminal that tells how far a job is; silent where nobody watches."""

from __future__ import annotations

import sys
from typing import Final

from ..jobs.job import Job

_BAR: Final = 24  # characters
_CLEAR: Final = "\r\033[K"


class ProgressLine:
    """Written to stderr, over itself."""

    def __init__(self) -> None:
        self._shown = ""
        self._watched = sys.stderr.isatty()

    def show(self, job: Job) -> None:
        """Show the state of `job`."""
        done = round(job.fraction * _BAR)
        self._write(f"[{'#' * done}{'.' * (_BAR - done)}] {job.message}"[:78])

    def clear(self) -> None:
        """Leave the line empty."""
        self._write("")

    def _write(self, text: str) -> None:
        if self._watched and text != self._shown:
            print(f"{_CLEAR}{text}", end="", file=sys.stderr, flush=True)
            self._shown = text
