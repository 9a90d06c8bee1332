"""Whether mapped bones can be a person's: animals and machines may bear a person's bone names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from ..engine_door import skeleton
from .rig import RigRest

Joint = skeleton.Joint

#: Cosine between legs and trunk (upwards) under which a body goes on all fours.
_LYING: Final = 0.4
#: In leg lengths: hands this low stand on the ground.
_ON_GROUND: Final = 0.25


def find_contradiction(rest: RigRest, bones: Mapping[Joint, int]) -> str | None:
    """What speaks against a person, as a sentence; None if nothing does. Needs the required joints."""
    heads = rest.heads

    def middle(part: str) -> np.ndarray:
        left, right = (heads[bones[skeleton.Joint[f"{side}_{part}"]]] for side in ("LEFT", "RIGHT"))
        mean: np.ndarray = (left + right) / 2.0
        return mean

    hips, ankles, shoulders = middle("HIP"), middle("ANKLE"), middle("SHOULDER")
    legs, trunk = hips - ankles, shoulders - hips
    length = float(np.linalg.norm(legs))
    if length == 0.0:
        return None  # told where the legs are measured
    up = legs / length
    low = middle("WRIST") if Joint.LEFT_WRIST in bones and Joint.RIGHT_WRIST in bones else middle("ELBOW")
    upright = float(trunk @ up) / max(float(np.linalg.norm(trunk)), 1e-12)
    if upright < _LYING and float((low - ankles) @ up) < _ON_GROUND * length:
        return "its trunk lies flat and its front limbs stand on the ground. Only two-legged bodies can be animated."
    return None
