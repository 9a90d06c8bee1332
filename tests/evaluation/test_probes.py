"""The probes see what they are named after, in motions made by hand."""

from __future__ import annotations

import numpy as np

from engine.evaluation.probes import PROBES, judge
from engine.motion import rotations as rot
from engine.motion.clip import MotionClip
from engine.motion.skeleton import JOINT_COUNT, REST_PELVIS_HEIGHT, Joint

FRAMES = 60
BY_NAME = {probe.name: probe for probe in PROBES}


def figure(
    forward: float = 0.0,
    height: np.ndarray | None = None,
    turn: float = 0.0,
    swing: Joint | None = None,
    start: float = 0.0,
) -> MotionClip:
    """A figure that glides at `forward` m/s, turns by `turn` degrees and swings one raised arm."""
    time = np.arange(FRAMES) / 20.0
    yaw = start + np.radians(turn) * np.linspace(0, 1, FRAMES)
    rotations = np.zeros((FRAMES, JOINT_COUNT, 4))
    rotations[..., 0] = 1.0
    rotations[:, 0] = rot.about_y(yaw)
    if swing is not None:
        side = 1.0 if swing.name.startswith("LEFT") else -1.0
        up = np.full(FRAMES, side * 1.2) + 0.3 * np.sin(9 * time)
        rotations[:, swing] = rot.about_axis(np.array([0.0, 0.0, 1.0]), up)
    step = np.stack([np.sin(yaw), np.zeros(FRAMES), np.cos(yaw)], axis=1) * forward / 20
    root = np.cumsum(step, axis=0)
    root[:, 1] = REST_PELVIS_HEIGHT if height is None else height
    return MotionClip(root, rotations, np.zeros((FRAMES, 4)))


def passes(name: str, clip: MotionClip) -> bool:
    return judge(BY_NAME[name], [clip]).passed == 1


def test_walking_is_measured_along_the_heading() -> None:
    for start in (0.0, 2.0, -3.0):
        assert passes("walks forward", figure(forward=1.0, start=start))
        assert not passes("walks forward", figure(forward=-1.0, start=start))
        assert passes("walks backwards", figure(forward=-1.0, start=start))
        assert not passes("walks backwards", figure(forward=0.0, start=start))


def test_a_jump_rises_over_standing_and_getting_up_is_none() -> None:
    hop = REST_PELVIS_HEIGHT + 0.6 * np.maximum(0, np.sin(np.linspace(0, 12, FRAMES)) - 0.5)
    assert passes("jumps", figure(height=hop))
    assert not passes("jumps", figure(height=np.linspace(0.5, REST_PELVIS_HEIGHT, FRAMES)))


def test_left_and_right_turns_are_told_apart_even_past_the_back() -> None:
    assert passes("turns left", figure(turn=270, start=2.0))
    assert not passes("turns right", figure(turn=270, start=2.0))
    assert passes("turns right", figure(turn=-90))
    assert not passes("turns left", figure(turn=5))


def test_only_the_right_hand_waves_with_the_right_hand() -> None:
    assert passes("waves the right hand", figure(swing=Joint.RIGHT_ELBOW))
    assert not passes("waves the right hand", figure(swing=Joint.LEFT_ELBOW))


def test_sitting_ends_low() -> None:
    assert passes("sits down", figure(height=np.linspace(0.95, 0.5, FRAMES)))
    assert not passes("sits down", figure(height=np.linspace(0.5, 0.95, FRAMES)))
