"""`mmm-engine train evaluator ...`: the network that judges; never sees the val split."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from ..models.text_encoder import TextEncoderError
from ..training.cmu import DataError
from ..training.loop import LoopOptions, train
from ..training.runs import Run, RunError
from .evaluator import Evaluator, EvaluatorConfig, EvaluatorError, begin_from, save_evaluator
from .prompts import prompts_of, real_rows
from .train_evaluator import EvaluatorOptions, EvaluatorTask, precision, read_takes, told_sides
from .train_parts import learn_movement, learn_sides

BEST = "best.safetensors"
_STAGE = "evaluator"
#: How long a sitting lasts does not shape the network.
_NOT_SHAPING = ("stop_after_minutes", "checkpoint_minutes")


def main(argv: Sequence[str]) -> int:
    """Run `train evaluator ARGV...`; returns the exit status."""
    arguments = _parser().parse_args(argv)
    run = Run(Path(arguments.run), Path(arguments.data))
    torch.set_num_threads(arguments.threads)
    try:
        return 0 if _train(run, arguments) else 3
    except (RunError, DataError, TextEncoderError, EvaluatorError) as error:
        print(error, file=sys.stderr)
        return 2


def _train(run: Run, arguments: argparse.Namespace) -> bool:
    config = EvaluatorConfig(width=arguments.width, space=arguments.space, dropout=arguments.dropout)
    options = EvaluatorOptions(batch=arguments.batch)
    loop = LoopOptions(
        steps=arguments.steps,
        rate=arguments.rate,
        weight_decay=arguments.decay,
        average_decay=0.995,
        seed=arguments.seed,
        evaluate_every=arguments.evaluate_every,
        stop_after_minutes=arguments.minutes,
    )
    shaping = {name: value for name, value in asdict(loop).items() if name not in _NOT_SHAPING}
    if arguments.start is None:
        run.fix_settings(_STAGE, config, {"loop": shaping, "options": asdict(options)})
    torch.manual_seed(arguments.seed)
    data = run.motion_set()
    texts = run.texts(data)
    best = run.stage(_STAGE) / BEST
    task = EvaluatorTask(data, read_takes(run.data), texts, config, options, best)
    evaluator = task.model
    assert isinstance(evaluator, Evaluator)
    if arguments.start is None and not train(task, loop, run.stage(_STAGE), torch.device("cpu")):
        return False
    begin_from(evaluator, best if arguments.start is None else arguments.start)
    learn_sides(evaluator, data, [p for group in task.groups for p in group], task.held, texts)
    learn_movement(evaluator, [real_rows(data, group[0]) for group in task.groups])
    evaluator.eval()
    held = task.held
    aside = {**precision(evaluator, data, held, texts), "sides": told_sides(evaluator, data, held, texts)}
    val = prompts_of(data, "val")
    real = {**precision(evaluator, data, val, texts), "sides": told_sides(evaluator, data, val, texts)}
    print(f"takes set aside: {aside}\nreal motion of the val split (the ceiling): {real}")
    figures = {f"aside_{k}": v for k, v in aside.items()} | {f"val_real_{k}": v for k, v in real.items()}
    save_evaluator(Path(arguments.out), evaluator, figures)
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mmm-engine train evaluator", description="Train the evaluator network.")
    parser.add_argument("--data", required=True, help="folder of the CMU motion set")
    parser.add_argument("--run", default="runs/evaluator", help="folder of this run; a stopped run goes on in it")
    parser.add_argument("--out", default="benchmarks/evaluator/evaluator.safetensors", help="the finished network")
    parser.add_argument("--start", type=Path, metavar="FILE", help="keep this network's matching, train its parts")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop and save after this long")
    parser.add_argument("--batch", type=int, default=72)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--decay", type=float, default=0.05)
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--space", type=int, default=128)
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--evaluate-every", type=int, default=100)
    return parser
