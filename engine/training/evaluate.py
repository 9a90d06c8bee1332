"""`mmm-engine evaluate ...`: what a weights set can do, in figures and as clips to look at."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

from ..clip_file import ClipRecord, npz_bytes
from ..models.text_encoder import load_text_encoder
from ..pipeline import GeneratedMotion, MotionPipeline, choose_device
from ..protocol.requests import GenerateRequest
from ..weights import load_weights
from .probes import PROBES, Probe, ProbeResult, judge, run_over_walk


def main(argv: Sequence[str]) -> int:
    """Run `evaluate ARGV...`; returns the exit status."""
    arguments = _parser().parse_args(argv)
    pipeline = _pipeline(arguments)
    results = []
    for probe in (p for p in PROBES if arguments.only is None or arguments.only in p.name):
        motions = _generate(pipeline, probe, arguments.seeds)
        results.append(judge(probe, [motion.clip for motion in motions]))
        print(_line(results[-1]), flush=True)
        if arguments.out is not None:
            _keep(arguments.out, probe, motions)
    if arguments.only is None:
        for measured in ("", " (top speed)"):
            print(f"{'runs / walks' + measured:24s} {run_over_walk(results, measured):8.2f} x")
    if arguments.out is not None:
        (arguments.out / "probes.json").write_text(json.dumps([_row(r) for r in results], indent=1), encoding="utf-8")
    return 0


def _pipeline(arguments: argparse.Namespace) -> MotionPipeline:
    device = choose_device(arguments.device)
    weights = load_weights(arguments.weights, device)
    named = {name: getattr(arguments, name) for name in ("guidance", "temperature", "keep_share", "shuffle", "steps")}
    changes = {name: value for name, value in named.items() if value is not None}
    weights = dataclasses.replace(weights, sampling=dataclasses.replace(weights.sampling, **changes))
    return MotionPipeline(weights, load_text_encoder(weights.text_encoder, device=device), device)


def _generate(pipeline: MotionPipeline, probe: Probe, seeds: int) -> list[GeneratedMotion]:
    return pipeline.generate([GenerateRequest(probe.text, None, seed) for seed in range(seeds)])


def _line(result: ProbeResult) -> str:
    values = " ".join(f"{value:.2f}" for value in sorted(result.values))
    return (
        f"{result.probe.name:24s} {result.median:8.2f} {result.probe.unit:7s}"
        f" {result.passed}/{len(result.values)} (needs {result.probe.needed})  {values}"
    )


def _row(result: ProbeResult) -> dict[str, object]:
    probe = result.probe
    return {"probe": probe.name, "passed": result.passed, "needed": probe.needed, "values": result.values}


def _keep(folder: Path, probe: Probe, motions: Sequence[GeneratedMotion]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for seed, motion in enumerate(motions):
        record = ClipRecord(motion.clip, motion.features, motion.confidence, probe.text, seed)
        (folder / f"{probe.name.replace(' ', '_')}_{seed}.npz").write_bytes(npz_bytes(record))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mmm-engine evaluate", description="Semantic probes of a weights set.")
    parser.add_argument("--weights", type=Path, help="folder of the weights set; default: the shipped one")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--seeds", type=int, default=10, help="motions per sentence")
    parser.add_argument("--out", type=Path, help="folder for the motions (.npz) and probes.json")
    parser.add_argument("--guidance", type=float, help="instead of the set's own")
    parser.add_argument("--temperature", type=float)
    parser.add_argument("--keep-share", type=float)
    parser.add_argument("--shuffle", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--only", help="probes whose name holds this")
    return parser
