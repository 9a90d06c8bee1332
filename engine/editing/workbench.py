"""The networks of a weights set with what a job needs around them: texts, progress, cancelling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import torch

from ..decoding.iterative import Decoded, DecodingCancelled, decode
from ..features.grounding import grounded
from ..features.representation import clip_from_rows, rows_from_clip
from ..models.text_encoder import TextEncoder, TextFeatures
from ..motion.clip import MotionClip
from ..motion.pieces import carried_on
from ..planning.plan import TokenLayout, TokenPlan
from ..weights import WeightsSet
from .conditioning import logits_of_plans, text_odds

OnStep = Callable[[float, str], None]
IsCancelled = Callable[[], bool]

#: Share of the progress bar that decoding fills: what is before it and after it takes little time.
TEXT_DONE: Final = 0.1
DECODED: Final = 0.95


class Workbench:
    """One job's tools."""

    def __init__(
        self, weights: WeightsSet, encoder: TextEncoder, device: str, on_step: OnStep, is_cancelled: IsCancelled
    ) -> None:
        self.weights, self.sampling, self._network = weights, weights.sampling, weights.transformer
        self._encoder, self._device = encoder, torch.device(device)
        self.report, self._is_cancelled = on_step, is_cancelled
        self._heard: dict[tuple[str, ...], TextFeatures] = {}
        self._rounds, self._round = 1, 0

    @property
    def layout(self) -> TokenLayout:
        """What the columns of a token are."""
        return self.weights.tokenizer.layout

    def expect(self, rounds: int) -> None:
        """How many times the job is going to decode: what the progress bar is divided by."""
        self._rounds, self._round = max(rounds, 1), 0

    def make_parts(self) -> None:
        """Ask from now on the network that makes body parts, where the weights have one of its own."""
        self._network = self.weights.upper_transformer or self.weights.transformer

    def guide_part(self) -> None:
        """Decode from now on as for a part beside a given rest, which would say more than the text otherwise."""
        self.sampling = replace(self.sampling, guidance=self.sampling.part_guidance or self.sampling.guidance)

    def check(self) -> None:
        """Raises DecodingCancelled if the job has been cancelled."""
        if self._is_cancelled():
            raise DecodingCancelled

    def listen(self, texts: Sequence[str]) -> TextFeatures:
        """Features of `texts`; one sentence said B times is read once, so that B does not change its numbers."""
        if len(texts) > 1 and len(set(texts)) == 1:
            one = self.listen(texts[:1])
            parts = (one.sentence, one.words, one.word_known)
            return TextFeatures(*(part.expand(len(texts), *part.shape[1:]) for part in parts))
        key = tuple(texts)
        if key not in self._heard:
            self.check()
            self._heard[key] = self._encoder.encode(list(texts))
        return self._heard[key]

    def predicted_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens a motion of each text should have."""
        features = self.listen(texts)
        predicted: list[int] = self.weights.length.predict(features.sentence, features.word_known.sum(1)).tolist()
        return predicted

    def decode(self, plans: Sequence[TokenPlan], generators: Sequence[torch.Generator]) -> list[Decoded]:
        """Plans decoded as one batch; progress goes on by one round."""
        sampling = self.sampling

        def on_step(step: int, total: int) -> None:
            done = (self._round + step / total) / self._rounds
            part = f"Part {self._round + 1} of {self._rounds}, step" if self._rounds > 1 else "Step"
            self.report(TEXT_DONE + (DECODED - TEXT_DONE) * min(done, 1.0), f"{part} {step} of {total}")

        decoded = decode(
            plans,
            logits_of_plans(self._network, self.listen, plans, sampling),
            self._network.config.specials,
            generators,
            sampling,
            levels=self.layout.levels,
            on_step=on_step,
            is_cancelled=self._is_cancelled,
            device=self._device,
        )
        self._round += 1
        return decoded

    def text_odds(self, plans: Sequence[TokenPlan], part: str) -> float:
        """How much likelier the plans' text makes what is known of a part, in the mean; see conditioning.text_odds."""
        number = self.layout.parts.index(part)
        odds = [text_odds(self._network, self.listen, one, number, self._device) for one in plans]
        return float(torch.cat(odds).mean())

    def read_tokens(self, clip: MotionClip) -> np.ndarray:
        """Token ids int64 [N, C] of a clip of 4 N frames; nothing but the clip itself is looked at."""
        self.check()
        values = self.weights.normalization.normalize(rows_from_clip(carried_on(clip)))
        return self.weights.tokenizer.encode(torch.from_numpy(values).to(self._device)[None])[0].cpu().numpy()

    def rows(self, tokens: np.ndarray) -> np.ndarray:
        """Rows float64 [4 N, 263] (metres, radians) of token ids [N, C], standing feet not dragged along."""
        ids = torch.from_numpy(np.ascontiguousarray(tokens)).to(self._device)
        values = self.weights.tokenizer.decode(ids[None])[0].float().cpu().numpy()
        return grounded(self.weights.normalization.denormalize(values))

    def to_clip(self, tokens: np.ndarray) -> MotionClip:
        """The canonical clip of 4 N frames that token ids [N, C] mean."""
        self.check()
        return clip_from_rows(self.rows(tokens))


def generator_of(seed: int, attempt: int = 0) -> torch.Generator:
    """Chance that a seed decides, on every machine and device; each further attempt is another."""
    # The generator hears 32 bits of its seed, nearly all of which a user may take.
    mixed = int(np.random.SeedSequence((seed, attempt)).generate_state(1)[0]) if attempt else seed
    return torch.Generator().manual_seed(mixed)
