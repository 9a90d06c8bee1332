"""`mmm-engine train ...`: one command per stage, resumable, and the export of a finished run."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import torch

from ..decoding.sampling import SamplingOptions
from ..models.config import LengthConfig, TokenizerConfig, TransformerConfig
from ..models.text_encoder import TextEncoderError
from ..models.tokenizer import Tokenizer
from ..models.transformer import MaskedTransformer
from ..weights import WeightsError, WeightsSet, load_weights, save_weights
from . import distributed
from .adopted import adopt
from .clauses import with_clauses
from .cmu import DataError
from .curves import draw_curves
from .loop import LoopOptions, train
from .own_motion import OwnMotion, read_own
from .runs import Run, RunError, mean_transformer
from .text_table import TextTable
from .token_masks import MaskOptions
from .token_set import TokenizedMotion
from .train_length import LengthTask
from .train_tokenizer import TokenizerOptions, TokenizerTask, measure_tokenizer
from .train_transformer import TransformerOptions, TransformerTask

LICENSE: Final = "CC-BY-4.0"
#: Chosen on the val split for FID, sliding feet and R-precision together; see the model card.
_SAMPLING: Final = SamplingOptions(
    18,
    temperature=1.2,
    guidance=2.2,
    part_guidance=3.0,
    shuffle=12.0,
    detail_steps=2,
    detail_temperature=0.8,
)


def main(argv: list[str]) -> int:
    """Run `train ARGV...`; returns the exit status."""
    arguments = _parser().parse_args(argv)
    device = distributed.start() or torch.device(arguments.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    run = Run(Path(arguments.run), Path(arguments.data), arguments.text_encoder)
    try:
        finished = arguments.stage(run, arguments, device)
    except (RunError, DataError, TextEncoderError, WeightsError) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        distributed.finish()
    return 0 if finished else 3


def train_tokenizer(run: Run, arguments: argparse.Namespace, device: torch.device) -> bool:
    """Stage 1: the tokenizer, on captioned and further motion."""
    if arguments.only and (arguments.whole or not arguments.start):
        raise RunError("--only keeps the other body part as another run made it; name that run with --start.")
    config = TokenizerConfig(
        width=arguments.width,
        codes=arguments.codes,
        code_width=arguments.code_width,
        levels=arguments.levels,
        split=not arguments.whole,
    )
    options = TokenizerOptions(
        batch=arguments.batch,
        commitment=arguments.commitment,
        hands=arguments.hands,
        only=arguments.only or "",
        rare=arguments.rare,
    )
    loop = _loop(arguments, rate=arguments.rate or 3e-4, average=0.998 if arguments.start else 0.0)
    _fix(run, "tokenizer", config, options, loop)
    torch.manual_seed(arguments.seed)
    task = TokenizerTask(run.motion_set(), config, options)
    if arguments.start:
        task.model.load_state_dict(run.sibling(arguments.start).state("tokenizer"))
    return train(task, loop, run.stage("tokenizer"), device)


def train_transformer(run: Run, arguments: argparse.Namespace, device: torch.device) -> bool:
    """Stage 2: the masked transformer, on the tokens of stage 1."""
    data = run.motion_set()
    tokenizer, normalization = run.tokenizer(), data.normalization()
    told: Callable[[list[TokenizedMotion]], list[TokenizedMotion]] = with_clauses if arguments.clauses else list
    train_tokens, val_tokens = run.tokens(data, normalization, device)
    motions = told([*train_tokens, *run.further_tokens(data, normalization, device)])
    captioned, further = motions[: len(train_tokens)], motions[len(train_tokens) :]
    own = _own_motion(arguments)
    texts = run.texts(
        data,
        [*(phrase.text for motion in motions for phrase in motion.short), *(text for one in own for text in one.texts)],
    )
    config = _transformer_config(run, arguments, tokenizer, texts)
    options = TransformerOptions(
        batch=arguments.batch,
        further=arguments.further,
        detail=arguments.detail,
        clauses=arguments.clauses,
        paces=tuple(arguments.paces),
        own=arguments.own_share if own else 0.0,
        other_legs=arguments.other_legs,
        masks=MaskOptions(upper_over_lower=arguments.given_legs),
    )
    loop = _loop(arguments, rate=arguments.rate or 4e-4, average=arguments.average, decay=0.01)
    _fix(run, "transformer", config, options, loop, arguments)
    paced = [told(run.paced_tokens(data, normalization, device, pace)) for pace in options.paces]
    torch.manual_seed(arguments.seed)
    model = MaskedTransformer(config, tokenizer.codebooks)
    if arguments.start:
        state = run.sibling(arguments.start).state("transformer")
        model.load_state_dict({**state, "codebook": tokenizer.codebooks})
    task = TransformerTask(model, captioned, val_tokens, texts, options, further, paced, own)
    return train(task, loop, run.stage("transformer"), device)


def _transformer_config(
    run: Run, arguments: argparse.Namespace, tokenizer: Tokenizer, texts: TextTable
) -> TransformerConfig:
    return TransformerConfig(
        codes=tokenizer.config.codes,
        code_width=tokenizer.config.code_width,
        parts=len(tokenizer.layout.parts),
        levels=tokenizer.config.levels,
        attention_dropout=False,
        width=arguments.width,
        heads=arguments.heads,
        cross_blocks=arguments.cross_blocks,
        base_blocks=arguments.base_blocks,
        head_blocks=arguments.head_blocks,
        text_width=texts.sentence.shape[1],
        dropout=arguments.dropout,
        hides_padding_words=run.text_encoder != "clip",
    )


def train_length(run: Run, arguments: argparse.Namespace, device: torch.device) -> bool:
    """Stage 3: the length predictor."""
    data = run.motion_set()
    own = _own_motion(arguments)
    texts = run.texts(data, [text for one in own for text in one.texts])
    config = LengthConfig(text_width=texts.sentence.shape[1])
    loop = _loop(arguments, rate=arguments.rate or 1e-3, decay=0.01)
    _fix(run, "length", config, None, loop, arguments)
    torch.manual_seed(arguments.seed)
    task = LengthTask(config, *run.tokens(data, data.normalization(), device), texts, own, arguments.own_share)
    if arguments.start:
        task.model.load_state_dict(run.sibling(arguments.start).state("length"))
    return train(task, loop, run.stage("length"), device)


def _own_motion(arguments: argparse.Namespace) -> list[OwnMotion]:
    try:
        return [motion for path in arguments.own for motion in read_own(path)]
    except (OSError, KeyError, ValueError, EOFError, BadZipFile) as error:
        raise RunError(
            f"--own needs files that `evaluate choose` wrote; one of them cannot be read: {error}"
        ) from error


def export(run: Run, arguments: argparse.Namespace, device: torch.device) -> bool:
    """Write the networks of a run as a weights set."""
    others = [run.sibling(folder) for folder in arguments.mean_with]
    weights = WeightsSet(
        arguments.name,
        arguments.version,
        LICENSE,
        run.tokenizer(),
        mean_transformer([run, *others]),
        run.length(arguments.length_share),
        run.motion_set().normalization(),
        run.text_encoder,
        sampling=SamplingOptions(**{item.name: getattr(arguments, item.name) for item in fields(SamplingOptions)}),
        upper_transformer=mean_transformer([run.sibling(one) for one in arguments.upper]) if arguments.upper else None,
    )
    save_weights(Path(arguments.weights), weights)
    print(f"wrote {arguments.weights}")
    return True


def take_up(run: Run, arguments: argparse.Namespace, device: torch.device) -> bool:
    """Make a run of a weights set, for others to --start from."""
    adopt(run, load_weights(arguments.weights), arguments.upper)
    print(f"wrote {run.folder}")
    return True


def measure(run: Run, arguments: argparse.Namespace, device: torch.device) -> bool:
    """Print the tokenizer's errors on the val split."""
    data = run.motion_set()
    print(json.dumps(measure_tokenizer(run.tokenizer().to(device), data.normalization(), data), indent=2))
    return True


