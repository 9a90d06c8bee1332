"""Where things are in a body of 1.77 m, and how the zoo's bone lists name such places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

#: Left half in the T-pose. Metres; x to the left, -y forward, z up.
LANDMARKS: Final[Mapping[str, tuple[float, float, float]]] = {
    "ground": (0.0, 0.0, 0.0),
    "crotch": (0.0, 0.0, 0.86),
    "pelvis": (0.0, 0.01, 0.97),
    "neck": (0.0, 0.03, 1.48),
    "head": (0.0, 0.01, 1.58),
    "top": (0.0, 0.01, 1.77),
    "jaw": (0.0, -0.02, 1.58),
    "chin": (0.0, -0.09, 1.54),
    "nose": (0.0, -0.11, 1.62),
    "eye": (0.032, -0.07, 1.65),
    "breast": (0.08, -0.06, 1.30),
    "nipple": (0.09, -0.14, 1.28),
    "hip": (0.095, 0.0, 0.92),
    "knee": (0.10, -0.01, 0.50),
    "ankle": (0.10, 0.025, 0.085),
    "ball": (0.105, -0.09, 0.02),
    "toe": (0.107, -0.17, 0.015),
    "heel": (0.10, 0.06, 0.0),
    "collar": (0.025, 0.0, 1.43),
    "shoulder": (0.18, 0.015, 1.44),
    "elbow": (0.45, 0.025, 1.44),
    "wrist": (0.70, 0.01, 1.44),
    "palm": (0.73, 0.01, 1.44),
    "knuckle": (0.79, 0.0, 1.44),
    "fingertip": (0.88, 0.0, 1.44),
}

#: Of thumb, index, middle, ring and little finger: where it starts (x, y) and how long it is.
FINGERS: Final = ((0.73, -0.03, 0.06), (0.785, -0.025, 0.075), (0.79, -0.002, 0.085), (0.785, 0.02, 0.075),
                  (0.775, 0.04, 0.06))  # fmt: skip
ARM: Final = ("elbow", "wrist", "palm", "knuckle", "fingertip")
LEG: Final = ("knee", "ankle", "ball", "toe", "heel")


@dataclass(frozen=True)
class Stance:
    """How the rest pose differs from the T-pose."""

    arm_drop: float = 0.0  # deg, below horizontal
    elbow_bend: float = 0.0  # deg, forearm forward
    leg_spread: float = 0.0  # deg, to the side


class Body:
    """Places of a body in its stance; finger places are `finger0:0.5` (which, how far along)."""

    def __init__(self, stance: Stance) -> None:
        self._places = {name: np.array(place) for name, place in LANDMARKS.items()}
        for number, (x, y, length) in enumerate(FINGERS):
            self._places[f"finger{number}"] = np.array([x, y, LANDMARKS["wrist"][2]])
            self._places[f"tip{number}"] = np.array([x + length, y, LANDMARKS["wrist"][2]])
        fingers = [name for name in self._places if name.startswith(("finger", "tip"))]
        self._turn("shoulder", (*ARM, *fingers), 1, stance.arm_drop)
        self._turn("elbow", (*ARM[1:], *fingers), 2, -stance.elbow_bend)
        self._turn("hip", LEG, 1, -stance.leg_spread)

    def _turn(self, pivot: str, names: tuple[str, ...], axis: int, degrees: float) -> None:
        u, v = [(1, 2), (2, 0), (0, 1)][axis]
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        for name in names:
            offset = self._places[name] - self._places[pivot]
            turned = offset.copy()
            turned[u], turned[v] = c * offset[u] - s * offset[v], s * offset[u] + c * offset[v]
            self._places[name] = self._places[pivot] + turned

    def find(self, words: str) -> np.ndarray:
        """[3] of a landmark, `back 0.4` (pelvis to neck), `knee>ankle 0.5`, each with an optional `+ x y z`."""
        base, _, offset = words.partition("+")
        place = self._find(*base.split())
        return place + np.array([float(number) for number in offset.split()]) if offset else place

    def _find(self, name: str, share: str = "0") -> np.ndarray:
        if name == "back":
            name = "pelvis>neck"
        start, _, end = name.partition(">")
        if not end:
            place: np.ndarray = self._places[start].copy()
            return place
        mixed: np.ndarray = self._places[start] + (self._places[end] - self._places[start]) * float(share)
        return mixed
