"""The mean of runs is the mean of what they learnt, and only of what can have one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.models.config import TransformerConfig
from engine.models.transformer import MaskedTransformer
from engine.training.loop import CHECKPOINT
from engine.training.runs import Run, RunError, mean_transformer

CONFIG = TransformerConfig(
    codes=8, code_width=4, width=16, heads=2, cross_blocks=1, base_blocks=1, head_blocks=1, text_width=8
)
BOOK = torch.arange(32.0).view(1, 8, 4)


def run_of(folder: Path, value: float, book: torch.Tensor = BOOK, config: TransformerConfig = CONFIG) -> Run:
    """A finished run whose every weight is `value`."""
    run = Run(folder, folder)
    run.fix_settings("transformer", config, {})
    state = {key: torch.full_like(one, value) for key, one in MaskedTransformer(config).state_dict().items()}
    torch.save({"task": {**state, "codebook": book}, "average": None}, run.stage("transformer") / CHECKPOINT)
    return run


def test_the_mean_is_that_of_every_weight(tmp_path: Path) -> None:
    runs = [run_of(tmp_path / str(value), value) for value in (1.0, 2.0, 6.0)]
    for key, value in mean_transformer(runs).state_dict().items():
        assert torch.equal(value, BOOK if key == "codebook" else torch.full_like(value, 3.0)), key
    alone = mean_transformer(runs[:1]).state_dict()
    assert all(torch.equal(value, alone[key]) for key, value in runs[0].transformer().state_dict().items())


def test_networks_of_other_codes_or_sizes_have_no_mean(tmp_path: Path) -> None:
    one = run_of(tmp_path / "one", 1.0)
    codes = run_of(tmp_path / "codes", 1.0, BOOK + 1)
    size = run_of(tmp_path / "size", 1.0, config=replace(CONFIG, width=32))
    for other in (codes, size):
        with pytest.raises(RunError, match="no mean"):
            mean_transformer([one, other])
