"""MotionPipeline, the engine's public face: requests in, motions out, always in batches."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from .decoding.iterative import Decoded, DecodingCancelled, decode
from .decoding.sampling import guided
from .features.representation import RotationConvention, clip_from_rows
from .models.background import Background
from .models.text_encoder import TextEncoder, TextFeatures, find_text_encoder, load_text_encoder
from .motion.clip import MotionClip
from .motion.resample import token_count
from .motion.skeleton import MODEL_FPS
from .planning.generate import plan_generate
from .protocol.events import Take
from .protocol.requests import GenerateRequest, JobRequest, RequestError, take_seed
from .weights import WeightsError, WeightsSet, find_weights, load_weights, read_manifest

OnStep = Callable[[float, str], None]
IsCancelled = Callable[[], bool]

#: Share of the progress bar that decoding fills: what is before it and after it takes little time.
_TEXT_DONE: Final = 0.1
_DECODED: Final = 0.95
#: What the transformer was shown where training left the text out.
NO_TEXT: Final = ""


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
        report = on_step or _silence
        clock = _Clock()
        encoder = self.text_encoder(report, is_cancelled)
        report(0.0, "Reading the text")
        features = encoder.encode([request.text for request in requests])
        counts = self._token_counts(requests, features)
        clock.lap()
        decoded = self._decode(requests, counts, features, report, is_cancelled)
        clock.lap()
        report(_DECODED, "Building the motion")
        rows = [self._rows(request, one) for request, one in zip(requests, decoded, strict=True)]
        clock.lap()
        clips = [clip_from_rows(row) for row in rows]
        clock.lap()
        timings = Timings(*clock.laps)
        return [
            GeneratedMotion(clip, row.astype(np.float32), one.confidence[:, 0], timings)
            for clip, row, one in zip(clips, rows, decoded, strict=True)
        ]

    def run(
        self, request: JobRequest, on_step: OnStep | None = None, is_cancelled: IsCancelled | None = None
    ) -> tuple[Take, ...]:
        """The takes of any job; raises RequestError, DecodingCancelled."""
        if not isinstance(request, GenerateRequest):
            raise RequestError("This engine cannot edit yet.")
        request = request.checked()
        seeds = [take_seed(request.seed, number) for number in range(request.takes)]
        motions = self.generate([replace(request, seed=seed, takes=1) for seed in seeds], on_step, is_cancelled)
        return tuple(Take(one.clip, one.confidence, seed) for one, seed in zip(motions, seeds, strict=True))

    def _token_counts(self, requests: Sequence[GenerateRequest], features: TextFeatures) -> list[int]:
        if all(request.seconds is not None for request in requests):
            return [token_count(_frames(request.seconds)) for request in requests if request.seconds is not None]
        predicted = self._weights.length.predict(features.sentence, features.word_known.sum(1)).tolist()
        return [
            int(guess) if request.seconds is None else token_count(_frames(request.seconds))
            for request, guess in zip(requests, predicted, strict=True)
        ]

    def _decode(
        self,
        requests: Sequence[GenerateRequest],
        counts: Sequence[int],
        features: TextFeatures,
        report: OnStep,
        is_cancelled: IsCancelled | None,
    ) -> list[Decoded]:
        def on_step(step: int, total: int) -> None:
            report(_TEXT_DONE + (_DECODED - _TEXT_DONE) * step / total, f"Step {step} of {total}")

        return decode(
            [plan_generate(request.text, count) for request, count in zip(requests, counts, strict=True)],
            self._logits_of(features),
            self._weights.transformer.config.specials,
            [torch.Generator().manual_seed(request.seed) for request in requests],
            self._weights.sampling,
            on_step=on_step,
            is_cancelled=is_cancelled,
            device=torch.device(self.device),
        )

    def _logits_of(self, features: TextFeatures) -> Callable[[Tensor, Tensor], Tensor]:
        network, guidance = self._weights.transformer, self._weights.sampling.guidance

        def with_text(tokens: Tensor, lengths: Tensor) -> Tensor:
            logits: Tensor = network(tokens, lengths, features.sentence, features.words, features.word_known)
            return logits

        if guidance == 1.0:
            return with_text
        empty = self.text_encoder().encode([NO_TEXT] * len(features.sentence))

        def pushed(tokens: Tensor, lengths: Tensor) -> Tensor:
            without: Tensor = network(tokens, lengths, empty.sentence, empty.words, empty.word_known)
            return guided(with_text(tokens, lengths), without, guidance)

        return pushed

    def _rows(self, request: GenerateRequest, decoded: Decoded) -> np.ndarray:
        ids = torch.from_numpy(decoded.tokens[:, 0]).to(self.device)[None]
        values = self._weights.tokenizer.decode(ids)[0].float().cpu().numpy()
        frames = len(values) if request.seconds is None else _frames(request.seconds)
        return self._weights.normalization.denormalize(values[:frames])


def choose_device(name: str) -> str:
    """'cpu' or 'cuda' for 'auto', 'cpu' or 'cuda'; raises DeviceError for one that is not there."""
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise DeviceError("There is no CUDA device that torch can use on this machine; choose 'cpu' or 'auto'.")
    if name not in ("cpu", "cuda"):
        raise DeviceError(f"There is no device {name!r}; choose 'auto', 'cpu' or 'cuda'.")
    return name


def _frames(seconds: float) -> int:
    """Model frames of a motion of `seconds`, every frame counted once."""
    return max(1, math.ceil(seconds * MODEL_FPS - 1e-6))


def _silence(fraction: float, message: str) -> None:
    """Progress nobody asked for."""


class _Clock:
    """Lap times, seconds."""

    def __init__(self) -> None:
        self.laps: list[float] = []
        self._last = time.perf_counter()

    def lap(self) -> None:
        now = time.perf_counter()
        self.laps.append(now - self._last)
        self._last = now
