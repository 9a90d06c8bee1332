"""The shape of a rig family's table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...engine_door import skeleton


@dataclass(frozen=True)
class Preset:
    """How one family of rigs names the bones that stand for our joints."""

    name: str
    mapping: Mapping[str, skeleton.Joint]  # plain bone name -> joint
    prefix: str = ""  # regular expression of what may stand before the plain name

    def to_plain(self, bone: str) -> str:
        """`bone` without the family's prefix."""
        return re.sub(f"^(?:{self.prefix})", "", bone) if self.prefix else bone

    def bone_of(self, joint: skeleton.Joint) -> str:
        """Plain name of the bone that stands for `joint`; raises KeyError if the family has none."""
        for bone, mapped in self.mapping.items():
            if mapped == joint:
                return bone
        raise KeyError(joint)
