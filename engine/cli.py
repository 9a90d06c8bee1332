"""`mmm-engine` and `python -m engine`: the engine on the command line.

torch is imported only by the commands that need it, and after what the user typed has been checked.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from . import __version__
from .clip_file import SUFFIX, ClipRecord, OutputError, check_folder, check_output, npz_bytes
from .protocol.events import FailureKind
from .protocol.requests import GenerateRequest, RequestError, take_seed
from .service.failures import explain

if TYPE_CHECKING:
    from .pipeline import GeneratedMotion, MotionPipeline

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130
#: Motions made at once; more gain little speed and cost memory.
BATCH: Final = 16
MAX_PROMPTS: Final = 100_000
#: Commands of the training part, which the add-on's zip does not carry.
_TRAINING: Final = ("train", "evaluate")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] and arguments[0] in _TRAINING:
        return _train(arguments)
    options = _parser().parse_args(arguments)
    # Beside a busy Blender, torch's threads must not spin while they wait for each other: on a machine whose
    # cores are taken that made a motion three times slower, with pauses of seconds. Read when torch is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # the door of the program: what the user can change is told in a sentence
        sentence = _sentence(error)
        if sentence is None:
            raise
        print(f"mmm-engine: {sentence}", file=sys.stderr)
        return BAD_INPUT


def _sentence(error: Exception) -> str | None:
    """What to tell the user, or None for a defect of ours, whose traceback is worth more."""
    if isinstance(error, OutputError):
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}. Choose another file or change its permissions."
    kind, message, advice = explain(error)
    match kind:
        case FailureKind.INTERNAL:
            return f"{message} {advice}" if isinstance(error, ImportError) else None
        case FailureKind.MEMORY:
            return f"{message} Use --device cpu, or close other programs."
        case _:
            return f"{message} {getattr(error, 'advice', '')}".strip()


def _generate(options: argparse.Namespace) -> int:
    if (options.prompts is None) == (options.text is None):
        raise RequestError("Give either a text or --prompts FILE.")
    return _generate_one(options) if options.prompts is None else _generate_many(options)


def _generate_one(options: argparse.Namespace) -> int:
    if options.out is None:
        raise RequestError("Say where to write the motion: --out FILE.npz.")
    request = GenerateRequest(options.text, options.seconds, options.seed, options.takes).checked()
    takes = [replace(request, seed=take_seed(request.seed, number), takes=1) for number in range(request.takes)]
    places = take_places(options.out, request.takes)
    for place in places:
        check_output(place)
    pipeline = _load(options)
    for place, take, motion in zip(places, takes, pipeline.generate(takes, _show_step), strict=True):
        _write(place, take, motion)
        print(f"{place}: {len(motion.clip)} frames, {motion.clip.seconds:.1f} s")
    return 0


def take_places(out: Path, takes: int) -> list[Path]:
    """Where takes are written: `out`, or out-1, out-2 ... if there are several."""
    if takes == 1:
        return [out]
    return [out.with_name(f"{out.stem}-{number}{out.suffix}") for number in range(1, takes + 1)]


def _generate_many(options: argparse.Namespace) -> int:
    if options.takes != 1:
        raise RequestError("--takes goes with one text; give --prompts a line for each motion.")
    if options.out_dir is None:
        raise RequestError("Say where to write the motions: --out-dir FOLDER.")
    requests = read_prompts(options.prompts, options.seconds, options.seed)
    options.out_dir.mkdir(parents=True, exist_ok=True)
    check_folder(options.out_dir)
    pipeline = _load(options)
    digits = max(4, len(str(len(requests))))
    for start in range(0, len(requests), BATCH):
        batch = requests[start : start + BATCH]
        for number, motion in enumerate(pipeline.generate(batch), start=start):
            _write(options.out_dir / f"{number + 1:0{digits}}{SUFFIX}", requests[number], motion)
        _show(f"{min(start + BATCH, len(requests))} of {len(requests)}")
    print(f"{options.out_dir}: {len(requests)} motions")
    return 0


def read_prompts(path: Path, seconds: float | None, seed: int) -> list[GenerateRequest]:
    """Requests of a JSONL file, one {"text", "seconds", "seed"} a line; the last two may be left out.

    Raises RequestError naming the line that cannot be used.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise RequestError(f"The file {path} is not UTF-8 text.") from error
    requests = [_prompt(line, f"{path}, line {i}", seconds, seed) for i, line in enumerate(lines, 1) if line.strip()]
    if not 0 < len(requests) <= MAX_PROMPTS:
        raise RequestError(f"The file {path} holds {len(requests)} prompts; give between 1 and {MAX_PROMPTS}.")
    return requests


