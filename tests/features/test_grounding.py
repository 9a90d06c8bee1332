"""Standing feet decide where the root goes; everything else stays."""

from __future__ import annotations

import numpy as np
import pytest

from engine.features.grounding import grounded
from engine.features.representation import CONTACTS, GLIDE, ROW_SIZE, joints_from_rows
from engine.motion.skeleton import Joint


def gliding(contact: float, glide: float = 0.05, frames: int = 40) -> np.ndarray:
    """A stiff figure that glides ahead at `glide` m a frame, its feet in `contact`."""
    rows = np.zeros((frames, ROW_SIZE))
    rows[:, GLIDE.start + 1] = glide
    rows[:, CONTACTS] = contact
    return rows


def foot_travel(rows: np.ndarray) -> np.ndarray:
    steps = np.diff(joints_from_rows(rows)[:, Joint.LEFT_FOOT], axis=0)
    return np.linalg.norm(steps[:, [0, 2]], axis=-1)


def test_a_root_that_drags_standing_feet_is_held() -> None:
    assert foot_travel(grounded(gliding(1.0))).max() == pytest.approx(0.006, abs=1e-6)


@pytest.mark.parametrize(("contact", "glide"), [(0.0, 0.05), (1.0, 0.005)])
def test_free_feet_and_small_slides_are_left_alone(contact: float, glide: float) -> None:
    rows = gliding(contact, glide)
    assert np.array_equal(grounded(rows), rows)


def test_only_the_glide_changes_and_turned_figures_are_held_too() -> None:
    rows = gliding(1.0)
    rows[:, 0] = 0.1  # it turns on the spot while it is dragged: the glide is told in another frame every time
    held = grounded(rows)
    assert foot_travel(held).max() < 0.02 < foot_travel(rows).min()
    other = np.ones(ROW_SIZE, bool)
    other[GLIDE] = False
    assert np.array_equal(held[:, other], rows[:, other])


def test_one_frame_is_nothing_to_hold() -> None:
    rows = gliding(1.0)[:1]
    assert np.array_equal(grounded(rows), rows)
