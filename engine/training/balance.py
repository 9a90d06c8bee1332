"""How often each motion is shown: rare actions more than their share, or a network hardly meets them.

Two thirds of the captions are of walking, stepping and turning; a few dozen each tell of sitting down or of
throwing. Motions are drawn by the square root of how rare the rarest action is that their captions name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor

#: Beginnings of words that name an action.
ACTIONS: Final = (
    "walk", "run", "jog", "sprint", "jump", "leap", "hop", "skip", "turn", "spin", "twirl", "pirouette", "sit", "stand",
    "lie", "lay", "get up", "kneel", "crouch", "squat", "bend", "bow", "crawl", "climb", "stair", "ladder", "swing",
    "throw", "toss", "catch", "kick", "punch", "box", "fight", "jab", "wave", "waving", "clap", "point", "raise",
    "lift", "reach", "pick", "push", "pull", "carry", "wash", "wipe", "sweep", "drink", "eat", "phone", "stretch",
    "swim", "dance", "dancing", "salsa", "ballet", "waltz", "march", "sneak", "stealth", "limp", "stagger", "stumble",
    "trip", "fall", "roll", "cartwheel", "handstand", "flip", "balance", "sidestep", "side step", "sideways",
    "backward", "shuffle", "golf", "basketball", "dribble", "football", "baseball", "bat", "sword", "salute", "shake",
    "nod", "yoga", "monkey", "bear", "cat", "chicken", "dinosaur", "zombie", "robot", "mickey",
)  # fmt: skip
#: A motion is shown at most this many times as often as one of the commonest action.
MOST: Final = 4.0


def motion_weights(captions: Sequence[Sequence[str]]) -> Tensor:
    """Share [N] of all draws for motions with these captions, in sum 1; one that names no action counts as common."""
    counts, named = _counted(captions)
    common = max(max(counts.values()), 1)
    rarest = [min((counts[action] for action in one), default=common) for one in named]
    weights = torch.tensor([min(MOST, (common / count) ** 0.5) for count in rarest], dtype=torch.float64)
    return weights / weights.sum()


def rarest_actions(captions: Sequence[Sequence[str]]) -> list[str | None]:
    """For each of N motions the action of its captions that the fewest motions show; None where none is named."""
    counts, named = _counted(captions)
    return [min(sorted(one), key=counts.__getitem__, default=None) for one in named]


def actions_in(text: str) -> frozenset[str]:
    """Actions that a text names."""
    return frozenset(match.lower() for match in _ACTION.findall(text))


def _counted(captions: Sequence[Sequence[str]]) -> tuple[dict[str, int], list[frozenset[str]]]:
    named = [_actions_of(texts) for texts in captions]
    return {action: sum(action in one for one in named) for action in ACTIONS}, named


def _actions_of(texts: Sequence[str]) -> frozenset[str]:
    """Actions that at least half of a motion's captions name; one caption may see what is not there."""
    told = [actions_in(text) for text in texts]
    return frozenset(a for a in ACTIONS if 2 * sum(a in one for one in told) >= max(len(told), 1))


_ACTION: Final = re.compile(r"\b(" + "|".join(sorted(ACTIONS, key=len, reverse=True)) + ")", re.IGNORECASE)
