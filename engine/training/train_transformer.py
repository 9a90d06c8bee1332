"""Training of the masked transformer on tokenised, captioned motion.

Source: MMM section 3.2: part of the visible tokens is replaced by random codes, a share r in
[least_masked, 1] of all tokens is masked, and the network names the true code everywhere. One
network learns every job (token_masks.py): whole motions, gaps, and the upper body over given legs
(MMM section 4.4). A step trains one level: the coarse one mostly, sometimes a finer one given the
levels before it (Guo et al. 2024, MoMask, section 3.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from ..models.config import TransformerConfig
from ..models.transformer import MaskedTransformer
from .balance import motion_weights
from .loop import StepContext, step_context
from .own_motion import OwnMotion, lessons_of
from .text_table import TextTable
from .token_masks import MaskOptions, Random, mask_tokens, running_shares
from .token_set import MIN_TOKENS, TokenizedMotion, longest_window

NO_TEXT = ""


@dataclass(frozen=True)
class TransformerOptions:
    """What a step sees."""

    batch: int = 128
    no_text: float = 0.1  # share of samples without text, for guidance
    hidden_words: float = 0.1  # share of words that are not shown
    crop: float = 0.3  # share of samples that see a random part of their phrase
    detail: float = 0.35  # share of steps that train a finer level
    further: float = 0.4  # how often motion with the recordists' line alone is shown, against captioned motion
    other_legs: float = 0.12  # share of samples that gesture over the legs of another motion
    clauses: float = 0.0  # share of samples told by a clause alone, of motions that have one
    paces: tuple[float, ...] = ()  # others at which motion is played,
    paced: float = 0.5  # for this share of samples
    own: float = 0.0  # share of samples that are the network's own motion, found right
    smoothing: float = 0.0
    masks: MaskOptions = field(default_factory=MaskOptions)


@dataclass(frozen=True)
class Batch:
    """Token slots with what is shown, what is true, and the texts."""

    shown: Tensor  # int64 [B, slots, columns]
    truth: Tensor  # int64 [B, slots, parts] of the trained level, -100 where nothing is to be learnt
    lengths: Tensor  # int64 [B]
    texts: tuple[str, ...]
    level: int = 0


class TransformerTask:
    """Learns to name masked tokens."""

    def __init__(
        self,
        model: MaskedTransformer,
        train: Sequence[TokenizedMotion],
        val: Sequence[TokenizedMotion],
        texts: TextTable,
        options: TransformerOptions,
        further: Sequence[TokenizedMotion] = (),
        paced: Sequence[Sequence[TokenizedMotion]] = (),
        own: Sequence[OwnMotion] = (),
    ) -> None:
        """paced: train and further motion, in this order, once more for each other pace; own: see own_motion.py."""
        self.model: nn.Module = model
        self.config: TransformerConfig = model.config
        self.train, self.val, self.texts, self.options = [*train, *further], val, texts, options
        self.paced, self.lessons = paced, lessons_of(own)
        if any(len(motions) != len(self.train) for motions in paced):
            raise ValueError("Every pace needs all motions, in the order of the others.")
        weights = motion_weights([[phrase.text for phrase in motion.phrases] for motion in self.train])
        weights[len(train) :] *= options.further
        self._shares = running_shares(weights)
        self._lesson_shares = running_shares(torch.tensor([lesson.weight for lesson in self.lessons]))

    def loss(self, context: StepContext) -> tuple[Tensor, dict[str, float]]:
        """Cross-entropy over the motion tokens of one level, averaged per sample and then over the batch."""
        random = Random(context.generator)
        level = 0
        if self.config.levels > 1 and random.chance(self.options.detail):
            level = 1 + random.below(self.config.levels - 1)
        batch = self.batch([self._motion(random) for _ in range(self.options.batch)], random, level)
        logits = self._logits(self.model, batch, context.device, hide_words=context.generator)
        truth = batch.truth.to(context.device)
        losses = F.cross_entropy(
            logits.float().flatten(0, 2),
            truth.flatten(),
            reduction="none",
            label_smoothing=self.options.smoothing,
        ).view(len(truth), -1)
        counted = (truth >= 0).flatten(1).sum(1).clamp_min(1)
        loss = (losses.sum(1) / counted).mean()
        masked = self._masked(batch, level).to(context.device)
        hits = (logits.argmax(-1) == truth)[masked].float().mean()
        return loss, {"level": float(level), "accuracy": hits.item()}

    @torch.no_grad()
    def evaluate(self, model: nn.Module) -> dict[str, float]:
        """Loss and accuracy over masked coarse tokens of the val split, with always the same masks; loss of details."""
        coarse = [self._measure(model, start, 0) for start in range(0, len(self.val), self.options.batch)]
        values = {
            "loss": float(torch.cat([losses for losses, _ in coarse]).mean()),
            "accuracy": float(torch.cat([hits for _, hits in coarse]).mean()),
        }
        for level in range(1, self.config.levels):
            values[f"loss_{level}"] = float(self._measure(model, 0, level)[0].mean())
        return values

    def _measure(self, model: nn.Module, start: int, level: int) -> tuple[Tensor, Tensor]:
        random = Random(step_context(start, 1, torch.device("cpu")).generator)
        batch = self.batch(self.val[start : start + self.options.batch], random, level, augment=False)
        logits = self._logits(model, batch, next(model.parameters()).device).float().cpu()
        masked = self._masked(batch, level)
        return (
            F.cross_entropy(logits[masked], batch.truth[masked], reduction="none"),
            (logits.argmax(-1) == batch.truth)[masked].float(),
        )

    def batch(self, motions: Sequence[TokenizedMotion], random: Random, level: int, augment: bool = True) -> Batch:
        """Random phrases of `motions`, corrupted and masked."""
        specials, slots, columns = self.config.specials, self.config.slots, self.config.columns
        shown = torch.full((len(motions), slots, columns), specials.pad)
        truth = torch.full((len(motions), slots, self.config.parts), -100)
        texts, lengths = [], []
        for row, motion in enumerate(motions):
            tokens, text = self._sample(motion, random, augment)
            legs = self._legs(len(tokens), random) if augment and not motion.over_legs else None
            if legs is not None:
                tokens[:, : self.config.levels] = legs
            count, parts = len(tokens), slice(level, None, self.config.levels)
            truth[row, :count] = tokens[:, parts]
            shown[row, :count] = mask_tokens(
                tokens,
                level,
                self.config,
                random,
                self.options.masks,
                augment,
                legs_given=motion.over_legs or legs is not None,
            )
            shown[row, count] = specials.end
            texts.append(text)
            lengths.append(count)
        return Batch(shown, truth, torch.tensor(lengths), tuple(texts), level)

    def _motion(self, random: Random) -> TokenizedMotion:
        """A motion of the network's own or one of the train split, by their shares, these at some pace."""
        if self.lessons and random.chance(self.options.own):
            return random.one_of(self.lessons[random.drawn(self._lesson_shares)].motions)
        drawn = random.drawn(self._shares)
        if self.paced and random.chance(self.options.paced):
            return self.paced[random.below(len(self.paced))][drawn]
        return self.train[drawn]

    def _masked(self, batch: Batch, level: int) -> Tensor:
        """Where [B, slots, parts] the network must name what it does not see."""
        return (batch.shown[..., level :: self.config.levels] == self.config.specials.mask) & (batch.truth >= 0)

    def _sample(self, motion: TokenizedMotion, random: Random, augment: bool) -> tuple[Tensor, str]:
        clause = augment and bool(motion.short) and random.chance(self.options.clauses)
        phrases = motion.short if clause else motion.phrases
        phrase = phrases[random.below(len(phrases)) if augment else 0]
        streams = motion.told_by(phrase)
        stream = streams[random.below(len(streams)) if augment else 0]
        stop = min(phrase.stop, len(stream))
        length = min(longest_window(phrase), stop - phrase.start)
        if augment and random.chance(self.options.crop) and length > MIN_TOKENS:
            # Mostly a token off either end; a phrase seldom fits half of its motion.
            length -= min(length - MIN_TOKENS, 1 + random.below(max(1, length // 8)))
        start = phrase.start + (random.below(stop - phrase.start - length + 1) if augment else 0)
        silent = augment and random.chance(self.options.no_text) and not motion.always_told
        return torch.from_numpy(stream[start : start + length].astype(np.int64)), NO_TEXT if silent else phrase.text

    def _legs(self, count: int, random: Random) -> Tensor | None:
        """Tokens [count, levels] of some other motion's lower body; None mostly, and where it is too short.

        Few captions join a gesture with a gait, but any gesture goes with many.
        """
        if self.config.parts == 1 or not random.chance(self.options.other_legs):
            return None
        motion = self.train[random.below(len(self.train))]
        stream = motion.tokens[random.below(len(motion.tokens))]
        if len(stream) < count:
            return None
        start = random.below(len(stream) - count + 1)
        return torch.from_numpy(stream[start : start + count, : self.config.levels].astype(np.int64))

    def _logits(
        self, model: nn.Module, batch: Batch, device: torch.device, hide_words: torch.Generator | None = None
    ) -> Tensor:
        features = self.texts.features(batch.texts)
        known = features.word_known
        if hide_words is not None:
            seen = torch.rand(known.shape, generator=hide_words) >= self.options.hidden_words
            seen[:, 0] = True  # a sample that sees no word at all has nothing to attend to
            known = known & seen
        logits: Tensor = model(
            batch.shown.to(device),
            batch.lengths.to(device),
            features.sentence.to(device),
            features.words.to(device),
            known.to(device),
            batch.level,
        )
        return logits
