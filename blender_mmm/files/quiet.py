"""Keeps what Blender's own code prints, tracebacks included, out of our output."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import Final

_STREAMS: Final = (1, 2)  # standard output and standard error


@contextmanager
def quiet_output() -> Iterator[None]:
    """Drop what is written to standard output and standard error meanwhile, by C code too.

    An operator that fails still raises RuntimeError with the reason.
    """
    with ExitStack() as stack:
        for number, stream in zip(_STREAMS, (sys.stdout, sys.stderr), strict=True):
            if stream is not None:  # a windowed Blender on Windows has none
                stream.flush()
            stack.enter_context(_descriptor_dropped(number))
        stack.enter_context(redirect_stdout(io.StringIO()))
        stack.enter_context(redirect_stderr(io.StringIO()))
        yield


@contextmanager
def _descriptor_dropped(number: int) -> Iterator[None]:
    try:
        kept = os.dup(number)
    except OSError:  # not open at all, as in a windowed Blender on Windows
        yield
        return
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, number)
        yield
    finally:
        os.dup2(kept, number)
        os.close(kept)
        os.close(sink)
