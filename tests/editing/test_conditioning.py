"""Texts steer: away from silence."""

from __future__ import annotations

import numpy as np
import torch

from engine.decoding.sampling import SamplingOptions, guided
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
    assert torch.allclose(guided(with_text, without, 3.0), with_text + 2.0 * (with_text - without), atol=1e-6)
    assert torch.allclose(guided(with_text, without, 1.0), with_text, atol=1e-6)


def test_a_text_is_pushed_away_from_silence() -> None:
    spoken, silent = (logits(text, SamplingOptions()) for text in ("turn left", ""))
    pushed = logits("turn left", SamplingOptions(guidance=3.0))
    assert torch.allclose(pushed, spoken + 2.0 * (spoken - silent), atol=1e-5)
    assert float((spoken - silent).abs().max()) > 1e-3


def test_silence_itself_is_left_alone() -> None:
    assert torch.equal(logits("", SamplingOptions(guidance=3.0)), logits("", SamplingOptions()))
