"""What tells one action from others: one geometric measure each, of the joints alone.

The bounds in the table of probes were set on real motion (see probe_check.py): most clips whose captions name the
action pass, most others fail.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..motion.skeleton import LEG_LENGTH, MODEL_FPS, Joint
from .figure import Figure, held

#: Pelvis height of an upright figure of our skeleton, metres (a little under the rest pose's 0.97).
STANDING: Final = 0.90
_ARMS: Final = ((Joint.LEFT_WRIST, Joint.LEFT_SHOULDER), (Joint.RIGHT_WRIST, Joint.RIGHT_SHOULDER))
_LEGS: Final = (
    (Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE),
    (Joint.RIGHT_HIP, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE),
)
_FEET: Final = ((Joint.LEFT_ANKLE, Joint.LEFT_FOOT), (Joint.RIGHT_ANKLE, Joint.RIGHT_FOOT))


def lift(figure: Figure) -> float:
    """How far the pelvis rises over standing, m; crouching first earns nothing."""
    return float(figure.height.max() - max(float(np.median(figure.height)), STANDING))


def left_turn(figure: Figure) -> float:
    """Net turn to the left, degrees."""
    return float(np.degrees(figure.heading[-1] - figure.heading[0]))


def about_turn(figure: Figure) -> float:
    """Net turn to either side, degrees."""
    return abs(left_turn(figure))


def spin(figure: Figure) -> float:
    """Widest turn between any two moments, degrees."""
    return float(np.degrees(np.ptp(figure.heading)))


def drop(figure: Figure) -> float:
    """How much lower the pelvis is over the last half second than over the first, m."""
    part = MODEL_FPS // 2
    return float(figure.height[:part].mean() - figure.height[-part:].mean())


def right_wave(figure: Figure) -> float:
    """Travel of the right wrist over that of the left; 0 unless it is over its elbow in a quarter of the frames."""
    raised = figure.joints[:, Joint.RIGHT_WRIST, 1] > figure.joints[:, Joint.RIGHT_ELBOW, 1]
    travel = [float(figure.speed_of(joint).sum()) / MODEL_FPS for joint in (Joint.RIGHT_WRIST, Joint.LEFT_WRIST)]
    return travel[0] / max(travel[1], 1e-6) if raised.mean() >= 0.25 else 0.0


def throw(figure: Figure) -> float:
    """Fastest movement of a hand ahead while it is no lower than 15 cm under its shoulder, m/s."""
    speeds = []
    for wrist, shoulder in _ARMS:
        path = figure.local(wrist)
        raised = (path - figure.local(shoulder))[1:, 1] > -0.15
        speeds.append(float(np.where(raised, np.diff(path[:, 2]) * MODEL_FPS, 0.0).max()))
    return max(speeds)


def punch(figure: Figure) -> float:
    """Fastest stretching of an arm ahead, near the height of the shoulder, m/s."""
    speeds = []
    for wrist, shoulder in _ARMS:
        offset = (figure.local(wrist) - figure.local(shoulder))[1:]
        aimed = (offset[:, 1] > -0.25) & (offset[:, 2] > 0.2)
        speeds.append(float(np.where(aimed, np.diff(figure.reach(wrist, shoulder)) * MODEL_FPS, 0.0).max()))
    return max(speeds)


def left_kick(figure: Figure) -> float:
    """How much higher, ahead of the body, the left ankle goes than the right, m; 0 for a slow leg."""
    return _kick(figure, Joint.LEFT_ANKLE, Joint.RIGHT_ANKLE)


def right_kick(figure: Figure) -> float:
    """How much higher, ahead of the body, the right ankle goes than the left, m; 0 for a slow leg."""
    return _kick(figure, Joint.RIGHT_ANKLE, Joint.LEFT_ANKLE)


def _kick(figure: Figure, ankle: Joint, other: Joint) -> float:
    in_plane = np.diff(figure.local(ankle)[:, 1:], axis=0) * MODEL_FPS
    if np.linalg.norm(in_plane, axis=-1).max() < 2.0:
        return 0.0
    ground = np.minimum(figure.joints[:, ankle, 1], figure.joints[:, other, 1])
    rise = [
        np.where(figure.local(joint)[:, 2] > 0.1, figure.joints[:, joint, 1] - ground, 0.0).max()
        for joint in (ankle, other)
    ]
    return float(rise[0] - rise[1])


def knee_bend(figure: Figure) -> float:
    """Bend of the straighter knee, held for 0.3 s, degrees."""
    bends = []
    for hip, knee, ankle in _LEGS:
        thigh = figure.joints[:, knee] - figure.joints[:, hip]
        shin = figure.joints[:, ankle] - figure.joints[:, knee]
        lengths = np.linalg.norm(thigh, axis=-1) * np.linalg.norm(shin, axis=-1)
        bends.append(np.degrees(np.arccos(np.clip((thigh * shin).sum(-1) / lengths, -1.0, 1.0))))
    return held(np.minimum(*bends), 0.3)


def climb(figure: Figure) -> float:
    """How far both feet come to stand over where the lower of them stood at first, for 0.4 s, m."""
    lower = np.minimum(*[figure.joints[:, foot, 1].min(axis=1) for foot in _FEET])
    return held(lower, 0.4) - float(lower[: MODEL_FPS // 2].min())


def wandering(figure: Figure) -> float:
    """How fast the direction of travel changes as the figure sees it, rad/s; 0 when it hardly moves."""
    steps = np.apply_along_axis(lambda v: np.convolve(v, np.full(5, 0.2), "valid"), 0, figure.steps())
    moving = np.linalg.norm(steps, axis=1) > 0.15
    if moving.sum() < MODEL_FPS // 2:
        return 0.0
    direction = np.unwrap(np.arctan2(steps[:, 0], steps[:, 1]))
    return float(np.abs(np.diff(direction))[moving[1:]].mean() * MODEL_FPS)


def hand_sweep(figure: Figure) -> float:
    """Distance between the foremost and the hindmost place of a hand, of the hand that sweeps less, m."""
    return min(float(np.ptp((figure.local(w) - figure.local(s))[:, 2])) for w, s in _ARMS)


def low_hand(figure: Figure) -> float:
    """Height of the lower hand where it stays for 0.15 s, m; 2 if the figure does not stand up again."""
    lowest = -held(-np.minimum(*[figure.joints[:, wrist, 1] for wrist, _ in _ARMS]), 0.15)
    return lowest if figure.height[-(MODEL_FPS // 4) :].mean() > 0.7 else 2.0


def left_drift(figure: Figure) -> float:
    """Net way to the left over 0.3 m and all the way ahead or back."""
    steps = figure.steps() / MODEL_FPS
    return float(steps[:, 0].sum() / (0.3 + np.abs(steps[:, 1]).sum()))


def arm_spread(figure: Figure) -> float:
    """How far a raised arm's hand is from its shoulder, sideways and up, held for half a second, m."""
    away = []
    for wrist, shoulder in _ARMS:
        offset = figure.local(wrist) - figure.local(shoulder)
        away.append(np.linalg.norm(offset[:, :2], axis=1) * (offset[:, 1] > -0.2))
    return held(np.maximum(*away), 0.5)


