"""`mmm-engine evaluate ...`: what a weights set can do, in figures and as motions to look at."""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import sys
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..features.representation import rows_from_clip
from ..models.text_encoder import TextEncoderError, load_text_encoder
from ..motion.clip import MotionClip
from ..pipeline import DeviceError, MotionPipeline, choose_device
from ..protocol.requests import RequestError
from ..training.cmu import DataError
from ..training.dataset import MotionSet
from ..training.own_motion import OwnMotion, write_own
from ..training.runs import Run, RunError
from ..training.train_tokenizer import rebuild
from ..weights import WeightsError, WeightsSet, find_weights, load_weights
from . import measure_edits as edits
from .choosing import Search, choose
from .evaluator import EvaluatorError, load_evaluator
from .generated import MotionBatch, generate_all, pack, read_batch, write_batch
from .gesture_check import check_gestures
from .job_probes import STORY, gesture_results, loop_result, story_result
from .measure_fid import fid_table
from .measure_probes import (
    check_line,
    check_row,
    print_run_over_walk,
    result_line,
    result_row,
    reworded_probes,
    run_probes,
)
from .measure_text import animator_figures, animator_real, multimodality, text_figures, text_points
from .measure_tokenizer import errors_by_levels, tokenizer_figures
from .official import OfficialScorer
from .probe_check import check_probes
from .probes import PROBES
from .prompts import Prompt, one_each, prompts_of
from .report import table, write_report
from .scorer import OwnScorer, Scorer
from .wordless import Wordless

EVALUATOR = "benchmarks/evaluator/evaluator.safetensors"
_DECODING = {
    "guidance": float,
    "part_guidance": float,
    "temperature": float,
    "keep_share": float,
    "shuffle": float,
    "steps": int,
    "detail_steps": int,
    "detail_temperature": float,
}
_KNOWN_ERRORS = (
    DataError, DeviceError, EvaluatorError, RequestError, RunError, TextEncoderError, WeightsError,
)  # fmt: skip


def main(argv: Sequence[str]) -> int:
    """Run `evaluate ARGV...`; returns the exit status."""
    arguments = _parser().parse_args(argv)
    torch.set_num_threads(arguments.threads)
    try:
        arguments.measure(Setting(arguments), arguments)
    except _KNOWN_ERRORS as error:
        print(error, file=sys.stderr)
        return 2
    return 0


class Setting:
    """What the commands share, each part loaded when it is first asked for."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments

    @cached_property
    def weights(self) -> WeightsSet:
        """The weights set, with the decoding options the user gave."""
        weights = load_weights(self.arguments.weights, choose_device(self.arguments.device))
        named = {name: getattr(self.arguments, name) for name in _DECODING}
        changes = {name: value for name, value in named.items() if value is not None}
        changes["linear"] = self.arguments.linear
        return dataclasses.replace(weights, sampling=dataclasses.replace(weights.sampling, **changes))

    @cached_property
    def pipeline(self) -> MotionPipeline:
        """The weights, ready to generate."""
        device = choose_device(self.arguments.device)
        encoder = load_text_encoder(self.weights.text_encoder, device=device)
        return MotionPipeline(self.weights, Wordless(encoder) if self.arguments.no_words else encoder, device)

    def rebuild(self, rows: np.ndarray) -> np.ndarray:
        """Rows [T, 263] as the tokenizer gives them back."""
        return rebuild(self.weights.tokenizer, self.weights.normalization, rows)[0]

    @property
    def identity(self) -> str:
        """What generated motions depend on: the manifest, which holds the files' digests, and decoding options."""
        manifest = (find_weights(self.arguments.weights) / "manifest.json").read_bytes()
        sampling = {name: str(value) for name, value in sorted(vars(self.weights.sampling).items())}
        return json.dumps([hashlib.sha256(manifest).hexdigest(), sampling, self.arguments.no_words])

    @cached_property
    def run(self) -> Run:
        """The data and its cache."""
        return Run(self.arguments.run, self.arguments.data)

    @cached_property
    def data(self) -> MotionSet:
        """The motion set."""
        return self.run.motion_set()

    @cached_property
    def scorer(self) -> Scorer:
        """The project's evaluator, or the official one where its folder is given."""
        if self.arguments.official is not None:
            return OfficialScorer.load(self.arguments.official)
        return OwnScorer(load_evaluator(self.arguments.evaluator), self.run.texts(self.data))

    @cached_property
    def prompts(self) -> tuple[Prompt, ...]:
        """Every caption of the val split, or one of each motion."""
        prompts = prompts_of(self.data, "val")
        return tuple(one_each(prompts)) if getattr(self.arguments, "one_caption", False) else prompts

    @property
    def cache(self) -> Path:
        """Where generated motions are kept."""
        return Path(self.arguments.out) / "made"


