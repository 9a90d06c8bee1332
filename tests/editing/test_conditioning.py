"""Texts steer: away from silence."""

from __future__ import annotations

import numpy as np
import torch

from engine.decoding.sampling import SamplingOptions, guided
from engine.editing.conditioning import logits_of_plans, text_odds
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


def odds(text: str, tokens: np.ndarray, known: np.ndarray) -> torch.Tensor:
    network = tiny_pipeline(split=True, levels=2)._weights.transformer
    with torch.no_grad():
        plan = TokenPlan(tokens, known, (TextSpan(text, 0, len(tokens)),))
        return text_odds(network, Letters().encode, plan, 0, torch.device("cpu"))


def test_odds_say_of_each_open_slot_how_much_likelier_the_text_makes_it() -> None:
    random = np.random.default_rng(0)
    tokens, known = random.integers(32, size=(8, 4)), np.ones((8, 4), dtype=bool)
    known[2:6, 2:] = False
    told = odds("turn left", tokens, known)
    assert told.shape == (4,) and float(told.abs().max()) > 1e-3
    assert torch.equal(odds("", tokens, known), torch.zeros(4)), "no text tells of nothing"

    every = np.stack([np.where(np.arange(4) < 1, code, tokens) for code in range(32)])
    sums = torch.stack([odds("turn left", one, known) for one in every])
    assert (sums.max(0).values > 0).all() and (sums.min(0).values < 0).all(), "what one code gains another loses"


def test_odds_do_not_depend_on_what_open_slots_hold_of_other_parts_or_finer_levels() -> None:
    tokens, known = np.random.default_rng(1).integers(32, size=(8, 4)), np.ones((8, 4), dtype=bool)
    known[2:6, 2:] = False
    other = tokens.copy()
    other[2:6, 1:] = (tokens[2:6, 1:] + 1) % 32
    assert torch.equal(odds("turn left", tokens, known), odds("turn left", other, known))
