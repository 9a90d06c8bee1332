"""How a body stands in its armature is read from its anatomy."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from blender_mmm.retarget.axes import CLIP_TO_BLENDER, to_frame


def test_blender_axes() -> None:
    """Left is +x, up is +z, and a body faces -y."""
    np.testing.assert_array_equal(to_frame(np.array([1.0, 0, 0]), np.array([0, 0, 1.0])), CLIP_TO_BLENDER)


@pytest.mark.parametrize("left, up", [(a, b) for a, b in product(range(6), repeat=2) if a % 3 != b % 3])
def test_every_upright_way_to_stand(left: int, up: int) -> None:
    """A body that leans and twists a little still stands along the axes; the frame is a rotation."""
    axes = np.concatenate([np.eye(3), -np.eye(3)])
    lean = np.random.default_rng(left * 6 + up).uniform(-0.2, 0.2, (2, 3))
    frame = to_frame(axes[left] + lean[0], axes[up] + lean[1])
    np.testing.assert_array_equal(frame[:, 0], axes[left])
    np.testing.assert_array_equal(frame[:, 1], axes[up])
    assert np.linalg.det(frame) == pytest.approx(1.0)


def test_a_body_between_the_axes_keeps_its_own() -> None:
    frame = to_frame(np.array([1.0, 1.0, 0.0]), np.array([-1.0, 1.0, 1.5]))
    np.testing.assert_allclose(frame.T @ frame, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(frame[:, 0], [0.5**0.5, 0.5**0.5, 0.0], atol=1e-12)
