"""What keeps an edit from happening."""

from __future__ import annotations

from ..apply import TargetError


class EditError(TargetError):
    """The armature's animation cannot be edited that way; the message says why and what to do. Nothing was changed."""
