"""The probes on a weights set, and how real motion does in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..clip_file import ClipRecord, npz_bytes
from ..pipeline import GeneratedMotion, MotionPipeline
from ..protocol.requests import GenerateRequest
from .probe_check import ProbeCheck
from .probes import Probe, ProbeResult, judge, probe_named, run_over_walk
from .sentences import REWORDED


def run_probes(
    pipeline: MotionPipeline,
    probes: Sequence[Probe],
    seeds: Sequence[int],
    out: Path | None = None,
    seconds: float | None = None,
) -> list[ProbeResult]:
    """What each probe's text gives with `seeds`, a line each as it is done; motions go to `out` as .npz.

    seconds: of each motion; None: as long as the engine would have it.
    """
    results = []
    for probe in probes:
        motions = pipeline.generate([GenerateRequest(probe.text, seconds, seed) for seed in seeds])
        results.append(judge(probe, [motion.clip for motion in motions]))
        print(result_line(results[-1]), flush=True)
        if out is not None:
            _keep(out, probe, seeds, motions)
    return results


def reworded_probes() -> list[Probe]:
    """Every probe asked in other words that no network has learnt from, each sentence by itself."""
    return [
        replace(probe_named(name), name=f"{name} {number}", text=text)
        for name, texts in REWORDED.items()
        for number, text in enumerate(texts, start=1)
    ]


def print_run_over_walk(results: Sequence[ProbeResult]) -> None:
    """How many times faster running is than walking, in two lines."""
    for measured in ("", " (top speed)"):
        print(f"{'runs / walks' + measured:24s} {run_over_walk(results, measured):8.2f} x")


def result_row(result: ProbeResult) -> dict[str, object]:
    """A result for the JSON file."""
    probe = result.probe
    return {
        "probe": probe.name,
        "passed": result.passed,
        "needed": probe.needed,
        "values": result.values,
        "apart": result.apart,
    }


def check_line(check: ProbeCheck) -> str:
    """How real motion does in a probe, as a line."""
    probe = check.probe
    bound = f">= {probe.least}" if probe.least is not None else f"<= {probe.most}"
    return (
        f"{probe.name:24s} {bound:>8s} {probe.unit:7s} so captioned {check.named_pass:5.0%} of {check.named:4d}"
        f"   others {check.others_pass:5.1%} of {check.others}"
        f"   {check.apart:.2f} m apart"
    )


def check_row(check: ProbeCheck) -> dict[str, object]:
    """The same for the JSON file."""
    return {"probe": check.probe.name, **{k: v for k, v in vars(check).items() if k != "probe"}}


def result_line(result: ProbeResult) -> str:
    """A result as a line."""
    values = " ".join(f"{value:.2f}" for value in sorted(result.values))
    return (
        f"{result.probe.name:24s} {result.median:8.2f} {result.probe.unit:7s}"
        f" {result.passed}/{len(result.values)} (needs {result.probe.needed})  {result.apart:.2f} m apart  {values}"
    )


def _keep(folder: Path, probe: Probe, seeds: Sequence[int], motions: Sequence[GeneratedMotion]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for seed, motion in zip(seeds, motions, strict=True):
        record = ClipRecord(motion.clip, motion.features, motion.confidence, probe.text, seed)
        (folder / f"{probe.name.replace(' ', '_')}_{seed}.npz").write_bytes(npz_bytes(record))
