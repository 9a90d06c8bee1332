"""Limbs of posed motion turn no faster than people's."""

from __future__ import annotations

import numpy as np
import pytest

from engine.features.posing import pose_from_targets
from engine.motion import rotations as rot
from engine.motion.kinematics import forward_kinematics
from engine.motion.skeleton import Joint
from tests.motion.legs import walk


def posed(rotations: np.ndarray, root: np.ndarray) -> np.ndarray:
    return pose_from_targets(root, forward_kinematics(root, rotations), rotations[:, 1:])


def turns(rotations: np.ndarray, joint: Joint) -> np.ndarray:
    """From frame to frame, degrees."""
    return np.degrees(rot.angle(rot.multiply(rotations[1:, joint], rot.inverse(rotations[:-1, joint]))))


@pytest.mark.parametrize("joint", [Joint.LEFT_HIP, Joint.RIGHT_SHOULDER, Joint.LEFT_ANKLE])
@pytest.mark.parametrize("frames", [1, 8])
def test_a_limb_that_flips_over_is_led_there(joint: Joint, frames: int) -> None:
    clip = walk(40)
    rotations = np.array(clip.rotations)
    flip = rot.about_axis(np.array([0.0, 0.0, 1.0]), np.array([2.6]))
    rotations[20 : 20 + frames, joint] = rot.multiply(flip, rotations[20 : 20 + frames, joint])
    made = posed(rotations, clip.root)
    assert turns(rotations, joint).max() > 100.0
    assert turns(made, joint).max() < (72.0 if joint == Joint.RIGHT_SHOULDER else 62.0)
    far = np.r_[0:12, 30 + frames : 40]
    assert made[far].tobytes() == posed(clip.rotations, clip.root)[far].tobytes()
