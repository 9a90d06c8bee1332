"""Feet, floor, jerk and bones of motions made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engine.evaluation import motion_metrics as mm
from engine.motion.kinematics import forward_kinematics
from engine.motion.skeleton import JOINT_COUNT, MODEL_FPS, REST_PELVIS_HEIGHT, Joint

FRAMES = 60


def standing(glide: float = 0.0, height: float = REST_PELVIS_HEIGHT) -> np.ndarray:
    """Joints of a rest pose that glides ahead by `glide` m in every frame."""
    rotations = np.zeros((FRAMES, JOINT_COUNT, 4))
    rotations[..., 0] = 1.0
    root = np.zeros((FRAMES, 3))
    root[:, 1] = height
    root[:, 2] = glide * np.arange(FRAMES)
    return forward_kinematics(root, rotations)


def test_a_figure_that_stands_has_both_feet_on_the_floor_and_nothing_slides() -> None:
    figures = mm.measure([standing()])
    assert figures.contact_share == 1.0
    assert figures.skate_ratio == figures.skate_mm == figures.sink_ratio == figures.jerk == 0.0
    assert mm.mean_bone_drift([standing()]) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("glide", "ratio"), [(0.03, 1.0), (0.02, 0.0)])
def test_only_a_step_of_more_than_25_mm_counts_as_skating(glide: float, ratio: float) -> None:
    figures = mm.measure([standing(glide)])
    assert figures.skate_ratio == ratio
    assert figures.skate_mm == pytest.approx(1000 * glide)


def test_a_figure_in_the_air_has_no_contact_and_so_cannot_skate() -> None:
    figures = mm.measure([standing(0.1, REST_PELVIS_HEIGHT + 0.3)])
    assert figures.contact_share == figures.skate_ratio == figures.skate_mm == 0.0


def test_a_foot_that_rolls_over_its_toe_does_not_slide() -> None:
    joints = standing()
    joints[:, Joint.LEFT_ANKLE, 2] += 0.03 * np.arange(FRAMES)  # the ankle goes on, the toe stays
    assert mm.measure([joints]).skate_ratio == 0.0


def test_sinking_is_measured_from_the_lowest_joint() -> None:
    figures = mm.measure([standing(height=REST_PELVIS_HEIGHT - 0.05)])
    assert figures.sink_ratio == 1.0
    assert figures.sink_mm == pytest.approx(50.0, rel=1e-3)


def test_jerk_of_a_cubic_path_is_its_third_derivative() -> None:
    joints = standing()
    time = np.arange(FRAMES) / MODEL_FPS
    joints[..., 1] += (2.0 * time**3)[:, None]
    assert mm.measure([joints]).jerk == pytest.approx(12.0, rel=1e-6)


def test_a_stretched_forearm_shows_as_drift() -> None:
    joints = standing()
    joints[:, Joint.LEFT_WRIST, 0] += 0.021  # of 21 bones one is 21 mm too long
    assert mm.bone_drift(joints) == pytest.approx(1.0, rel=1e-6)


def test_a_pop_at_a_seam_is_seen_where_it_is() -> None:
    joints = standing()
    joints[30:, Joint.HEAD, 0] += 0.1
    assert mm.seam_jump(joints, 30) == pytest.approx(0.1 * MODEL_FPS)
    assert mm.seam_jump(joints, 10) == pytest.approx(0.0)