def both_hands_up(figure: Figure) -> float:
    """Height of the lower hand over its shoulder, held for 0.3 s, m."""
    return held(np.minimum(*[figure.joints[:, w, 1] - figure.joints[:, s, 1] for w, s in _ARMS]), 0.3)


def upside_down(figure: Figure) -> float:
    """Height of the pelvis over the head, held for 0.15 s, m."""
    return held(figure.height - figure.joints[:, Joint.HEAD, 1], 0.15)


def head_height(figure: Figure) -> float:
    """Middle height of the head, m."""
    return float(np.median(figure.joints[:, Joint.HEAD, 1]))


def bow(figure: Figure) -> float:
    """Lean of the trunk from upright, held for 0.3 s, degrees."""
    trunk = figure.joints[:, Joint.NECK] - figure.joints[:, Joint.PELVIS]
    return held(np.degrees(np.arctan2(np.hypot(trunk[:, 0], trunk[:, 2]), trunk[:, 1])), 0.3)


def one_foot(figure: Figure) -> float:
    """How much higher one foot stays than the other for 0.8 s, m."""
    gap = figure.joints[:, Joint.LEFT_ANKLE, 1] - figure.joints[:, Joint.RIGHT_ANKLE, 1]
    return max(held(gap, 0.8), held(-gap, 0.8))


def claps(figure: Figure) -> float:
    """How often the hands come together: wrists nearer than 25 cm after having been 10 cm further apart."""
    gap = np.linalg.norm(figure.joints[:, Joint.LEFT_WRIST] - figure.joints[:, Joint.RIGHT_WRIST], axis=-1)
    count, widest = 0, float(gap[0])
    for distance in gap:
        widest = max(widest, float(distance))
        if distance < 0.25 and widest - distance > 0.1:
            count, widest = count + 1, float(distance)
    return float(count)


def hand_to_mouth(figure: Figure) -> float:
    """Distance of the nearer hand to the head, kept for half a second, m."""
    away = [np.linalg.norm(figure.joints[:, w] - figure.joints[:, Joint.HEAD], axis=1) for w, _ in _ARMS]
    return -held(-np.minimum(*away), 0.5)


def knee_lift(figure: Figure) -> float:
    """Height of each knee over its hip at its highest, of the knee that is lifted less, as a share of the leg."""
    highest = [held(figure.joints[:, knee, 1] - figure.joints[:, hip, 1], 0.1) for hip, knee, _ in _LEGS]
    return min(highest) / LEG_LENGTH
