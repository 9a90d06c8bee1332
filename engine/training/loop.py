"""The one training loop: steps, learning rate, checkpoints, log, progress line.

All randomness of step k is drawn from (seed, k, rank). So a run that stopped and resumed passes
through the same steps as one that never stopped, bit for bit, with no generator state to save.
"""

from __future__ import annotations

import csv
import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import torch
from torch import Tensor, nn

from . import distributed

CHECKPOINT: Final = "checkpoint.pt"
LOG: Final = "log.csv"
_LOG_EVERY: Final = 25


@dataclass(frozen=True)
class LoopOptions:
    """How long and how fast to train."""

    steps: int
    rate: float
    warm_up: int = 200
    betas: tuple[float, float] = (0.9, 0.99)
    weight_decay: float = 0.0
    gradient_limit: float = 1.0
    seed: int = 0
    checkpoint_minutes: float = 3.0
    evaluate_every: int = 1000
    average_decay: float = 0.0  # > 0: an exponential average of the weights is kept and exported
    stop_after_minutes: float = math.inf


@dataclass(frozen=True)
class StepContext:
    """What a task may use to draw its batch."""

    step: int
    rank: int
    world: int
    device: torch.device
    generator: torch.Generator  # on the CPU


class Task(Protocol):
    """A network and what it learns from."""

    @property
    def model(self) -> nn.Module:
        """What is trained; kept whole in checkpoints."""

    def loss(self, context: StepContext) -> tuple[Tensor, dict[str, float]]:
        """Loss of a batch of the task's own choosing, and figures for the log."""

    def evaluate(self, model: nn.Module) -> dict[str, float]:
        """Figures on the val split."""


def train(task: Task, options: LoopOptions, folder: Path, device: torch.device) -> bool:
    """Train until options.steps; True when finished, False when stopped by the clock.

    Writes checkpoint.pt and log.csv into `folder` and resumes from them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run = _Run(task, options, folder, device)
    run.resume()
    started = saved = time.monotonic()
    asked = _stop_requests()
    for step in range(run.step, options.steps):
        run.advance(step)
        now = time.monotonic()
        over = distributed.any_of(bool(asked) or now - started > 60 * options.stop_after_minutes)
        if now - saved > 60 * options.checkpoint_minutes or over:
            run.save()
            saved = now
        if over:
            break
    else:
        run.save()
    distributed.wait_for_all()
    return run.step >= options.steps


def _stop_requests() -> list[int]:
    """A list that fills when the process is asked to end, so that it saves before it does."""
    asked: list[int] = []
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda received, _frame: asked.append(received))
    return asked


class _Run:
    """State of one training run."""

    def __init__(self, task: Task, options: LoopOptions, folder: Path, device: torch.device) -> None:
        self.task, self.options, self.folder, self.device = task, options, folder, device
        self.step = 0
        task.model.to(device)
        distributed.share_weights(task.model)
        parameters = [p for p in task.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            parameters, lr=options.rate, betas=options.betas, weight_decay=options.weight_decay
        )
        self.average = _average_of(task.model, options.average_decay)
        self.meter = _Meter(options.steps)

    def advance(self, step: int) -> None:
        """One step of the optimiser."""
        context = step_context(step, self.options.seed, self.device)
        self.task.model.train()
        for group in self.optimizer.param_groups:
            group["lr"] = self.options.rate * rate_factor(step, self.options)
        with _autocast(self.device):
            loss, figures = self.task.loss(context)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        distributed.average_gradients(self.task.model)
        nn.utils.clip_grad_norm_(self.task.model.parameters(), self.options.gradient_limit)
        self.optimizer.step()
        if self.average is not None:
            self.average.update_parameters(self.task.model)
        self.step = step + 1
        self.meter.add({"loss": loss.item(), **figures})
        self._report()

    def _report(self) -> None:
        last = self.step == self.options.steps
        evaluated: dict[str, float] = {}
        if (self.step % self.options.evaluate_every == 0 or last) and distributed.is_first():
            evaluated = self._evaluate()
        if (self.step % _LOG_EVERY == 0 or evaluated) and distributed.is_first():
            row = self.meter.row(self.step)
            print(self.meter.line(row, evaluated), flush=True)
            _append(self.folder / LOG, {**row, **{f"val_{k}": v for k, v in evaluated.items()}})

    def _evaluate(self) -> dict[str, float]:
        model = self.average.module if self.average is not None else self.task.model
        model.eval()
        with torch.no_grad(), _autocast(self.device):
            return self.task.evaluate(model)

    def save(self) -> None:
        """Write the checkpoint beside its final name, then rename it into place."""
        if not distributed.is_first():
            return
        state: dict[str, Any] = {
            "step": self.step,
            "task": self.task.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": None if self.average is None else self.average.state_dict(),
        }
        draft = self.folder / (CHECKPOINT + "~")
        torch.save(state, draft)
        draft.replace(self.folder / CHECKPOINT)

    def resume(self) -> None:
        """Take up the checkpoint in the folder, if there is one."""
        path = self.folder / CHECKPOINT
        if not path.is_file():
            return
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.step = int(state["step"])
        self.task.model.load_state_dict(state["task"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.average is not None and state["average"] is not None:
            self.average.load_state_dict(state["average"])
        _trim_log(self.folder / LOG, self.step)
        print(f"resumed at step {self.step}", flush=True)


def exported_state(folder: Path) -> dict[str, Tensor]:
    """The weights a finished or stopped run would ship: averaged if the run averages."""
    state = torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=True)
    if state["average"] is None:
        return dict(state["task"])
    prefix = "module."
    return {key[len(prefix) :]: value for key, value in state["average"].items() if key.startswith(prefix)}


def step_context(step: int, seed: int, device: torch.device) -> StepContext:
    """Fresh randomness for a step; also seeds torch's own generators, for dropout."""
    rank, world = distributed.rank(), distributed.world_size()
    mixed = ((seed * 1_000_003 + step) * 4099 + rank) % 2**63
    torch.manual_seed(mixed)
    generator = torch.Generator().manual_seed(mixed)
    return StepContext(step, rank, world, device, generator)


