"""Motion at another frame rate goes through the frames it has, and smoothly in between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.motion.clip import MotionClip
from engine.motion.resample import resample, sample
from engine.motion.rotations import about_y, multiply, normalize
from engine.motion.skeleton import JOINT_COUNT

SEEDS = st.integers(0, 2**32 - 1)


def random_clip(seed: int, frames: int) -> MotionClip:
    """Poses that wander, a little each frame."""
    random = np.random.default_rng(seed)
    wobble = normalize(np.array([1.0, 0.0, 0.0, 0.0]) + random.normal(0.0, 0.1, (frames, JOINT_COUNT, 4)))
    turns = multiply(about_y(np.linspace(0.0, random.uniform(-9, 9), frames))[:, None], wobble)
    return MotionClip(random.normal(size=(frames, 3)), turns, np.zeros((frames, 4)))


def same_turns(one: np.ndarray, other: np.ndarray, tolerance: float) -> bool:
    return bool((1.0 - np.abs((one * other).sum(-1)) <= tolerance).all())


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.integers(1, 30))
def test_whole_frames_keep_their_bits(seed: int, frames: int) -> None:
    clip = random_clip(seed, frames)
    again = sample(clip, np.arange(frames, dtype=np.float64), 60.0)
    assert again.root.tobytes() == clip.root.tobytes()
    assert (np.abs(again.rotations) == np.abs(clip.rotations)).all()


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.floats(1.0, 240.0))
def test_rotations_stay_rotations_and_turn_no_further_than_they_should(seed: int, fps: float) -> None:
    clip = random_clip(seed, 12)
    made = resample(clip, fps)
    np.testing.assert_allclose(np.linalg.norm(made.rotations, axis=-1), 1.0, atol=1e-12)
    assert ((made.rotations[1:] * made.rotations[:-1]).sum(-1) >= 0.0).all()


def test_what_rests_rests_to_the_bit() -> None:
    clip = random_clip(3, 20)
    still = np.repeat(clip.rotations[:1], 8, axis=0)
    clip = MotionClip(
        np.concatenate([clip.root[:6], np.repeat(clip.root[6:7], 8, axis=0), clip.root[14:]]),
        np.concatenate([clip.rotations[:6], still, clip.rotations[14:]]),
        clip.contacts,
    )
    made = sample(clip, np.linspace(7.0, 12.0, 41), 160.0)
    assert (made.root == clip.root[6]).all()
    assert same_turns(made.rotations, still[:1], 1e-15)


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0])
def test_a_throw_in_the_air_stays_a_parabola(fps: float) -> None:
    time = np.arange(30) / 20.0
    height = 3.0 * time - 4.9 * time**2
    turns = about_y(2.0 * time)[:, None] * np.ones((1, JOINT_COUNT, 1))
    clip = MotionClip(np.stack([time, height, 0.0 * time], axis=1), turns, np.zeros((30, 4)))
    made = resample(clip, fps)
    times = np.arange(len(made)) / fps
    inner = (times > time[1]) & (times < time[-2])
    np.testing.assert_allclose(made.root[inner, 1], (3.0 * times - 4.9 * times**2)[inner], atol=1e-12)
    assert same_turns(made.rotations[:, 0], about_y(2.0 * times), 1e-7)


def test_times_past_the_end_hold_the_last_pose() -> None:
    clip = random_clip(1, 5)
    made = resample(clip, 24.0, frames=12)
    assert (made.root[-3:] == clip.root[-1]).all()
