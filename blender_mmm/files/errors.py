"""What can go wrong with a file, as a sentence for the user."""

from __future__ import annotations


class FileError(RuntimeError):
    """A file cannot be read or written; the message says which, why and what to do."""
