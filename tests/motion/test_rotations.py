"""Rotations keep their promises for every rotation, not only for tidy ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.motion import rotations as rot

_numbers = st.floats(-1.0, 1.0, allow_nan=False)
vectors = hnp.arrays(np.float64, 3, elements=_numbers).filter(lambda v: np.linalg.norm(v) > 1e-3)
quaternions = hnp.arrays(np.float64, 4, elements=_numbers).filter(lambda q: np.linalg.norm(q) > 1e-3).map(rot.normalize)


def _same_rotation(a: np.ndarray, b: np.ndarray) -> None:
    np.testing.assert_allclose(rot.to_matrix(a), rot.to_matrix(b), atol=1e-9)


@given(quaternions)
def test_matrix_and_six_numbers_give_the_rotation_back(q: np.ndarray) -> None:
    _same_rotation(rot.from_matrix(rot.to_matrix(q)), q)
    _same_rotation(rot.from_six(rot.to_six(q)), q)


@given(quaternions, quaternions, vectors)
def test_product_turns_by_the_right_factor_first(a: np.ndarray, b: np.ndarray, v: np.ndarray) -> None:
    np.testing.assert_allclose(rot.rotate(rot.multiply(a, b), v), rot.rotate(a, rot.rotate(b, v)), atol=1e-9)
    np.testing.assert_allclose(rot.rotate(rot.inverse(a), rot.rotate(a, v)), v, atol=1e-9)


@given(vectors, vectors)
def test_between_turns_one_direction_onto_the_other(a: np.ndarray, b: np.ndarray) -> None:
    np.testing.assert_allclose(rot.rotate(rot.between(a, b), rot.normalize(a)), rot.normalize(b), atol=1e-6)


@given(vectors)
def test_between_turns_a_direction_onto_its_opposite(a: np.ndarray) -> None:
    np.testing.assert_allclose(rot.rotate(rot.between(a, -a), rot.normalize(a)), -rot.normalize(a), atol=1e-6)


@given(quaternions, quaternions, st.floats(0.0, 1.0))
def test_slerp_goes_the_short_way_at_even_speed(a: np.ndarray, b: np.ndarray, t: float) -> None:
    whole = rot.angle(rot.multiply(rot.inverse(a), b))
    part = rot.angle(rot.multiply(rot.inverse(a), rot.slerp(a, b, np.asarray(t))))
    np.testing.assert_allclose(part, t * whole, atol=1e-5)


@given(hnp.arrays(np.float64, (12, 4), elements=_numbers).filter(lambda q: (np.linalg.norm(q, axis=1) > 1e-3).all()))
def test_continuous_never_flips_and_never_turns(q: np.ndarray) -> None:
    q = rot.normalize(q)
    calm = rot.continuous(q)
    assert ((calm[1:] * calm[:-1]).sum(-1) >= 0).all()
    _same_rotation(calm, q)


@given(hnp.arrays(np.float64, (3,), elements=st.floats(-1.8, 1.8)))
def test_rotation_vectors_round_trip(vector: np.ndarray) -> None:
    np.testing.assert_allclose(rot.to_vector(rot.from_vector(vector)), vector, atol=1e-9)
    np.testing.assert_allclose(rot.to_vector(-rot.from_vector(vector)), vector, atol=1e-9)


@given(st.floats(-0.4, 0.4), st.floats(0.1, 3.0))
def test_a_turn_goes_on_past_half_a_turn(slow: float, fast: float) -> None:
    about = np.array([np.sin(slow), np.cos(slow), 0.0])
    vectors = fast * np.arange(12)[:, None] * about
    wrapped = rot.to_vector(rot.from_vector(vectors))
    if fast < np.pi - 0.1:
        np.testing.assert_allclose(rot.unwrapped(wrapped), vectors, atol=1e-6)
    short = wrapped[: 1 + int(np.pi / fast)]
    assert np.array_equal(rot.unwrapped(short), short), "what is under half a turn keeps its bits"
