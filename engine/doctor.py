"""`mmm-engine doctor`: what works on this machine, what is missing, and how fast it is."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from . import __version__
from .protocol.requests import MAX_SECONDS, GenerateRequest
from .service.failures import explain

_TEXT: Final = "a person walks forward and waves the right hand"


def examine(weights: Path | None, device: str, online: bool, text_folder: Path | None) -> int:
    """Print one line per finding; 0 if a motion could be made, else 1."""
    _say("engine", f"{__version__}, Python {platform.python_version()} ({sys.executable}), {platform.platform()}")
    checks: list[tuple[str, Callable[[], str]]] = [
        ("torch", _torch),
        ("device", lambda: _device(device)),
        ("weights", lambda: _weights(weights)),
        ("text encoder", lambda: _text_encoder(weights, online, text_folder)),
        ("generate", lambda: _try_it(weights, device, online, text_folder)),
    ]
    for name, check in checks:
        started = time.perf_counter()
        try:
            finding = check()
        except Exception as error:  # a doctor reports whatever is wrong
            _, message, advice = explain(error)
            _say(name, f"PROBLEM: {message} {advice}")
            return 1
        _say(name, f"{finding} ({time.perf_counter() - started:.2f} s)")
    return 0


def _say(name: str, finding: str) -> None:
    print(f"{name + ':':<14}{finding}", flush=True)


def _torch() -> str:
    import torch

    return f"{torch.__version__}, {torch.get_num_threads()} threads"


def _device(name: str) -> str:
    import torch

    from .pipeline import choose_device

    device = choose_device(name)
    return f"cuda, {torch.cuda.get_device_name()}" if device == "cuda" else device


def _weights(folder: Path | None) -> str:
    from .weights import find_weights, load_weights

    return f"{load_weights(folder).title} in {find_weights(folder)}"


def _text_encoder(weights: Path | None, online: bool, folder: Path | None) -> str:
    from .models.text_encoder import load_text_encoder
    from .weights import find_weights, read_manifest

    manifest = read_manifest(find_weights(weights))
    encoder = load_text_encoder(manifest.text_encoder, folder, online, "cpu", manifest.text_pins)
    return f"{encoder.name}, {encoder.width} numbers a word"


def _try_it(weights: Path | None, device: str, online: bool, folder: Path | None) -> str:
    from .pipeline import MotionPipeline

    pipeline = MotionPipeline.load(weights, device, online, folder)
    request = GenerateRequest(_TEXT, MAX_SECONDS, 0)
    pipeline.generate([request])
    timings = pipeline.generate([request])[0].timings
    return (
        f"{MAX_SECONDS:g} s of motion in {timings.total:.2f} s warm: text {timings.text:.2f}, "
        f"decode {timings.decode:.2f}, tokenizer {timings.tokenizer:.2f}, clip {timings.clip:.2f}"
    )