def measure_text(setting: Setting, arguments: argparse.Namespace) -> None:
    """Text to motion: R-precision, MM-Dist, FID, diversity, multimodality, feet, floor, jerk; real motion beside."""
    sittings = _sittings(setting, arguments)
    made, real = text_figures(text_points(setting.scorer, setting.data, setting.prompts, sittings), arguments.repeats)
    columns: dict[str, dict[str, Any]] = {
        "made": {**made, **animator_figures(sittings)},
        "real (ceiling)": {**real, **animator_real(setting.data, setting.prompts)},
    }
    if arguments.multimodality:
        columns["made"]["multimodality"] = multimodality(setting.scorer, _many(setting, arguments.multimodality))
    columns["made over real"] = {
        name: columns["made"][name].mean / columns["real (ceiling)"][name].mean for name in ("r1", "r2", "r3")
    } | {"skate_ratio": columns["made"]["skate_ratio"] / columns["real (ceiling)"]["skate_ratio"]}
    print(table(columns))
    write_report(arguments.out, "text", {"prompts": len(setting.prompts), "sittings": len(sittings), **columns})


def _sittings(setting: Setting, arguments: argparse.Namespace) -> list[MotionBatch]:
    if arguments.made:
        batches = [read_batch(path) for path in arguments.made]
        wanted = [prompt.frames for prompt in setting.prompts]
        if any(batch.frames.tolist() != wanted for batch in batches):
            raise EvaluatorError("The files given with --made were not made for this val split. Leave --made out.")
        return batches
    return [
        generate_all(setting.pipeline, setting.prompts, sitting, setting.cache, setting.identity)
        for sitting in range(arguments.sittings)
    ]