def curves(run: Run, arguments: argparse.Namespace, device: torch.device) -> bool:
    """Draw the logs of a run as a picture."""
    draw_curves(run.folder, Path(arguments.out))
    return True


def _loop(arguments: argparse.Namespace, rate: float, average: float = 0.0, decay: float = 0.0) -> LoopOptions:
    return LoopOptions(
        steps=arguments.steps,
        rate=rate,
        weight_decay=decay,
        average_decay=average,
        seed=arguments.seed,
        evaluate_every=arguments.evaluate_every,
        stop_after_minutes=arguments.minutes,
    )


def _fix(
    run: Run, stage: str, config: object, options: object, loop: LoopOptions, own: argparse.Namespace | None = None
) -> None:
    """Settings that shape the result; how long this sitting may last is not one of them. own: where own motion lies."""
    shaping: dict[str, Any] = asdict(loop)
    del shaping["stop_after_minutes"], shaping["checkpoint_minutes"], shaping["evaluate_every"]
    details = {} if options is None else asdict(options)  # type: ignore[call-overload]
    learnt: dict[str, Any] = {}
    if own is not None and own.own:
        files = [hashlib.sha256(path.read_bytes()).hexdigest() for path in own.own]
        learnt = {"own": {"share": own.own_share, "files": files}}
    run.fix_settings(stage, config, {"loop": shaping, "options": details, **learnt})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mmm-engine train", description="Train the networks, stage by stage.")
    stages = parser.add_subparsers(required=True, metavar="STAGE")
    tokenizer = _stage(stages, "tokenizer", train_tokenizer, steps=7500, batch=128)
    tokenizer.add_argument("--width", type=int, default=256)
    tokenizer.add_argument("--codes", type=int, default=512)
    tokenizer.add_argument("--code-width", type=int, default=32)
    tokenizer.add_argument("--levels", type=int, default=4, help="residual codebooks of each body part")
    tokenizer.add_argument("--whole", action="store_true", help="one network for the whole body, not lower and upper")
    tokenizer.add_argument("--commitment", type=float, default=0.1, help="how hard latents are held to their codes")
    tokenizer.add_argument("--start", help="run whose tokenizer, of the same sizes, this one goes on from")
    tokenizer.add_argument("--only", choices=("lower", "upper"), help="with --start: the one body part that learns")
    tokenizer.add_argument("--hands", type=float, default=0.0, help="how much the speed of hands counts on top")
    tokenizer.add_argument("--rare", action="store_true", help="show rare actions more often")
    _transformer_options(stages)
    length = _stage(stages, "length", train_length, steps=3000, batch=256)
    length.add_argument("--start", help="run whose length predictor this one goes on from")
    _own_options(length)
    _common(stages.add_parser("measure", help=measure.__doc__), measure)
    drawing = _common(stages.add_parser("curves", help=curves.__doc__), curves)
    drawing.add_argument("--out", default="curves.png")
    taking = _common(stages.add_parser("adopt", help=take_up.__doc__), take_up)
    taking.add_argument("--weights", type=Path, help="folder of the weights set; by default the one shipped")
    taking.add_argument("--upper", action="store_true", help="the transformer that makes body parts")
    exporting = _common(stages.add_parser("export", help=export.__doc__), export)
    exporting.add_argument("--weights", default="weights", help="folder to write to")
    exporting.add_argument("--name", default="cmu")
    exporting.add_argument("--version", default="1")
    exporting.add_argument(
        "--mean-with", nargs="*", default=[], metavar="RUN", help="runs whose transformers it becomes the mean with"
    )
    exporting.add_argument(
        "--upper",
        nargs="*",
        default=[],
        metavar="RUN",
        help="runs whose mean makes body parts; without any, the transformer does",
    )
    exporting.add_argument("--length-share", type=float, default=0.5, help="quantile that a text's length is")
    exporting.add_argument("--linear", action="store_true", help="of decoding: the linear schedule")
    for item in fields(SamplingOptions):
        value = getattr(_SAMPLING, item.name)
        if isinstance(value, bool):
            continue
        exporting.add_argument(f"--{item.name.replace('_', '-')}", type=type(value), default=value, help="of decoding")
    return parser


