"""Our own skeleton: bones named after the joints."""

from __future__ import annotations

from typing import Final

from ...engine_door import skeleton

NAME: Final = "MMM Character"
MAPPING: Final = {joint.name.lower(): joint for joint in skeleton.Joint}
