"""Clips: what they refuse, how they are resampled and mirrored."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.motion.clip import ClipError, MotionClip
from engine.motion.kinematics import forward_kinematics, mirror
from engine.motion.pieces import mirrored
from engine.motion.resample import model_frames, resample, scene_frames
from engine.motion.rotations import normalize
from engine.motion.skeleton import JOINT_COUNT, MODEL_FPS, TWIN


def random_clip(frames: int, seed: int = 0) -> MotionClip:
    random = np.random.default_rng(seed)
    rotations = np.zeros((frames, JOINT_COUNT, 4))
    rotations[..., 0] = 1.0
    rotations += random.normal(0, 0.2, rotations.shape)
    return MotionClip(random.normal(size=(frames, 3)), normalize(rotations), random.random((frames, 4)))


@pytest.mark.parametrize("field", ["root", "rotations", "contacts"])
def test_values_that_are_no_numbers_are_refused_by_name(field: str) -> None:
    clip = random_clip(3)
    arrays = {name: getattr(clip, name).copy() for name in ("root", "rotations", "contacts")}
    arrays[field][1] = np.nan
    with pytest.raises(ClipError, match=field):
        MotionClip(**arrays)


def test_wrong_shapes_are_refused() -> None:
    clip = random_clip(3)
    with pytest.raises(ClipError, match="contacts has shape"):
        MotionClip(clip.root, clip.rotations, clip.contacts[:2])


@given(st.integers(1, 196), st.sampled_from([12.0, 23.976, 24.0, 25.0, 30.0, 60.0]))
def test_model_frames_cover_the_scene_frames_asked_for(frames: int, fps: float) -> None:
    assert scene_frames(model_frames(frames, fps), fps) >= frames


@given(st.integers(2, 40), st.sampled_from([20.0, 24.0, 30.0, 60.0]))
def test_resampling_keeps_the_first_pose_and_the_pace(frames: int, fps: float) -> None:
    clip = random_clip(frames)
    other = resample(clip, fps)
    np.testing.assert_allclose(other.root[0], clip.root[0])
    assert other.seconds <= clip.seconds + 1 / MODEL_FPS
    step = int(fps) // MODEL_FPS
    if fps % MODEL_FPS == 0:
        np.testing.assert_allclose(other.root[::step], clip.root, atol=1e-12)


def test_mirror_reflects_every_joint() -> None:
    clip = random_clip(5)
    reflected = forward_kinematics(*mirror(clip.root, clip.rotations))
    joints = forward_kinematics(clip.root, clip.rotations)
    np.testing.assert_allclose(reflected, joints[:, list(TWIN)] * [-1, 1, 1], atol=1e-12)


@given(st.integers(1, 10))
def test_a_clip_mirrored_twice_has_all_its_bits(frames: int) -> None:
    clip = random_clip(frames)
    image = mirrored(clip)
    np.testing.assert_array_equal(image.contacts[:, :2], clip.contacts[:, 2:])
    for name in ("root", "rotations", "contacts"):
        assert getattr(mirrored(image), name).tobytes() == getattr(clip, name).tobytes()
