"""A pipeline of tiny random networks, and motions for it to work on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from engine.decoding.sampling import SamplingOptions
from engine.features.normalization import Normalization
from engine.features.representation import ROW_SIZE
from engine.models.config import LengthConfig, TokenizerConfig, TransformerConfig
from engine.models.length import LengthPredictor
from engine.models.text_encoder import TextFeatures
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import MaskedTransformer
from engine.motion.clip import MotionClip
from engine.motion.rotations import from_vector
from engine.motion.skeleton import CONTACT_JOINTS, JOINT_COUNT
from engine.pipeline import MotionPipeline
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


def tiny_pipeline(split: bool = False, levels: int = 1, guidance: float = 1.0) -> MotionPipeline:
    """Random networks; split: lower and upper body by themselves."""
    return MotionPipeline(tiny_weights(split, levels, guidance), Letters())


def tiny_weights(split: bool = False, levels: int = 1, guidance: float = 1.0) -> WeightsSet:
    """The networks of `tiny_pipeline`."""
    torch.manual_seed(0)
    tokenizer = Tokenizer(TokenizerConfig(width=8, codes=32, code_width=4, depth=1, split=split, levels=levels))
    for part in tokenizer.layout.parts:
        tokenizer.part(part).quantizer.codebook.normal_()
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
        parts=len(tokenizer.layout.parts),
        levels=levels,
    )
    return WeightsSet(
        "small",
        "0",
        "CC0-1.0",
        tokenizer.eval(),
        MaskedTransformer(config, tokenizer.codebooks).eval(),
        LengthPredictor(LengthConfig(text_width=WIDTH)).eval(),
        Normalization(np.zeros(ROW_SIZE, np.float32), np.full(ROW_SIZE, 0.1, np.float32)),
        sampling=SamplingOptions(steps=4, guidance=guidance),
    )


def waving_clip(frames: int, seed: int = 0, tilt: float = 0.3) -> MotionClip:
    """A motion of slow waves that goes somewhere, away from the origin."""
    random = np.random.default_rng(seed)
    time = np.arange(frames)[:, None, None] / 20
    waves = np.sin(time * random.uniform(0.5, 3, (1, JOINT_COUNT, 3)) + random.uniform(0, 6, (1, JOINT_COUNT, 3)))
    root = np.cumsum(random.normal(size=3) * [0.02, 0, 0.02] + 0.01 * waves[:, 0], axis=0)
    contacts = random.uniform(size=(frames, len(CONTACT_JOINTS))).astype(np.float32)
    return MotionClip(root + np.array([3.0, 0.95, -2.0]), from_vector(tilt * waves), contacts)


def same_bits(one: MotionClip, two: MotionClip, frames: np.ndarray | slice = slice(None)) -> bool:
    """Whether two clips have the same bytes at `frames`."""
    return all(
        np.ascontiguousarray(getattr(one, name)[frames]).tobytes()
        == np.ascontiguousarray(getattr(two, name)[frames]).tobytes()
        for name in ("root", "rotations", "contacts")
    )
