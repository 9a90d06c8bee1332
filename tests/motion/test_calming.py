"""Calming takes out what trembles and leaves what flows."""

from __future__ import annotations

import numpy as np

from engine.motion.calming import calmed
from engine.motion.clip import MotionClip
from engine.motion.rotations import about_y
from engine.motion.skeleton import JOINT_COUNT


def turning(angles: np.ndarray) -> MotionClip:
    turns = np.repeat(about_y(angles)[:, None], JOINT_COUNT, axis=1)
    return MotionClip(np.stack([angles, 0.0 * angles, angles], axis=1), turns, np.zeros((len(angles), 4)))


def test_what_goes_on_evenly_stays() -> None:
    clip = turning(np.linspace(0.0, 3.0, 40))
    made = calmed(clip)
    np.testing.assert_allclose(made.root, clip.root, atol=1e-12)
    np.testing.assert_allclose(np.abs((made.rotations * clip.rotations).sum(-1)), 1.0, atol=1e-12)


def test_trembling_shrinks_and_the_ends_stay() -> None:
    clip = turning(0.1 * (-1.0) ** np.arange(40))
    made = calmed(clip)
    assert np.abs(made.root[1:-1, 0]).max() < 0.077
    assert (made.root[[0, -1]] == clip.root[[0, -1]]).all()
    np.testing.assert_allclose(np.linalg.norm(made.rotations, axis=-1), 1.0, atol=1e-12)


def test_one_frame_and_two_stay_as_they_are() -> None:
    for frames in (1, 2):
        clip = turning(np.arange(frames, dtype=np.float64))
        assert len(calmed(clip)) == frames
        np.testing.assert_array_equal(calmed(clip).root, clip.root)
