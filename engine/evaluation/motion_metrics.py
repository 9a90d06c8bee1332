"""What an animator sees of a motion: sliding and sinking feet, jerks, bones that change their length. Pure numpy.

Everything is measured on joints [T, 22, 3] (m, y up) at 20 frames per second, and on real motion too: a figure
without the real one beside it says little.

Contact is read off the motion itself, never from contact channels: a foot is in contact in the step from frame t to
t + 1 if its toe or its ankle is low in both (within `margin` of where that joint stands at rest) and does not move up
or down faster than `rise`. What such a foot travels over the floor is its slide; a toe that stays while the ankle
lifts is a foot that rolls off, not one that slides, so of the low joints the one that travels least counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..motion.skeleton import MODEL_FPS, PARENTS, REST_OFFSETS, Joint

#: (ankle, toe) of either foot.
_FEET: Final = ((Joint.LEFT_ANKLE, Joint.LEFT_FOOT), (Joint.RIGHT_ANKLE, Joint.RIGHT_FOOT))
#: Height of ankle and toe joint over the floor when the sole is level on it, m.
_REST_HEIGHT: Final = (-float(REST_OFFSETS[Joint.LEFT_FOOT][1]), 0.0)
#: A contact foot that travels further than this in a frame slides, m (25 mm, as the issue sets it).
SLIDE: Final = 0.025
#: Someone who stands sways and shifts their hands at less than this, m/s.
STILL: Final = 0.5
MARGIN: Final = 0.03
RISE: Final = 0.015
#: Bones the position columns may stretch: all joints but the root.
_BONES: Final = tuple(range(1, len(PARENTS)))


@dataclass(frozen=True)
class AnimatorFigures:
    """Averages over a set of motions; frames weigh alike."""

    contact_share: float  # of foot-frames in contact
    skate_ratio: float  # of contact frames whose foot slides more than 2.5 cm
    skate_mm: float  # mm a contact foot travels per frame
    sink_ratio: float  # of frames whose lowest joint is more than 2 cm under the floor
    sink_mm: float  # mean depth under the floor over all frames
    jerk: float  # mean third derivative over all joints, m/s^3
    worst_acceleration: float  # 99th percentile of joint acceleration, m/s^2

    def row(self) -> dict[str, float]:
        """Figures by name."""
        return dict(vars(self))


def measure(motions: Sequence[np.ndarray]) -> AnimatorFigures:
    """Figures of motions [T, 22, 3] of four frames and more; each as it stands, floor at y = 0."""
    slides = [contact_slides(joints) for joints in motions]
    contact = np.concatenate([s[0].ravel() for s in slides])
    travel = np.concatenate([s[1].ravel() for s in slides])[contact]
    depth = np.concatenate([floor_depth(joints) for joints in motions])
    accelerations = np.concatenate([_derivative(joints, 2).ravel() for joints in motions])
    return AnimatorFigures(
        float(contact.mean()),
        float((travel > SLIDE).mean()) if len(travel) else 0.0,
        1000.0 * float(travel.mean()) if len(travel) else 0.0,
        float((depth > 0.02).mean()),
        1000.0 * float(depth.mean()),
        float(np.concatenate([_derivative(joints, 3).ravel() for joints in motions]).mean()),
        float(np.percentile(accelerations, 99)),
    )


def contact_slides(joints: np.ndarray, margin: float = MARGIN, rise: float = RISE) -> tuple[np.ndarray, np.ndarray]:
    """For each step and foot: bool [T - 1, 2] in contact, and how far it slides [T - 1, 2], m (see the module)."""
    contact, slide = [], []
    for foot in _FEET:
        low, travel = zip(
            *(_low_and_travel(joints[:, j], _REST_HEIGHT[k], margin, rise) for k, j in enumerate(foot)), strict=True
        )
        on_floor = np.stack(low)
        contact.append(on_floor.any(0))
        slide.append(np.where(on_floor, np.stack(travel), np.inf).min(0))
    return np.stack(contact, axis=1), np.stack(slide, axis=1)


def _low_and_travel(path: np.ndarray, rest: float, margin: float, rise: float) -> tuple[np.ndarray, np.ndarray]:
    height = path[:, 1] - rest
    step = np.diff(path, axis=0)
    low = (height[:-1] < margin) & (height[1:] < margin) & (np.abs(step[:, 1]) < rise)
    return low, np.linalg.norm(step[:, [0, 2]], axis=1)


def floor_depth(joints: np.ndarray) -> np.ndarray:
    """How far the lowest joint is under the floor in each frame [T], m; 0 if it is not."""
    return np.maximum(0.0, -joints[..., 1].min(axis=1))


def bone_drift(joints: np.ndarray) -> float:
    """Mean absolute error of bone lengths against the skeleton's, mm; for joints as the position columns say."""
    lengths = np.linalg.norm(joints[:, _BONES] - joints[:, [PARENTS[b] for b in _BONES]], axis=-1)
    wanted = np.linalg.norm(REST_OFFSETS[list(_BONES)], axis=-1)
    return 1000.0 * float(np.abs(lengths - wanted).mean())


def mean_bone_drift(motions: Iterable[np.ndarray]) -> float:
    """bone_drift over motions, mm; frames weigh alike."""
    return bone_drift(np.concatenate(list(motions)))


def joint_error(truth: Sequence[np.ndarray], made: Sequence[np.ndarray]) -> float:
    """Mean distance of joints in the world over frames and joints, mm."""
    return 1000.0 * float(np.linalg.norm(np.concatenate(truth) - np.concatenate(made), axis=-1).mean())


def seam_jump(joints: np.ndarray, at: int) -> float:
    """Largest change of a joint's velocity over the step into frame `at`, m/s; 0 < at < T - 1."""
    return float(jolts(joints[at - 1 : at + 2])[0])


def jolts(joints: np.ndarray) -> np.ndarray:
    """Largest change of a joint's velocity over the step into each but the first and last of T frames [T - 2], m/s."""
    change: np.ndarray = np.linalg.norm(np.diff(joints, n=2, axis=0), axis=-1).max(axis=-1) * MODEL_FPS
    return change


def still(joints: np.ndarray) -> np.ndarray:
    """Whether nobody moves in motion [T, 22, 3], bool [T]: by the fastest joint over three frames; one may tremble."""
    fastest = np.linalg.norm(np.gradient(joints, axis=0), axis=-1).max(axis=1) * MODEL_FPS
    padded = np.pad(fastest, 1, mode="edge")
    return np.asarray((padded[:-2] + padded[1:-1] + padded[2:]) / 3 <= STILL)


def _derivative(joints: np.ndarray, order: int) -> np.ndarray:
    return np.asarray(np.linalg.norm(np.diff(joints, n=order, axis=0), axis=-1) * MODEL_FPS**order)


def kinetics(motions: Sequence[np.ndarray]) -> np.ndarray:
    """Log of mean speed and of mean acceleration of every joint, [N, 44]: how lively and how smooth a motion is.

    An evaluator trained to match captions hardly hears a trembling; these features do.
    """
    rows = []
    for joints in motions:
        speed, acceleration = _derivative(joints, 1).mean(0), _derivative(joints, 2).mean(0)
        rows.append(np.concatenate([np.log(speed + 0.05), np.log(acceleration + 0.5)]))
    return np.stack(rows)
