"""Real gestures are laid over other legs as an edit would lay them, and judged there."""

from __future__ import annotations

import numpy as np
import pytest

from engine.evaluation.gesture_check import check_gestures, laid_over
from engine.features.body_parts import LOWER_JOINTS, UPPER_JOINTS
from engine.features.representation import rows_from_clip
from engine.motion.clip import MotionClip
from engine.motion.rotations import about_y, multiply
from engine.motion.skeleton import JOINT_COUNT, REST_PELVIS_HEIGHT, Joint
from engine.training.cmu import Caption
from engine.training.dataset import Motion, MotionSet

from ..editing.tiny import tiny_pipeline

FRAMES = 80


def figure(arms: float, turned: float = 0.0) -> MotionClip:
    """A stiff figure whose arms are lifted sideways by `arms` rad, the whole of it turned by `turned` rad."""
    rotations = np.zeros((FRAMES + 1, JOINT_COUNT, 4))
    rotations[..., 0] = 1.0
    for joint, side in ((Joint.LEFT_SHOULDER, 1.0), (Joint.RIGHT_SHOULDER, -1.0)):
        rotations[:, joint] = np.array([np.cos(arms / 2), 0.0, 0.0, side * np.sin(arms / 2)])
    rotations[:, Joint.PELVIS] = about_y(np.full(FRAMES + 1, turned))
    root = np.tile([0.0, REST_PELVIS_HEIGHT, 0.0], (FRAMES + 1, 1))
    return MotionClip(root, rotations, np.zeros((FRAMES + 1, 4)))


def test_the_legs_stay_and_the_upper_body_comes_along() -> None:
    made, legs = figure(1.2), figure(0.0, turned=0.7)
    laid = laid_over(made, legs)
    lower = list(LOWER_JOINTS)
    assert np.array_equal(laid.root, legs.root)
    assert np.array_equal(laid.rotations[:, lower], legs.rotations[:, lower])
    arms = [joint for joint in UPPER_JOINTS if joint != Joint.SPINE1]
    assert np.allclose(laid.rotations[:, arms], made.rotations[:, arms])
    # A pelvis that is turned by a steady angle turns the back with it.
    back = multiply(laid.rotations[:, Joint.PELVIS], laid.rotations[:, Joint.SPINE1])
    assert np.allclose(back, multiply(legs.rotations[:, Joint.PELVIS], made.rotations[:, Joint.SPINE1]))


@pytest.mark.parametrize(("arms", "share"), [(1.4, 1.0), (0.0, 0.0)])
def test_real_gestures_are_judged_where_they_come_to_lie(arms: float, share: float) -> None:
    told = (Caption("a person raises both arms", 0.0, 4.0),)
    rows = rows_from_clip(figure(arms)).astype(np.float32)
    other = (Caption("a person walks", 0.0, 4.0),)
    data = MotionSet(
        np.concatenate([rows, rows]), (Motion("a", "train", 0, FRAMES, told), Motion("b", "val", FRAMES, 160, other))
    )
    checks = check_gestures(tiny_pipeline(split=True, levels=2), data, [("walking", "walk")])
    (raised,) = [one.check for one in checks if one.check.probe.name == "raises both arms"]
    assert [one.gait for one in checks] == ["walking"] * 5
    assert (raised.named, raised.named_pass) == (2, share)  # itself and its mirror image; the walk does not count
