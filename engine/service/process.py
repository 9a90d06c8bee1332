"""The child process around the server: its streams, signals and exit."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import BinaryIO, NoReturn

from .server import Pipeline, serve


def run(load: Callable[[], Pipeline]) -> NoReturn:
    """Serve on this process's stdin and stdout, then end it."""
    # Ctrl-C in a terminal reaches every process of the group; the parent decides what it means for us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    status = serve(load, *take_standard_streams())
    sys.stderr.flush()
    # The reader's thread may be blocked on stdin for ever, and nothing is left to tidy up.
    os._exit(status)


def take_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """(requests, events): private copies of stdin and stdout.

    What remains in their place is harmless: reading gives nothing, and a library's print goes to stderr
    instead of into the protocol.
    """
    requests, events = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return requests, events
