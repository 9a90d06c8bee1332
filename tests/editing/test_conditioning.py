"""Texts steer: away from silence, and away from the other side."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.decoding.sampling import SamplingOptions, pushed_away
from engine.editing.conditioning import logits_of_plans
from engine.planning.plan import TextSpan, TokenPlan

from .tiny import Letters, tiny_pipeline


def logits(text: str, sampling: SamplingOptions) -> torch.Tensor:
    pipeline = tiny_pipeline()
    plan = TokenPlan(np.zeros((6, 1), np.int64), np.zeros((6, 1), bool), (TextSpan(text, 0, 6),))
    of = logits_of_plans(pipeline._weights.transformer, Letters().encode, [plan], sampling)
    with torch.no_grad():
        return of(torch.full((1, 7, 1), pipeline._weights.transformer.config.specials.mask), torch.tensor([6]), 0)


def test_guidance_is_the_fields_own() -> None:
    with_text, without = torch.randn(5), torch.randn(5)
    guided = pushed_away(with_text, [(without, 3.0 - 1.0)])
    assert torch.allclose(guided, without + 3.0 * (with_text - without), atol=1e-6)


def test_a_text_that_names_a_side_is_pushed_away_from_the_other() -> None:
    left, right = (logits(text, SamplingOptions()) for text in ("turn left", "turn right"))
    pushed = logits("turn left", SamplingOptions(sides=2.0))
    assert torch.allclose(pushed, left + 2.0 * (left - right), atol=1e-5)
    assert float((pushed - right).abs().mean()) > 2.0 * float((left - right).abs().mean())


@pytest.mark.parametrize("text", ["walk on", ""])
def test_a_text_that_names_no_side_is_left_alone(text: str) -> None:
    assert torch.equal(logits(text, SamplingOptions(sides=2.0)), logits(text, SamplingOptions()))