def _transformer_options(stages: Any) -> None:
    transformer = _stage(stages, "transformer", train_transformer, steps=8000, batch=128)
    transformer.add_argument("--width", type=int, default=256)
    transformer.add_argument("--heads", type=int, default=8)
    transformer.add_argument("--cross-blocks", type=int, default=2)
    transformer.add_argument("--base-blocks", type=int, default=2)
    transformer.add_argument("--head-blocks", type=int, default=4)
    transformer.add_argument("--dropout", type=float, default=0.1)
    transformer.add_argument("--further", type=float, default=0.4, help="share of uncaptioned motion, 1: as the rest")
    transformer.add_argument("--detail", type=float, default=0.35, help="share of steps that train a finer level")
    transformer.add_argument("--clauses", type=float, default=0.0, help="share told by the clause of a rare action")
    transformer.add_argument("--paces", type=float, nargs="*", default=[], help="paces at which half is played, too")
    transformer.add_argument("--average", type=float, default=0.999, help="decay a step of the averaged weights")
    transformer.add_argument("--other-legs", type=float, default=0.12, help="share that gestures over others' legs")
    transformer.add_argument(
        "--given-legs", type=float, default=MaskOptions.upper_over_lower, help="share whose legs are given"
    )
    transformer.add_argument("--start", help="run whose transformer, of the same sizes, this one goes on from")
    _own_options(transformer)


def _own_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--own", type=Path, nargs="*", default=[], metavar="FILE.npz", help="own motion, found right, to learn from"
    )
    parser.add_argument("--own-share", type=float, default=0.5, help="share of samples that are own motion")


def _stage(stages: Any, name: str, function: Any, steps: int, batch: int) -> argparse.ArgumentParser:
    parser = _common(stages.add_parser(name, help=function.__doc__), function)
    parser.add_argument("--steps", type=int, default=steps, help="steps in all, over every sitting")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop and save after this long")
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--rate", type=float, help="learning rate at its highest")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--evaluate-every", type=int, default=500)
    return parser


def _common(parser: argparse.ArgumentParser, function: Any) -> argparse.ArgumentParser:
    parser.add_argument("--data", required=True, help="folder of the CMU motion set")
    parser.add_argument("--run", default="runs/default", help="folder of this run; a stopped run goes on in it")
    parser.add_argument("--text-encoder", default="minilm", choices=("minilm", "clip"))
    parser.add_argument("--device", help="cpu or cuda; by default CUDA if there is one")
    parser.set_defaults(stage=function)
    return parser
