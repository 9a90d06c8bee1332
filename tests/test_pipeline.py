"""The pipeline on tiny random networks: lengths, seeds, progress, cancelling."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Event

import numpy as np
import pytest
import torch

from engine.decoding.iterative import DecodingCancelled
from engine.decoding.sampling import SamplingOptions
from engine.features.normalization import Normalization
from engine.features.representation import ROW_SIZE
from engine.models.background import Background
from engine.models.config import LengthConfig, TokenizerConfig, TransformerConfig
from engine.models.length import LengthPredictor
from engine.models.text_encoder import TextEncoder, TextEncoderError, TextFeatures
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import MaskedTransformer
from engine.motion.skeleton import MAX_FRAMES, MAX_TOKENS
from engine.pipeline import DeviceError, GeneratedMotion, MotionPipeline, choose_device
from engine.protocol.requests import GenerateRequest, RequestError
from engine.weights import WeightsSet

WIDTH = 8


class Letters:
    """A text encoder without a network: features are letter counts."""

    name, width = "letters", WIDTH

    def encode(self, texts: Sequence[str]) -> TextFeatures:
        words = torch.zeros(len(texts), 6, WIDTH)
        known = torch.zeros(len(texts), 6, dtype=torch.bool)
        for row, text in enumerate(texts):
            for column, word in enumerate(["[", *text.split()][:6]):
                known[row, column] = True
                for letter in word:
                    words[row, column, ord(letter) % WIDTH] += 1
        return TextFeatures(words.sum(1), words, known)


def small_set(guidance: float = 1.0) -> WeightsSet:
    torch.manual_seed(0)
    tokenizer = Tokenizer(TokenizerConfig(width=8, codes=32, code_width=4, depth=1))
    tokenizer.part("whole").quantizer.codebook.normal_()
    config = TransformerConfig(
        codes=32,
        code_width=4,
        width=16,
        heads=2,
        cross_blocks=1,
        base_blocks=1,
        head_blocks=1,
        text_width=WIDTH,
        hides_padding_words=True,
    )
    normalization = Normalization(np.zeros(ROW_SIZE, np.float32), np.full(ROW_SIZE, 0.1, np.float32))
    return WeightsSet(
        "small",
        "0",
        "CC0-1.0",
        tokenizer.eval(),
        MaskedTransformer(config, tokenizer.codebooks).eval(),
        LengthPredictor(LengthConfig(text_width=WIDTH)).eval(),
        normalization,
        sampling=SamplingOptions(guidance=guidance),
    )


@pytest.fixture(scope="module")
def pipeline() -> MotionPipeline:
    return MotionPipeline(small_set(), Letters())


def ask(text: str = "a person walks", seconds: float | None = 2.0, seed: int = 1) -> GenerateRequest:
    return GenerateRequest(text, seconds, seed)


def one(pipeline: MotionPipeline, request: GenerateRequest) -> GeneratedMotion:
    return pipeline.generate([request])[0]


@pytest.mark.parametrize(
    ("seconds", "frames", "tokens"),
    [(0.01, 1, 1), (0.2, 4, 1), (0.25, 5, 2), (2.0, 40, 10), (3.1, 62, 16), (9.8, MAX_FRAMES, MAX_TOKENS)],
)
def test_a_motion_is_as_long_as_asked(pipeline: MotionPipeline, seconds: float, frames: int, tokens: int) -> None:
    motion = one(pipeline, ask(seconds=seconds))
    assert len(motion.clip) == frames
    assert motion.features.shape == (frames, ROW_SIZE)
    assert motion.confidence.shape == (tokens,)
    assert motion.clip.fps == 20


def test_without_a_length_the_predictor_chooses_one_that_can_be(pipeline: MotionPipeline) -> None:
    motion = one(pipeline, ask(seconds=None))
    assert 1 <= len(motion.confidence) <= MAX_TOKENS
    assert len(motion.clip) == 4 * len(motion.confidence)


@pytest.mark.parametrize("guidance", [1.0, 3.0])
def test_the_seed_alone_decides(guidance: float) -> None:
    pipeline = MotionPipeline(small_set(guidance), Letters())
    first, again, other = (one(pipeline, ask(seed=seed)).features for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes()
    assert not np.array_equal(first, other)


def test_the_text_and_the_guidance_are_heard() -> None:
    quiet, loud = (MotionPipeline(small_set(guidance), Letters()) for guidance in (1.0, 20.0))
    left, right = ask("zz zz zz zz", 9.8), ask("pp pp pp pp", 9.8)
    assert not np.array_equal(one(quiet, left).features, one(quiet, right).features)
    assert not np.array_equal(one(quiet, left).features, one(loud, left).features)


def test_a_batch_keeps_order_lengths_and_seeds_apart(pipeline: MotionPipeline) -> None:
    asked = [ask("a b c", 1.0, 5), ask("d", 9.8, 6), ask("e f", 3.0, 5)]
    together = pipeline.generate(asked)
    for request, motion in zip(asked, together, strict=True):
        alone = one(pipeline, request)
        assert len(motion.clip) == len(alone.clip)
        np.testing.assert_allclose(motion.features, alone.features, atol=1e-4)


def test_confidence_is_a_share(pipeline: MotionPipeline) -> None:
    confidence = one(pipeline, ask(seconds=9.8)).confidence
    assert (confidence > 0).all() and (confidence <= 1).all()


def test_progress_rises_from_the_first_word_to_the_last_step(pipeline: MotionPipeline) -> None:
    seen: list[tuple[float, str]] = []
    pipeline.generate([ask(seconds=9.8)], on_step=lambda fraction, message: seen.append((fraction, message)))
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions) and fractions[0] == 0 and fractions[-1] < 1
    assert len([message for _, message in seen if message.startswith("Step")]) == 10


def _after(calls: int) -> Callable[[], bool]:
    asked = iter(range(1000))
    return lambda: next(asked) >= calls


def test_cancelling_stops_between_two_steps(pipeline: MotionPipeline) -> None:
    steps: list[float] = []
    with pytest.raises(DecodingCancelled):
        pipeline.generate([ask(seconds=9.8)], lambda fraction, _: steps.append(fraction), _after(3))
    assert len(steps) < 6


def test_cancelling_does_not_wait_for_a_text_encoder_that_is_still_coming() -> None:
    never = Event()

    def come() -> TextEncoder:
        never.wait(60)
        return Letters()

    seen: list[str] = []
    started = time.monotonic()
    with pytest.raises(DecodingCancelled):
        pipeline = MotionPipeline(small_set(), Background(come, "never"))
        pipeline.generate([ask()], lambda _, message: seen.append(message), _after(2))
    never.set()
    assert time.monotonic() - started < 5
    assert seen == ["Loading the text encoder"]


def test_a_text_encoder_that_failed_to_come_fails_the_job_and_is_tried_again() -> None:
    tries = iter(range(100))

    def come() -> TextEncoder:
        if next(tries) == 0:
            raise TextEncoderError("There is no network.")
        return Letters()

    pipeline = MotionPipeline(small_set(), Background(come, "second try"))
    with pytest.raises(TextEncoderError, match="network"):
        one(pipeline, ask())
    assert len(one(pipeline, ask()).clip) == 40
    assert next(tries) == 2


@pytest.mark.parametrize("request_", [ask(text=" "), ask(seconds=0.0), ask(seconds=60.0), ask(seed=-1)])
def test_a_request_that_cannot_be_served_is_refused_before_any_work(
    pipeline: MotionPipeline, request_: GenerateRequest
) -> None:
    with pytest.raises(RequestError):
        pipeline.generate([ask(), request_], on_step=lambda *_: pytest.fail("work began"))


def test_timings_add_up(pipeline: MotionPipeline) -> None:
    timings = one(pipeline, ask()).timings
    assert timings.total == pytest.approx(timings.text + timings.decode + timings.tokenizer + timings.clip)
    assert min(timings.text, timings.decode, timings.tokenizer, timings.clip) > 0


def test_a_device_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == choose_device("cpu") == "cpu"
    with pytest.raises(DeviceError, match="CUDA"):
        choose_device("cuda")
    with pytest.raises(DeviceError, match="toaster"):
        choose_device("toaster")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto") == "cuda"


def test_nothing_in_a_set_is_changed_by_generating() -> None:
    weights = small_set()
    before = {key: value.clone() for key, value in weights.transformer.state_dict().items()}
    one(MotionPipeline(replace(weights), Letters()), ask())
    assert all(torch.equal(before[key], value) for key, value in weights.transformer.state_dict().items())