def _prompt(line: str, place: str, seconds: float | None, seed: int) -> GenerateRequest:
    try:
        fields: Any = json.loads(line)
        if not isinstance(fields, dict) or not {"text"} <= set(fields) <= {"text", "seconds", "seed"}:
            raise RequestError('expected one object such as {"text": "a person walks", "seconds": 4, "seed": 1}.')
        request = GenerateRequest(fields["text"], fields.get("seconds", seconds), fields.get("seed", seed))
        return request.checked()
    except (ValueError, RecursionError) as error:
        raise RequestError(f"{place}: {error}") from error


def _load(options: argparse.Namespace) -> MotionPipeline:
    from .pipeline import MotionPipeline

    return MotionPipeline.load(options.weights, options.device, options.online, options.text_encoder)


def _write(path: Path, request: GenerateRequest, motion: GeneratedMotion) -> None:
    from .weights import write_whole

    record = ClipRecord(motion.clip, motion.features, motion.confidence, request.text, request.seed)
    try:
        write_whole(path, npz_bytes(record))
    except OSError as error:
        raise OutputError(
            f"{path} could not be written: {error.strerror or error}. Free some space or choose another place."
        ) from error


def _show_step(fraction: float, message: str) -> None:
    _show(f"{fraction:4.0%} {message}")


def _show(message: str) -> None:
    """A line of progress that the next one covers; nothing when nobody watches."""
    if sys.stderr.isatty():
        print(f"\r{message:<40}\r", end="", file=sys.stderr, flush=True)


def _serve(options: argparse.Namespace) -> int:
    from .service.process import run

    return run(lambda: _load(options))


def _doctor(options: argparse.Namespace) -> int:
    from .doctor import examine

    return examine(options.weights, options.device, options.online, options.text_encoder)


def _train(arguments: list[str]) -> int:
    try:
        run = _training_command(arguments)
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith((f"{__package__}.training", f"{__package__}.evaluation")):
            print(f"mmm-engine: Training needs a package that is missing: {error}.", file=sys.stderr)
        else:
            print("mmm-engine: This copy of the engine cannot train; get the whole project for that.", file=sys.stderr)
        return BAD_INPUT
    return run(arguments[2 if arguments[:2] == ["train", "evaluator"] else 1 :])


def _training_command(arguments: list[str]) -> Callable[[list[str]], int]:
    if arguments[0] == "evaluate":
        from .evaluation.cli import main as evaluate

        return evaluate
    if arguments[1:2] == ["evaluator"]:
        from .evaluation.train_cli import main as train_evaluator

        return train_evaluator
    from .training.cli import main as train

    return train


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mmm-engine",
        description="Motion from text.",
        epilog="`mmm-engine train --help` tells how to train.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    generate = _common(commands.add_parser("generate", help="make motions and write them as .npz"), _generate)
    generate.add_argument("text", nargs="?", metavar="TEXT", help="what the character does")
    generate.add_argument("--out", type=Path, metavar="FILE.npz")
    generate.add_argument("--seconds", type=float, help="length; by default what suits the text")
    generate.add_argument("--seed", type=int, default=0, help="another seed, another motion (default: 0)")
    generate.add_argument("--takes", type=int, default=1, help="so many motions, of seeds that follow (default: 1)")
    generate.add_argument("--prompts", type=Path, metavar="FILE.jsonl", help='many: {"text", "seconds", "seed"} a line')
    generate.add_argument("--out-dir", type=Path, metavar="FOLDER", help="where --prompts writes 0001.npz ...")
    _common(commands.add_parser("serve", help="take jobs on stdin (the add-on starts this)"), _serve)
    _common(commands.add_parser("doctor", help="say what works and what is missing"), _doctor)
    return parser


def _common(parser: argparse.ArgumentParser, run: Any) -> argparse.ArgumentParser:
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="a weights set (default: the one shipped)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--text-encoder", type=Path, metavar="FOLDER", help="folder of the text encoder's files")
    # The add-on says it by the hub's own variable, which it sets for every engine it starts.
    may_fetch = os.environ.get("HF_HUB_OFFLINE") == "0"
    parser.add_argument(
        "--online",
        action="store_true",
        default=may_fetch,
        help="allow downloading the text encoder (also: HF_HUB_OFFLINE=0)",
    )
    parser.set_defaults(run=run)
    return parser