def rate_factor(step: int, options: LoopOptions) -> float:
    """Share of the learning rate at a step: linear warm-up, then half a cosine down to 2 %."""
    if step < options.warm_up:
        return (step + 1) / options.warm_up
    done = (step - options.warm_up) / max(1, options.steps - options.warm_up)
    return 0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * done))


def _autocast(device: torch.device) -> Any:
    if device.type == "cuda" or torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return torch.autocast(device.type, dtype=torch.bfloat16)
    return nullcontext()


def _average_of(model: nn.Module, decay: float) -> torch.optim.swa_utils.AveragedModel | None:
    if decay <= 0:
        return None
    average = torch.optim.swa_utils.get_ema_multi_avg_fn(decay)
    return torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=average, use_buffers=False)


class _Meter:
    """Means since the last line, speed, time left."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.sums: dict[str, float] = {}
        self.count = 0
        self.since = time.monotonic()

    def add(self, figures: dict[str, float]) -> None:
        for name, value in figures.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
        self.count += 1

    def row(self, step: int) -> dict[str, float]:
        now = time.monotonic()
        speed = self.count / max(1e-9, now - self.since)
        row = {"step": step, "steps_per_s": round(speed, 3)}
        row.update({name: round(value / max(1, self.count), 5) for name, value in self.sums.items()})
        self.sums, self.count, self.since = {}, 0, now
        return row

    def line(self, row: dict[str, float], evaluated: dict[str, float]) -> str:
        left = (self.steps - row["step"]) / max(1e-9, row["steps_per_s"])
        figures = " ".join(f"{k} {v:g}" for k, v in row.items() if k not in ("step", "steps_per_s"))
        measured = "".join(f" | {k} {v:.4g}" for k, v in evaluated.items())
        speed = f"{row['steps_per_s']:.2f} steps/s, {left / 60:.0f} min left"
        return f"{row['step']:g}/{self.steps} {figures} | {speed}{measured}"


def _append(path: Path, row: dict[str, float]) -> None:
    rows = [*_rows(path), {key: str(value) for key, value in row.items()}]
    names = list(dict.fromkeys(name for entry in rows for name in entry))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


def _trim_log(path: Path, step: int) -> None:
    kept = [row for row in _rows(path) if int(row["step"]) <= step]
    if kept:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(kept[0]))
            writer.writeheader()
            writer.writerows(kept)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.is_file():
        return iter(())
    with path.open(newline="", encoding="utf-8") as file:
        return iter(list(csv.DictReader(file)))
