"""Which way a rig's palms face at rest, read off its fingers."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..engine_door import rotations
from .rig import RigRest

#: Fewer fingers than this and the hand's own bone has to do.
MIN_FINGERS: Final = 3

#: The fingers' bases must lie in a line: its length over its width, at least.
_FLAT_RATIO: Final = 2.0

#: How far apart two rest matrices may be and still count as one.
_SAME_REST: Final = 1e-5

_TINY: Final = 1e-9


def palm_turn(rest: RigRest, hand: int, carried: np.ndarray, along: np.ndarray, forward: np.ndarray) -> np.ndarray:
    """What turns the hand [4] about the arm so that the palm faces down, once `carried` [4] holds the arm level.

    along [3]: where the arm points then; forward [3]: where the thumbs of level hands with palms down are.
    The identity for hands without fingers.
    """
    knuckles = _knuckles(rest, hand)
    if len(knuckles) < MIN_FINGERS:
        return rotations.IDENTITY
    along = rotations.normalize(along)
    points = rotations.rotate(carried, np.array(knuckles) - rest.heads[hand])
    thumb, fingers = _without_thumb(points)
    center = fingers.mean(axis=0)
    flat = fingers - center
    flat = flat - np.outer(flat @ along, along)
    sizes, axes = np.linalg.svd(flat)[1:]
    if sizes[0] < _FLAT_RATIO * sizes[1] or sizes[0] < _TINY:
        return rotations.IDENTITY
    across = axes[0]
    # Without a thumb the nearer way round is taken.
    side = (thumb - center) @ across if thumb is not None else across @ forward
    across = across if side > 0 else -across
    angle = np.arctan2(np.cross(across, forward) @ along, across @ forward)
    turn: np.ndarray = rotations.about_axis(along, angle)
    return turn


def _knuckles(rest: RigRest, hand: int) -> list[np.ndarray]:
    """The last joint [3] of each finger."""
    # The fingers of a rig of controls hang on another bone of the same rest.
    same = np.abs(rest.matrices - rest.matrices[hand]).max(axis=(1, 2)) < _SAME_REST * max(1.0, rest.lengths[hand])
    below = same.copy()
    for bone, parent in enumerate(rest.parents):
        below[bone] |= parent >= 0 and below[parent]
    below &= ~same
    parents = set(rest.parents.tolist())
    ends = [bone for bone in np.flatnonzero(below).tolist() if bone not in parents]
    fingers = [bone for bone in ends if not same[rest.parents[bone]]]
    # Twist bones and props hang on the hand itself; so do the fingers of hands that cannot bend theirs.
    return [rest.heads[bone] for bone in (fingers if len(fingers) >= MIN_FINGERS else ends)]


def _without_thumb(points: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
    """The point [3] that lies aside, if there are enough to tell, and the others [N, 3]."""
    if len(points) <= MIN_FINGERS:
        return None, points
    directions = rotations.normalize(points)
    likeness = (directions @ directions.T).sum(axis=1)
    odd = int(likeness.argmin())
    return points[odd], np.delete(points, odd, axis=0)
