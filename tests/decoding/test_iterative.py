"""The decode loop: known tokens stay, the schedule is kept, a seed repeats."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.decoding.iterative import DecodingCancelled, decode
from engine.decoding.sampling import SamplingOptions, doubt_rank, draw
from engine.decoding.schedule import cosine, linear, masked_counts
from engine.models.config import Specials
from engine.motion.skeleton import MAX_TOKENS
from engine.planning.plan import TextSpan, TokenPlan

CODES = 23
SPECIALS = Specials(CODES)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def open_plan(tokens: int, columns: int = 1) -> TokenPlan:
    """Nothing is known."""
    shape = (tokens, columns)
    return TokenPlan(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool), (TextSpan("x", 0, tokens),))


def noise_logits(tokens: Tensor, lengths: Tensor, level: int, levels: int = 1) -> Tensor:
    """A network without opinion: logits that depend on what it sees."""
    generator = seeded(int(tokens.sum()) + level)
    return torch.randn((*tokens[..., ::levels].shape, CODES), generator=generator)


def two_levels(tokens: Tensor, lengths: Tensor, level: int) -> Tensor:
    return noise_logits(tokens, lengths, level, levels=2)


@st.composite
def plans(draw_value: st.DrawFn) -> TokenPlan:
    """Any plan of two parts with two levels each: lower coarse, lower fine, upper coarse, upper fine."""
    count, random = draw_value(st.integers(1, MAX_TOKENS)), np.random.default_rng(draw_value(st.integers(0, 999)))
    known = random.uniform(size=(count, 4)) < draw_value(st.floats(0, 1))
    return TokenPlan(random.integers(0, CODES, known.shape), known, (TextSpan("x", 0, count),))


@settings(deadline=None, max_examples=50)
@given(plans(), st.integers(1, 25), st.integers(0, 5))
def test_known_tokens_stay_and_open_ones_become_codes(plan: TokenPlan, steps: int, seed: int) -> None:
    (result,) = decode([plan], two_levels, SPECIALS, [seeded(seed)], SamplingOptions(steps=steps), levels=2)
    np.testing.assert_array_equal(result.tokens[plan.known], plan.tokens[plan.known])
    assert ((result.tokens >= 0) & (result.tokens < CODES)).all()
    assert (result.confidence[plan.known] == 1.0).all()
    assert ((result.confidence >= 0) & (result.confidence <= 1)).all()


@given(st.integers(1, MAX_TOKENS), st.integers(1, 30), st.sampled_from([cosine, linear]))
def test_the_schedule_opens_everything_and_ends(tokens: int, steps: int, schedule) -> None:  # type: ignore[no-untyped-def]
    counts = masked_counts(tokens, steps, schedule)
    assert counts[0] == tokens
    assert all(later < earlier for earlier, later in itertools.pairwise(counts))
    assert counts[-1] >= 1
    assert len(counts) <= steps


def test_the_cosine_schedule_has_the_papers_numbers() -> None:
    assert masked_counts(49, 10) == [49, 48, 46, 43, 39, 34, 28, 22, 15, 7]


def test_accepted_tokens_are_never_masked_again() -> None:
    seen: list[Tensor] = []

    def record(tokens: Tensor, lengths: Tensor, level: int) -> Tensor:
        seen.append(tokens[0].clone())
        return noise_logits(tokens, lengths, level)

    decode([open_plan(30)], record, SPECIALS, [seeded(1)], SamplingOptions(steps=10))
    for before, after in itertools.pairwise(seen):
        accepted = before < CODES
        assert torch.equal(before[accepted], after[accepted])


def test_finer_codes_wait_until_the_coarse_ones_stand() -> None:
    seen: list[tuple[int, Tensor]] = []

    def record(tokens: Tensor, lengths: Tensor, level: int) -> Tensor:
        seen.append((level, tokens[0, :12].clone()))
        return two_levels(tokens, lengths, level)

    options = SamplingOptions(steps=6, detail_steps=3)
    decode([open_plan(12, columns=4)], record, SPECIALS, [seeded(1)], options, levels=2)
    assert [level for level, _ in seen] == [0] * 6 + [1] * 3
    for level, shown in seen:
        fine = shown[:, 1::2]
        assert (fine == SPECIALS.mask).all() or level == 1
        assert (shown[:, 0::2] < CODES).all() or level == 0


def test_one_part_is_decoded_over_the_other() -> None:
    tokens = np.random.default_rng(0).integers(0, CODES, (20, 4))
    known = np.zeros((20, 4), dtype=bool)
    known[:, :2] = True
    plan = TokenPlan(tokens, known, (TextSpan("x", 0, 20),))
    (result,) = decode([plan], two_levels, SPECIALS, [seeded(2)], SamplingOptions(steps=5), levels=2)
    np.testing.assert_array_equal(result.tokens[:, :2], tokens[:, :2])
    assert (result.confidence[:, 2:] < 1).all()


def test_the_network_sees_end_and_padding_after_the_motion() -> None:
    shown: list[Tensor] = []

    def record(tokens: Tensor, lengths: Tensor, level: int) -> Tensor:
        shown.append(tokens[..., 0].clone())
        assert lengths.tolist() == [3, 6]
        return noise_logits(tokens, lengths, level)

    two = [open_plan(3), open_plan(6)]
    decode(two, record, SPECIALS, [seeded(0), seeded(1)], SamplingOptions(steps=2))
    assert shown[0][0].tolist() == [SPECIALS.mask] * 3 + [SPECIALS.end] + [SPECIALS.pad] * 3
    assert shown[0][1].tolist() == [SPECIALS.mask] * 6 + [SPECIALS.end]


def test_a_seed_repeats_and_another_differs() -> None:
    runs = [
        decode([open_plan(40)], noise_logits, SPECIALS, [seeded(seed)], SamplingOptions())[0].tokens
        for seed in (3, 3, 4)
    ]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert (runs[0] != runs[2]).any()


def test_a_neighbour_in_the_batch_does_not_change_a_result() -> None:
    def position_logits(tokens: Tensor, lengths: Tensor, level: int) -> Tensor:
        table = torch.randn((50, 1, CODES), generator=seeded(0))
        return table[: tokens.shape[1]].expand(len(tokens), -1, -1, -1)

    plan = open_plan(20)
    (alone,) = decode([plan], position_logits, SPECIALS, [seeded(5)], SamplingOptions())
    together = decode([open_plan(44), plan], position_logits, SPECIALS, [seeded(9), seeded(5)], SamplingOptions())
    np.testing.assert_array_equal(alone.tokens, together[1].tokens)


def test_cancel_ends_between_steps() -> None:
    calls: list[int] = []

    def cancelled() -> bool:
        calls.append(1)
        return len(calls) > 3

    with pytest.raises(DecodingCancelled):
        decode([open_plan(40)], noise_logits, SPECIALS, [seeded(0)], SamplingOptions(), is_cancelled=cancelled)
    assert len(calls) == 4


def test_drawing_follows_the_logits() -> None:
    logits = torch.log(torch.tensor([[0.7, 0.2, 0.1]])).repeat(20_000, 1)
    codes, confidence = draw(logits, SamplingOptions(), seeded(0))
    shares = torch.bincount(codes, minlength=3) / len(codes)
    torch.testing.assert_close(shares, torch.tensor([0.7, 0.2, 0.1]), atol=0.02, rtol=0)
    torch.testing.assert_close(confidence, torch.tensor([0.7, 0.2, 0.1])[codes])


def test_shuffling_lets_chance_decide_early_and_never_late() -> None:
    confidence, options = torch.linspace(0.1, 0.9, 50), SamplingOptions(shuffle=3.0)
    surest = doubt_rank(confidence, 0.0, options, seeded(0)).argsort()
    assert torch.equal(surest, torch.arange(50))
    assert not torch.equal(doubt_rank(confidence, 1.0, options, seeded(0)).argsort(), surest)
    assert torch.equal(doubt_rank(confidence, 1.0, SamplingOptions(), seeded(0)).argsort(), surest)


def test_the_nucleus_leaves_out_the_tail_and_greedy_takes_the_best() -> None:
    logits = torch.log(torch.tensor([[0.7, 0.2, 0.1]])).repeat(1000, 1)
    assert set(draw(logits, SamplingOptions(keep_share=0.8), seeded(0))[0].tolist()) == {0, 1}
    assert set(draw(logits, SamplingOptions(temperature=0.0), seeded(0))[0].tolist()) == {0}
