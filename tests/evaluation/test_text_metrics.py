"""The field's figures on cases whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.evaluation import text_metrics as tm


def normal(mean: np.ndarray, deviation: np.ndarray, seed: int, count: int = 60_000) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, deviation, (count, len(mean)))


def test_fid_of_two_normal_distributions_is_the_closed_form() -> None:
    means, deviations = np.array([[0.0, 0.0, 1.0], [1.0, 0.5, 1.0]]), np.array([[1.0, 2.0, 0.5], [2.0, 1.0, 0.5]])
    wanted = ((means[0] - means[1]) ** 2).sum() + ((deviations[0] - deviations[1]) ** 2).sum()
    found = tm.frechet_distance(normal(means[0], deviations[0], 1), normal(means[1], deviations[1], 2))
    assert found == pytest.approx(wanted, rel=0.03)


def test_fid_agrees_with_the_root_of_the_product_and_is_symmetric() -> None:
    linalg = pytest.importorskip("scipy.linalg")
    random = np.random.default_rng(0)
    a, b = random.normal(size=(200, 6)) @ random.normal(size=(6, 6)), random.normal(size=(150, 6)) + 0.3
    covariances = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = np.real(linalg.sqrtm(covariances[0] @ covariances[1]))
    gap = a.mean(0) - b.mean(0)
    wanted = gap @ gap + np.trace(covariances[0] + covariances[1] - 2 * root)
    assert tm.frechet_distance(a, b) == pytest.approx(wanted, rel=1e-8)
    assert tm.frechet_distance(b, a) == pytest.approx(wanted, rel=1e-8)


def test_fid_of_a_set_with_itself_is_zero_even_with_few_points() -> None:
    points = np.random.default_rng(0).normal(size=(20, 64))
    assert tm.frechet_distance(points, points) == pytest.approx(0.0, abs=1e-4)


@given(st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_perfect_matching_is_always_first_and_the_order_does_not_matter(seed: int) -> None:
    random = np.random.default_rng(seed)
    texts = random.normal(size=(32, 8))
    assert tm.r_precision(texts, texts + 1e-4).tolist() == [1.0, 1.0, 1.0]
    motions = random.normal(size=(32, 8))
    order = random.permutation(32)
    assert np.allclose(tm.r_precision(texts, motions), tm.r_precision(texts[order], motions[order]))
    first, second, third = tm.r_precision(texts, motions)
    assert first <= second <= third


def test_motions_that_are_all_alike_match_nothing() -> None:
    texts = np.random.default_rng(0).normal(size=(32, 4))
    assert tm.r_precision(texts, np.zeros((32, 4))).tolist() == [0.0, 0.0, 0.0]


def test_a_neighbour_that_is_nearer_costs_a_place() -> None:
    texts = np.array([[0.0], [10.0]])
    motions = np.array([[0.3], [0.1]])  # the second text's motion is nearer to the first text
    assert tm.r_precision(texts, motions).tolist() == [0.0, 1.0, 1.0]


def test_distances_are_euclidean() -> None:
    assert tm.matching_distance(np.zeros((2, 2)), np.array([[3.0, 4.0], [0.0, 1.0]])) == pytest.approx(3.0)
    assert tm.distances(np.zeros((1, 2)), np.array([[3.0, 4.0]])).item() == pytest.approx(5.0)


def test_diversity_and_multimodality_never_pair_a_motion_with_itself() -> None:
    pair = np.array([[0.0], [2.0]])
    random = np.random.default_rng(0)
    assert tm.diversity(pair, random) == pytest.approx(2.0)
    assert tm.multimodality(np.stack([pair, pair + 7]), random) == pytest.approx(2.0)


def test_pools_hold_no_motion_twice_and_leave_the_rest_out() -> None:
    names = [f"m{i // 3}" for i in range(3 * 70)]
    parts = tm.pools(names, np.random.default_rng(0))
    assert [len(part) for part in parts] == [32, 32]
    drawn = [names[i] for part in parts for i in part]
    assert len(set(drawn)) == len(drawn)
    assert len(tm.pools(names[:30], np.random.default_rng(0))[0]) == 10


def test_the_interval_shrinks_with_repeats_and_is_repeatable() -> None:
    def once(random: np.random.Generator) -> dict[str, float]:
        return {"x": float(random.normal())}

    few, many = tm.repeat(once, 5, 0)["x"], tm.repeat(once, 500, 0)["x"]
    assert many.half_width == pytest.approx(1.96 / np.sqrt(500), rel=0.15)
    assert few == tm.repeat(once, 5, 0)["x"]
