"""Rows cut into body parts: which of the 263 columns belong to the legs and root, which to the rest.

Source: the official upper-body model's split (MMM section 4.4), columns as measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..motion.skeleton import JOINT_COUNT, Joint
from .representation import CONTACTS, POSITIONS, ROTATIONS, ROW_SIZE, VELOCITIES

#: Joints that walk; all others gesture.
LOWER_JOINTS: Final = (
    Joint.PELVIS,
    Joint.LEFT_HIP,
    Joint.RIGHT_HIP,
    Joint.LEFT_KNEE,
    Joint.RIGHT_KNEE,
    Joint.LEFT_ANKLE,
    Joint.RIGHT_ANKLE,
    Joint.LEFT_FOOT,
    Joint.RIGHT_FOOT,
)
UPPER_JOINTS: Final = tuple(joint for joint in Joint if joint not in LOWER_JOINTS)


def _columns(joints: tuple[Joint, ...]) -> np.ndarray:
    """Columns of some joints' positions, rotations and velocities, in rising order."""
    limbs = np.array([joint for joint in joints if joint != Joint.PELVIS])
    blocks = (
        (POSITIONS.start, 3, limbs - 1),
        (ROTATIONS.start, 6, limbs - 1),
        (VELOCITIES.start, 3, np.array(joints)),  # the pelvis has a velocity too
    )
    return np.concatenate([(start + size * which[:, None] + np.arange(size)).ravel() for start, size, which in blocks])


@dataclass(frozen=True)
class BodyPart:
    """A part of the body by the columns of a row that are its own."""

    name: str
    columns: np.ndarray  # int [rows of this part], rising

    @property
    def rows(self) -> int:
        """How many columns a row of this part has."""
        return len(self.columns)


WHOLE: Final = BodyPart("whole", np.arange(ROW_SIZE))
LOWER: Final = BodyPart(
    "lower",
    np.concatenate([np.arange(POSITIONS.start), _columns(LOWER_JOINTS), np.arange(CONTACTS.start, CONTACTS.stop)]),
)
UPPER: Final = BodyPart("upper", _columns(UPPER_JOINTS))

#: Columns of the upper joints' heights, which the upper part counts from the pelvis.
UPPER_HEIGHTS: Final = np.array([POSITIONS.start + 3 * (joint - 1) + 1 for joint in UPPER_JOINTS])

assert len(UPPER_JOINTS) + len(LOWER_JOINTS) == JOINT_COUNT


def parts_of(split: bool) -> tuple[BodyPart, ...]:
    """The parts a tokenizer reads: lower and upper, or the whole body."""
    return (LOWER, UPPER) if split else (WHOLE,)
