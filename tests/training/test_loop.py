"""Training: stopped and resumed is the same as never stopped; the log tells the truth."""

from __future__ import annotations

import csv
import itertools
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from engine.training.loop import LoopOptions, StepContext, exported_state, rate_factor, train


class LineTask:
    """Fits a line, with dropout and random batches, so that every kind of randomness takes part."""

    def __init__(self) -> None:
        torch.manual_seed(3)
        self.model: nn.Module = nn.Sequential(nn.Linear(4, 16), nn.Dropout(0.3), nn.Linear(16, 1))

    def loss(self, context: StepContext) -> tuple[Tensor, dict[str, float]]:
        x = torch.randn(8, 4, generator=context.generator)
        loss = (self.model(x)[:, 0] - x.sum(1)).square().mean()
        return loss, {"seen": float(context.step)}

    def evaluate(self, model: nn.Module) -> dict[str, float]:
        x = torch.ones(1, 4)
        return {"error": float((model(x)[0, 0] - 4).abs())}


OPTIONS = LoopOptions(steps=40, rate=1e-2, warm_up=5, evaluate_every=20, average_decay=0.9)
CPU = torch.device("cpu")


def test_a_resumed_run_ends_bit_for_bit_like_one_that_never_stopped(tmp_path: Path) -> None:
    assert train(LineTask(), OPTIONS, tmp_path / "whole", CPU)
    # The clock stops the other run after every single step.
    hasty = replace(OPTIONS, stop_after_minutes=0.0)
    sittings = 0
    while not train(LineTask(), hasty, tmp_path / "parts", CPU):
        sittings += 1
    assert sittings == OPTIONS.steps - 1  # the sitting that takes the last step has finished
    whole, parts = exported_state(tmp_path / "whole"), exported_state(tmp_path / "parts")
    assert whole.keys() == parts.keys()
    for name, value in whole.items():
        assert torch.equal(value, parts[name]), name


def test_a_finished_run_does_nothing_more(tmp_path: Path) -> None:
    train(LineTask(), OPTIONS, tmp_path, CPU)
    before = (tmp_path / "checkpoint.pt").stat().st_mtime_ns
    task = LineTask()
    task.loss = lambda context: pytest.fail("trained past its last step")  # type: ignore[method-assign]
    assert train(task, OPTIONS, tmp_path, CPU)
    assert (tmp_path / "checkpoint.pt").stat().st_mtime_ns >= before


def test_the_log_holds_loss_speed_and_val_figures(tmp_path: Path) -> None:
    train(LineTask(), OPTIONS, tmp_path, CPU)
    with (tmp_path / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(float(row["step"])) for row in rows] == [20, 25, 40]
    assert all(float(row["loss"]) > 0 and float(row["steps_per_s"]) > 0 for row in rows)
    assert rows[0]["val_error"] and not rows[1]["val_error"] and rows[2]["val_error"]


def test_the_averaged_weights_are_what_is_exported(tmp_path: Path) -> None:
    task = LineTask()
    train(task, OPTIONS, tmp_path, CPU)
    exported = exported_state(tmp_path)
    assert exported.keys() == task.model.state_dict().keys()
    assert any(not torch.equal(exported[k], v) for k, v in task.model.state_dict().items())


def test_the_rate_warms_up_and_falls() -> None:
    factors = [rate_factor(step, OPTIONS) for step in range(OPTIONS.steps)]
    assert factors[0] < factors[2] < factors[4] == 1.0
    assert all(later <= earlier for earlier, later in itertools.pairwise(factors[5:]))
    assert factors[-1] < 0.05