def _many(setting: Setting, texts: int) -> list[MotionBatch]:
    """Twenty motions for each of `texts` captions, spread evenly over the split."""
    chosen = [setting.prompts[i * len(setting.prompts) // texts] for i in range(texts)]
    return [generate_all(setting.pipeline, [prompt] * 20, 0, setting.cache, setting.identity) for prompt in chosen]


def measure_tokenizer(setting: Setting, arguments: argparse.Namespace) -> None:
    """The tokenizer on the val split: errors, code use, feet, jerk."""
    weights = setting.weights
    figures = tokenizer_figures(weights.tokenizer, weights.normalization, setting.data)
    levels = errors_by_levels(weights.tokenizer, weights.normalization, setting.data)
    print(table({"rebuilt": figures}), table(levels), sep="\n")
    write_report(arguments.out, "tokenizer", {**figures, "by_levels": levels})


def measure_fid(setting: Setting, arguments: argparse.Namespace) -> None:
    """Whether FID hears bad motion: real val motion spoilt in known ways, and files given with --made."""
    weights, scorer = setting.weights, setting.scorer
    columns = fid_table(scorer, setting.data, setting.prompts, weights.tokenizer, weights.normalization, arguments.made)
    print(table(columns))
    write_report(arguments.out, "fid", columns)


def measure_fill(setting: Setting, arguments: argparse.Namespace) -> None:
    """In-betweening the middle half, against interpolation and the nearest piece of real motion."""
    cases = edits.edit_cases(setting.data, setting.prompts, arguments.limit)
    ways = edits.fillers(setting.data, None if arguments.baselines_only else setting.pipeline)
    columns = {}
    for name, way in ways.items():
        columns[name], clips = edits.fill_figures(cases, way, setting.scorer, setting.data)
        _keep_clips(arguments.out, f"fill_{name.replace(', ', '_').replace(' ', '_')}", clips)
    print(f"{len(cases)} motions\n{table(columns)}")
    write_report(arguments.out, "fill", {"motions": len(cases), **columns})


def measure_upper(setting: Setting, arguments: argparse.Namespace) -> None:
    """A new upper body over fixed legs, by each motion's own caption."""
    cases = edits.edit_cases(setting.data, setting.prompts, arguments.limit)
    figures, clips = edits.part_figures(cases, setting.pipeline, setting.scorer, setting.data)
    _keep_clips(arguments.out, "upper", clips)
    print(f"{len(cases)} motions\n{table({'upper': figures})}")
    write_report(arguments.out, "upper", {"motions": len(cases), **figures})


def measure_probes(setting: Setting, arguments: argparse.Namespace) -> None:
    """Semantic probes: sentences whose motion can be judged by its geometry."""
    content: dict[str, Any] = {}
    kind = "rebuilt" if arguments.rebuilt else "real" if arguments.check else ""
    if kind:
        checks = check_probes(setting.data, retold=setting.rebuild if arguments.rebuilt else None)
        print("\n".join(map(check_line, checks)))
        content[kind] = [check_row(check) for check in checks]
    else:
        asked = reworded_probes() if arguments.reworded else PROBES
        chosen = [probe for probe in asked if arguments.only is None or arguments.only in probe.name]
        results = run_probes(setting.pipeline, chosen, _seeds(arguments), arguments.out, arguments.seconds)
        content["probes"] = [result_row(result) for result in results]
        if chosen == list(PROBES):
            print_run_over_walk(results)
        counted = [one for one in results if one.probe.needed]
        print(f"{sum(one.passed for one in counted)} of {len(counted) * arguments.seeds} motions pass")
        kind = "reworded" if arguments.reworded else ""
        kind += f"{arguments.seconds:g}s" if arguments.seconds else ""
    write_report(arguments.out, f"probes_{kind}" if kind else "probes", content)


def choose_own(setting: Setting, arguments: argparse.Namespace) -> None:
    """Make motion in other words than the probes', keep what passes them: for `train transformer --own`."""
    found: list[OwnMotion] = []
    for chosen in choose(setting.pipeline, Search(arguments.wanted, arguments.most, arguments.seed, arguments.only)):
        print(f"{chosen.name:34s} {chosen.passed:4d} of {chosen.made:4d} pass, {len(chosen.best)} kept", flush=True)
        found += chosen.best
    if not found:
        raise EvaluatorError("No motion passed its probe. Name another action with --only, or make more with --most.")
    write_own(arguments.out / "own.npz", found)
    print(f"wrote {arguments.out / 'own.npz'}")


def measure_gestures(setting: Setting, arguments: argparse.Namespace) -> None:
    """Waving, clapping, punching, raising both arms, throwing over legs that walk, run, stand."""
    if arguments.check:
        checks = check_gestures(setting.pipeline, setting.data)
        print("\n".join(f"{one.gait:10s} {check_line(one.check)}" for one in checks))
        found = [{"gait": one.gait, **check_row(one.check)} for one in checks]
        write_report(arguments.out, "gestures_real", {"gestures": found})
        return
    results = gesture_results(setting.pipeline, _seeds(arguments))
    for one in results:
        print(f"{one.gait:10s} legs moved {one.moved:g}  {result_line(one.result)}")
    rows = [{"gait": one.gait, "legs_moved": one.moved, **result_row(one.result)} for one in results]
    write_report(arguments.out, "gestures", {"gestures": rows})


def measure_story(setting: Setting, arguments: argparse.Namespace) -> None:
    """Stories of twelve segments, each judged by its own probe; their seams, feet and time."""
    rows = []
    for seed in _seeds(arguments, apart=100):
        began = time.perf_counter()
        told = story_result(setting.pipeline, seed)
        seconds = time.perf_counter() - began
        row = {
            "seed": seed, "seconds": seconds, "frames": len(told.clip), "passed": told.passed, "values": told.values,
            "seam_worst": max(told.seams), "usual_p95": told.usual, "skate_ratio": told.skate_ratio,
            "standing": told.standing,
        }  # fmt: skip
        print(row)
        rows.append(row)
        _keep_clips(arguments.out, f"story_{seed}", [told.clip])
    write_report(arguments.out, "story", {"segments": STORY, "stories": rows})


def measure_loop(setting: Setting, arguments: argparse.Namespace) -> None:
    """Walks, runs and dances made cyclic: do they close, and does the seam show?"""
    rows = []
    for text in ("a person walks forward", "a person runs", "a person dances"):
        for seed in _seeds(arguments):
            rows.append({"text": text, "seed": seed, **vars(loop_result(setting.pipeline, text, seed))})
            print(rows[-1])
    write_report(arguments.out, "loop", {"loops": rows})


def _seeds(arguments: argparse.Namespace, apart: int = 1) -> range:
    return range(arguments.first_seed, arguments.first_seed + apart * arguments.seeds, apart)


def _keep_clips(folder: Path, name: str, clips: Sequence[MotionClip]) -> None:
    rows = [rows_from_clip(clip) for clip in clips]
    # Rows have one frame less than their clip: the last one only closes the last velocity.
    trimmed = [MotionClip(c.root[:-1], c.rotations[:-1], c.contacts[:-1]) for c in clips]
    write_batch(folder / "made" / f"{name}.npz", pack(list(zip(rows, trimmed, strict=True))))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mmm-engine evaluate", description="Measure a weights set on the val split.")
    commands = parser.add_subparsers(required=True, metavar="WHAT")
    text = _command(commands, "text", measure_text)
    text.add_argument("--one-caption", action="store_true", help="of each motion: quicker, for comparisons")
    text.add_argument("--repeats", type=int, default=20, help="draws of pools and pairs")
    text.add_argument("--sittings", type=int, default=1, help="motions made for every caption")
    text.add_argument("--multimodality", type=int, default=0, metavar="TEXTS", help="captions to make 20 motions for")
    text.add_argument("--made", type=Path, nargs="+", metavar="FILE.npz", help="measure these instead of generating")
    _command(commands, "tokenizer", measure_tokenizer)
    fid = _command(commands, "fid", measure_fid)
    fid.add_argument("--made", type=Path, nargs="+", default=(), metavar="FILE.npz", help="files of made motion")
    fill = _command(commands, "fill", measure_fill)
    fill.add_argument("--limit", type=int, help="so many motions, spread over the split")
    fill.add_argument("--baselines-only", action="store_true")
    _command(commands, "upper", measure_upper).add_argument("--limit", type=int)
    gestures = _seeded(_command(commands, "gestures", measure_gestures), 10, "motions of each gesture")
    gestures.add_argument("--check", action="store_true", help="lay the recordings' gestures over these legs instead")
    _seeded(_command(commands, "story", measure_story), 3, "stories, their seeds a hundred apart")
    _seeded(_command(commands, "loop", measure_loop), 4, "loops of each kind")
    probes = _seeded(_command(commands, "probes", measure_probes), 10, "motions per sentence")
    probes.add_argument("--only", help="probes whose name holds this")
    probes.add_argument("--seconds", type=float, help="of each motion; without it the engine chooses")
    instead = probes.add_mutually_exclusive_group()
    instead.add_argument("--check", action="store_true", help="try the probes on real motion instead")
    instead.add_argument("--rebuilt", action="store_true", help="try them on real motion as its codes rebuild it")
    instead.add_argument("--reworded", action="store_true", help="ask in other words instead")
    choosing = _command(commands, "choose", choose_own)
    choosing.add_argument("--wanted", type=int, default=48, help="motions of each action")
    choosing.add_argument("--most", type=int, default=320, help="motions made of each action to find them")
    choosing.add_argument("--seed", type=int, default=0)
    choosing.add_argument("--only", default="", help="actions whose name holds this")
    return parser


def _seeded(parser: argparse.ArgumentParser, seeds: int, what: str) -> argparse.ArgumentParser:
    parser.add_argument("--seeds", type=int, default=seeds, help=what)
    parser.add_argument("--first-seed", type=int, default=0, help="the others follow")
    return parser


def _command(commands: Any, name: str, measure: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=measure.__doc__, description=measure.__doc__)
    parser.add_argument("--weights", type=Path, help="folder of the weights set; default: the shipped one")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/cmu"), help="folder of the CMU motion set")
    parser.add_argument("--run", type=Path, default=Path("runs/evaluator"), help="folder whose cache holds the data")
    parser.add_argument("--evaluator", type=Path, default=Path(EVALUATOR))
    parser.add_argument("--official", type=Path, metavar="FOLDER", help="the published T2M evaluator's files instead")
    parser.add_argument("--out", type=Path, default=Path("out/evaluate"), help="folder for figures and motions")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--threads", type=int, default=2)
    for option, kind in _DECODING.items():
        parser.add_argument(f"--{option.replace('_', '-')}", type=kind, help="instead of the set's own")
    parser.add_argument("--linear", action="store_true", help="decode on the linear schedule")
    parser.add_argument("--no-words", action="store_true", help="let the network hear the sentence, not its words")
    parser.set_defaults(measure=measure)
    return parser
