"""MotionPipeline, the engine's public face: requests in, motions out, always in batches."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from .decoding.iterative import DecodingCancelled
from .editing.fill import fill
from .editing.loop import close_loop
from .editing.part import regenerate_part
from .editing.story import tell_story
from .editing.workbench import DECODED, IsCancelled, OnStep, Workbench, generator_of
from .features.mirrored_text import leads_left, mirror_text, right_first
from .features.mirroring import mirror_rows
from .features.representation import RotationConvention, clip_from_rows
from .models.background import Background
from .models.text_encoder import TextEncoder, find_text_encoder, load_text_encoder
from .motion.clip import MotionClip
from .motion.pieces import mirrored
from .motion.resample import token_count
from .motion.skeleton import MODEL_FPS
from .planning.generate import plan_generate
from .protocol.events import Take
from .protocol.requests import (
    FillRequest,
    GenerateRequest,
    JobRequest,
    LoopRequest,
    PartRequest,
    StoryRequest,
    take_seed,
)
from .weights import WeightsError, WeightsSet, find_weights, load_weights, read_manifest


class DeviceError(RuntimeError):
    """A device that this machine does not have; the message says which there are."""


@dataclass(frozen=True)
class Timings:
    """Seconds spent on one batch, by stage."""

    text: float
    decode: float
    tokenizer: float
    clip: float

    @property
    def total(self) -> float:
        """All stages together."""
        return self.text + self.decode + self.tokenizer + self.clip


@dataclass(frozen=True)
class GeneratedMotion:
    """One result."""

    clip: MotionClip  # 20 fps, canonical: starts over the origin, facing +z
    features: np.ndarray  # [T, 263] float32 rows, metres and radians
    confidence: np.ndarray  # [tokens] float32 in 0..1
    timings: Timings  # of the batch it was made in


class MotionPipeline:
    """A loaded weights set and its text encoder, ready to generate."""

    def __init__(self, weights: WeightsSet, text: Background[TextEncoder] | TextEncoder, device: str = "cpu") -> None:
        """text: the encoder, there or on its way; `weights` must lie on `device`."""
        self._weights, self._text, self.device = weights, text, device

    @classmethod
    def load(
        cls, folder: Path | None = None, device: str = "auto", online: bool = False, text_folder: Path | None = None
    ) -> MotionPipeline:
        """Load the set in `folder` (default: the one shipped) and start loading its text encoder.

        The text encoder arrives in the background, since its library takes seconds to import; the first job
        waits for it. Raises WeightsError, TextEncoderError (it is nowhere), DeviceError.
        """
        device = choose_device(device)
        home = find_weights(folder)
        manifest = read_manifest(home)
        if manifest.rotation_convention is not RotationConvention.TRUE:
            raise WeightsError(
                f"The weights {manifest.name} know positions only; this version needs weights with true rotations.",
                "Use the weights that came with the add-on, or update it.",
            )
        if not online and find_text_encoder(manifest.text_encoder, text_folder) is None:
            load_text_encoder(manifest.text_encoder, text_folder, online, device)  # raises, with the reason
        weights = load_weights(home, device)
        pins = manifest.text_pins

        def load_text() -> TextEncoder:
            return load_text_encoder(manifest.text_encoder, text_folder, online, device, pins)

        return cls(weights, Background(load_text, "text encoder"), device)

    @property
    def title(self) -> str:
        """Name and version of the weights."""
        return self._weights.title

    def text_encoder(self, report: OnStep | None = None, is_cancelled: IsCancelled | None = None) -> TextEncoder:
        """The text encoder, waited for if need be; raises TextEncoderError or DecodingCancelled."""
        if not isinstance(self._text, Background):
            return self._text
        if report is not None and not self._text.is_done:
            report(0.0, "Loading the text encoder")

        def check() -> None:
            if is_cancelled is not None and is_cancelled():
                raise DecodingCancelled

        return self._text.get(check)

    @torch.inference_mode()
    def generate(
        self,
        requests: Sequence[GenerateRequest],
        on_step: OnStep | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> list[GeneratedMotion]:
        """One motion per request; the same batch and seeds on the CPU give the same motions.

        Raises RequestError for a request that cannot be served, DecodingCancelled between two steps.
        """
        requests = [request.checked() for request in requests]
        clock = _Clock()
        bench = self.workbench(on_step, is_cancelled)
        counts = _token_counts(bench, requests)
        clock.lap()
        flips = [leads_left(one.text) for one in requests]
        plans = [
            plan_generate(right_first(one.text), count, bench.layout)
            for one, count in zip(requests, counts, strict=True)
        ]
        decoded = bench.decode(plans, [generator_of(one.seed) for one in requests])
        clock.lap()
        bench.report(DECODED, "Building the motion")
        rows = [bench.rows(one.tokens)[: _frames(request)] for request, one in zip(requests, decoded, strict=True)]
        rows = [mirror_rows(one) if flip else one for one, flip in zip(rows, flips, strict=True)]
        clock.lap()
        clips = [clip_from_rows(row) for row in rows]
        clock.lap()
        timings = Timings(*clock.laps)
        coarse = bench.layout.levels
        return [
            GeneratedMotion(clip, row.astype(np.float32), one.confidence[:, ::coarse].min(axis=1), timings)
            for clip, row, one in zip(clips, rows, decoded, strict=True)
        ]

    @torch.inference_mode()
    def run(
        self, request: JobRequest, on_step: OnStep | None = None, is_cancelled: IsCancelled | None = None
    ) -> tuple[Take, ...]:
        """The takes of any job, made in one batch; the same request on the same device makes the same takes.

        Raises RequestError for a request that cannot be served, DecodingCancelled between two steps.
        """
        request = request.checked()
        if isinstance(request, GenerateRequest):
            seeds = [take_seed(request.seed, number) for number in range(request.takes)]
            motions = self.generate([replace(request, seed=seed, takes=1) for seed in seeds], on_step, is_cancelled)
            return tuple(Take(one.clip, one.confidence, seed) for one, seed in zip(motions, seeds, strict=True))
        bench = self.workbench(on_step, is_cancelled)
        match request:
            case FillRequest():
                return fill(bench, request)
            case StoryRequest():
                return tell_story(bench, request)
            case PartRequest() | LoopRequest():
                return _right_first(bench, request)

    def workbench(self, on_step: OnStep | None = None, is_cancelled: IsCancelled | None = None) -> Workbench:
        """The tools of one job; raises TextEncoderError or DecodingCancelled."""
        report = on_step or _silence
        encoder = self.text_encoder(report, is_cancelled)
        report(0.0, "Reading the text")
        return Workbench(self._weights, encoder, self.device, report, is_cancelled or _never)


def _right_first(bench: Workbench, request: PartRequest | LoopRequest) -> tuple[Take, ...]:
    """The takes of an edit of a clip, made in the mirror if its text names the left first."""
    if leads_left(request.text):
        image = replace(request, clip=mirrored(request.clip), text=mirror_text(request.text))
        return tuple(replace(take, clip=mirrored(take.clip)) for take in _right_first(bench, image))
    return regenerate_part(bench, request) if isinstance(request, PartRequest) else close_loop(bench, request)


def _token_counts(bench: Workbench, requests: Sequence[GenerateRequest]) -> list[int]:
    wanted = [None if request.seconds is None else token_count(_frames(request) or 0) for request in requests]
    if None not in wanted:
        return [count for count in wanted if count is not None]
    predicted = bench.predicted_tokens([right_first(request.text) for request in requests])
    return [guess if count is None else count for count, guess in zip(wanted, predicted, strict=True)]


def choose_device(name: str) -> str:
    """'cpu' or 'cuda' for 'auto', 'cpu' or 'cuda'; raises DeviceError for one that is not there."""
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise DeviceError("There is no CUDA device that torch can use on this machine; choose 'cpu' or 'auto'.")
    if name not in ("cpu", "cuda"):
        raise DeviceError(f"There is no device {name!r}; choose 'auto', 'cpu' or 'cuda'.")
    return name


def _frames(request: GenerateRequest) -> int | None:
    """Model frames of the motion asked for, every frame counted once; None where the engine chooses."""
    return None if request.seconds is None else max(1, math.ceil(request.seconds * MODEL_FPS - 1e-6))


def _silence(fraction: float, message: str) -> None:
    """Progress nobody asked for."""


def _never() -> bool:
    """A job nobody can cancel."""
    return False


class _Clock:
    """Lap times, seconds."""

    def __init__(self) -> None:
        self.laps: list[float] = []
        self._last = time.perf_counter()

    def lap(self) -> None:
        now = time.perf_counter()
        self.laps.append(now - self._last)
        self._last = now
