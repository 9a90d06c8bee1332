"""What was typed and cannot be done."""

from __future__ import annotations


class CommandError(ValueError):
    """The command cannot be carried out; the message says why and what to do."""
