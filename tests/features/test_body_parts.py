"""Upper and lower body share out a row, and an upper body does not know how high the pelvis is."""

from __future__ import annotations

import numpy as np
import torch

from engine.features.body_parts import LOWER, UPPER, UPPER_HEIGHTS
from engine.features.normalization import Normalization
from engine.features.representation import HEIGHT, ROW_SIZE
from engine.models.config import TokenizerConfig
from engine.models.tokenizer import Tokenizer, height_lift


def pair() -> tuple[Tokenizer, Normalization]:
    """An untrained pair, whose heights count from the pelvis."""
    random = np.random.default_rng(1)
    statistics = Normalization(*random.uniform(0.5, 2.0, (2, ROW_SIZE)).astype(np.float32))
    torch.manual_seed(0)
    tokenizer = Tokenizer(TokenizerConfig(width=8, codes=8, code_width=4, depth=1, levels=2, split=True)).eval()
    tokenizer.lift.copy_(height_lift(statistics))
    return tokenizer, statistics


def test_every_column_belongs_to_one_part() -> None:
    both = np.concatenate([LOWER.columns, UPPER.columns])
    assert sorted(both.tolist()) == list(range(ROW_SIZE))
    assert (LOWER.rows, UPPER.rows) == (107, 156)  # as in the official pair


def test_rows_come_back_from_their_parts() -> None:
    tokenizer, _ = pair()
    rows = torch.randn(2, 8, ROW_SIZE)
    torch.testing.assert_close(tokenizer.merge(tokenizer.split(rows)), rows)


def test_a_higher_pelvis_leaves_the_upper_part_as_it_is() -> None:
    tokenizer, statistics = pair()
    metres = np.random.default_rng(2).normal(size=(1, 8, ROW_SIZE))
    raised = metres.copy()
    raised[..., HEIGHT] += 0.3
    raised[..., UPPER_HEIGHTS] += 0.3
    parts = [tokenizer.split(torch.from_numpy(statistics.normalize(rows)))["upper"] for rows in (metres, raised)]
    torch.testing.assert_close(parts[0], parts[1], atol=1e-5, rtol=1e-5)


def test_the_lower_tokens_do_not_depend_on_the_arms() -> None:
    tokenizer, _ = pair()
    for name in ("lower", "upper"):
        tokenizer.part(name).quantizer.codebook.normal_()
    rows, other = torch.randn(2, 1, 32, ROW_SIZE)
    mixed = rows.clone()
    mixed[..., UPPER.columns] = other[..., UPPER.columns]
    lower = tokenizer.layout.of_part("lower")
    assert torch.equal(tokenizer.encode(rows)[..., lower], tokenizer.encode(mixed)[..., lower])
    assert not torch.equal(tokenizer.encode(rows), tokenizer.encode(mixed))
