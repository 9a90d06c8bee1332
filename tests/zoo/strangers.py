"""Armatures that are no people: none of them may be mapped."""

from __future__ import annotations

from typing import Final

from .species import Species

_NOBODY: Final = "-,-,-,-,-,-"
_NO_LIMBS: Final = "-,-,-,-,-,-,-,-"


def _stranger(name: str, bones: str, sides: tuple[str, str] = ("L", "R")) -> Species:
    return Species(name=name, family="", bones=bones, trunk=_NOBODY, limbs=_NO_LIMBS, sides=sides)


CHAIR: Final = _stranger(
    "chair",
    """
base | - | ground + 0 0 0.45 | ground + 0 0 0.5
seat | base | ground + 0 0 0.5 | ground + 0 -0.3 0.5
back | base | ground + 0 0.25 0.5 | ground + 0 0.28 1.0
front_leg.~ | base | ground + 0.2 -0.25 0.45 | ground + 0.2 -0.25 0
back_leg.~ | base | ground + 0.2 0.25 0.45 | ground + 0.2 0.25 0
armrest.~ | back | ground + 0.22 0.25 0.7 | ground + 0.22 -0.2 0.7
""",
)

QUADRUPED: Final = _stranger(
    "quadruped",
    """
spine | - | ground + 0 0.5 0.8 | ground + 0 0.2 0.82
spine.001 | spine | ground + 0 0.2 0.82 | ground + 0 -0.1 0.82
spine.002 | spine.001 | ground + 0 -0.1 0.82 | ground + 0 -0.4 0.85
neck | spine.002 | ground + 0 -0.4 0.85 | ground + 0 -0.6 1.05
head | neck | ground + 0 -0.6 1.05 | ground + 0 -0.85 1.0
tail.001 | spine | ground + 0 0.5 0.8 | ground + 0 0.8 0.7
tail.002 | tail.001 | ground + 0 0.8 0.7 | ground + 0 1.0 0.5
shoulder.~ | spine.002 | ground + 0.05 -0.3 0.8 | ground + 0.12 -0.4 0.6
upper_arm.~ | shoulder.~ | ground + 0.12 -0.4 0.6 | ground + 0.12 -0.3 0.4
forearm.~ | upper_arm.~ | ground + 0.12 -0.3 0.4 | ground + 0.12 -0.35 0.1
hand.~ | forearm.~ | ground + 0.12 -0.35 0.1 | ground + 0.12 -0.42 0.02
thigh.~ | spine | ground + 0.1 0.45 0.75 | ground + 0.12 0.35 0.45
shin.~ | thigh.~ | ground + 0.12 0.35 0.45 | ground + 0.12 0.55 0.25
foot.~ | shin.~ | ground + 0.12 0.55 0.25 | ground + 0.12 0.5 0.04
toe.~ | foot.~ | ground + 0.12 0.5 0.04 | ground + 0.12 0.42 0.0
""",
)

THREE_BONES: Final = _stranger(
    "three_bones",
    """
Bone | - | ground | ground + 0 0 0.5
Bone.001 | Bone | ground + 0 0 0.5 | ground + 0 0 1
Bone.002 | Bone.001 | ground + 0 0 1 | ground + 0 0 1.5
""",
)

SPIDER: Final = _stranger(
    "spider",
    """
body | - | ground + 0 0.1 0.3 | ground + 0 -0.1 0.3
abdomen | body | ground + 0 0.1 0.3 | ground + 0 0.5 0.35
head | body | ground + 0 -0.1 0.3 | ground + 0 -0.2 0.3
"""
    + "\n".join(
        f"leg{n}a.~ | body | ground + 0.08 {y} 0.3 | ground + 0.4 {2 * y} 0.5\n"
        f"leg{n}b.~ | leg{n}a.~ | ground + 0.4 {2 * y} 0.5 | ground + 0.7 {3 * y} 0.3\n"
        f"leg{n}c.~ | leg{n}b.~ | ground + 0.7 {3 * y} 0.3 | ground + 0.9 {4 * y} 0"
        for n, y in enumerate((-0.15, -0.05, 0.05, 0.15))
    ),
)

LEGS_ONLY: Final = _stranger(
    "legs_only",
    """
Hips | - | pelvis | back 0.2
~UpLeg | Hips | hip | knee
~Leg | ~UpLeg | knee | ankle
~Foot | ~Leg | ankle | ball
~ToeBase | ~Foot | ball | toe
""",
    ("Left", "Right"),
)

STRANGERS: Final = (CHAIR, QUADRUPED, THREE_BONES, SPIDER, LEGS_ONLY)
