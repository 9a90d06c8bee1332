"""Rare actions are met more often than their share."""

from __future__ import annotations

import pytest

from engine.training.balance import MOST, motion_weights

WALK = ("a person walks forward", "someone is walking")


def test_rare_actions_are_drawn_more_often_but_not_without_bound() -> None:
    weights = motion_weights([WALK] * 99 + [("a man throws a ball",)])
    assert float(weights.sum()) == pytest.approx(1.0)
    assert float(weights[-1] / weights[0]) == pytest.approx(MOST)


def test_a_rare_action_beside_a_common_one_counts() -> None:
    weights = motion_weights([WALK] * 4 + [("he walks to a chair and sits down", "walking, then sitting")])
    assert float(weights[-1] / weights[0]) == pytest.approx((5 / 1) ** 0.5)


def test_what_one_caption_of_three_sees_is_not_believed() -> None:
    weights = motion_weights([WALK] * 4 + [("a person walks", "walking slowly", "a zombie climbs")])
    assert float(weights[-1]) == pytest.approx(float(weights[0]))


def test_motion_without_a_known_action_is_common() -> None:
    weights = motion_weights([WALK] * 3 + [("nothing much happens",)])
    assert float(weights[-1]) == pytest.approx(float(weights[0]))
