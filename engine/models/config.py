"""Sizes of the networks as plain frozen records; a weights set carries them in its manifest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..features.representation import ROW_SIZE
from ..motion.skeleton import FRAMES_PER_TOKEN, MAX_TOKENS


@dataclass(frozen=True)
class TokenizerConfig:
    """Sizes of the VQ-VAE; the defaults are those of the official whole-body tokenizer."""

    rows: int = ROW_SIZE
    width: int = 512
    codes: int = 8192
    code_width: int = 32
    downs: int = 2  # each halves the frame rate; 2 ** downs frames make a token
    depth: int = 3  # residual blocks per stack
    growth: int = 3  # dilation factor from block to block
    levels: int = 1  # residual codebooks a part; each id refines the one before
    split: bool = False  # lower and upper body each by a network of its own

    def __post_init__(self) -> None:
        if self.rows != ROW_SIZE:
            raise ValueError(f"A row of motion has {ROW_SIZE} numbers, not {self.rows}.")
        if 2**self.downs != FRAMES_PER_TOKEN:
            raise ValueError(
                f"A token must hold {FRAMES_PER_TOKEN} frames; {self.downs} halvings give {2**self.downs}."
            )


@dataclass(frozen=True)
class TransformerConfig:
    """Sizes of the masked transformer; the defaults are the official ones (released 2024-06)."""

    codes: int = 8192
    code_width: int = 32
    width: int = 1024
    heads: int = 16
    cross_blocks: int = 2  # on word features, before the sentence token joins
    base_blocks: int = 7
    head_blocks: int = 9
    text_width: int = 512
    feed_forward: int = 4  # times width
    dropout: float = 0.1
    hides_padding_words: bool = False  # official CLIP runs look at all 77 positions
    parts: int = 1  # body parts, each with a token of its own at every moment
    levels: int = 1  # residual codes of each such token
    given_parts: int = 0  # so many parts, from the first on, are always known: they have no logits
    attention_dropout: bool = True  # False: only the blocks' outputs drop out, which is faster on CPUs

    @property
    def columns(self) -> int:
        """Codes of one moment."""
        return self.parts * self.levels

    @property
    def slots(self) -> int:
        """Token slots: the longest motion and its end token."""
        return MAX_TOKENS + 1

    @property
    def specials(self) -> Specials:
        """Ids after the codes."""
        return Specials(self.codes)


@dataclass(frozen=True)
class Specials:
    """Ids of the tokens that are no motion, in their fixed order after the codes."""

    codes: int

    @property
    def end(self) -> int:
        """Follows the last motion token."""
        return self.codes

    @property
    def pad(self) -> int:
        """Fills the slots after the end."""
        return self.codes + 1

    @property
    def mask(self) -> int:
        """A token still to be chosen."""
        return self.codes + 2


SPECIAL_COUNT: Final = 3


@dataclass(frozen=True)
class LengthConfig:
    """Sizes of the text-to-length predictor."""

    text_width: int = 384
    width: int = 256
    dropout: float = 0.1
    classes: int = MAX_TOKENS + 1  # class n = n tokens; class 0 is never chosen
    share: float = 0.5  # of the lengths that a text may have, those that are shorter than the chosen one
