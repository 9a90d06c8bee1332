"""A training run on disk: one folder, a stage in each subfolder, settings that may not change midway."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

import torch

from ..features.mirrored_text import mirror_text
from ..features.normalization import Normalization
from ..models.config import LengthConfig, TokenizerConfig, TransformerConfig
from ..models.length import LengthPredictor
from ..models.text_encoder import load_text_encoder
from ..models.tokenizer import Tokenizer
from ..models.transformer import MaskedTransformer
from .dataset import MotionSet, load_motion_set
from .loop import CHECKPOINT, exported_state
from .text_table import TextTable, build_text_table
from .token_set import TokenizedMotion, tokenize_split
from .train_transformer import NO_TEXT

_SETTINGS: Final = "settings.json"
_Config = TypeVar("_Config", TokenizerConfig, TransformerConfig, LengthConfig)


class RunError(RuntimeError):
    """A run that cannot go on; the message says what to do."""


@dataclass(frozen=True)
class Run:
    """Where a run and its data lie."""

    folder: Path
    data: Path
    text_encoder: str = "minilm"

    def stage(self, name: str) -> Path:
        """Folder of a stage: tokenizer, transformer or length."""
        return self.folder / name

    def sibling(self, folder: Path | str) -> Run:
        """Another run on the same data and texts."""
        return replace(self, folder=Path(folder))

    def motion_set(self) -> MotionSet:
        """The data as rows, cached in the run."""
        return load_motion_set(self.data, self.folder / "cache")

    def texts(self, data: MotionSet, others: Sequence[str] = ()) -> TextTable:
        """Features of all captions, their mirror images, `others` and of no text at all."""
        captions = [c.text.strip() for m in data.of_split("train", "val", "extra") for c in m.captions]
        mirrored = [mirror_text(text) for text in captions]
        back = map(mirror_text, mirrored)  # some are spelt otherwise
        texts = [NO_TEXT, *captions, *mirrored, *back, *others]
        return build_text_table(texts, load_text_encoder(self.text_encoder), self.folder / "cache")

    def tokenizer(self) -> Tokenizer:
        """The trained tokenizer of this run."""
        tokenizer = Tokenizer(self.config("tokenizer", TokenizerConfig))
        prefix = "tokenizer."
        state = self.state("tokenizer")
        tokenizer.load_state_dict({k[len(prefix) :]: v for k, v in state.items() if k.startswith(prefix)})
        return tokenizer.eval()

    def transformer(self) -> MaskedTransformer:
        """The trained transformer of this run."""
        transformer = MaskedTransformer(self.config("transformer", TransformerConfig))
        transformer.load_state_dict(self.state("transformer"))
        return transformer.eval()

    def length(self, share: float = 0.5) -> LengthPredictor:
        """The trained length predictor of this run; share: the quantile it answers with."""
        length = LengthPredictor(replace(self.config("length", LengthConfig), share=share))
        length.load_state_dict(self.state("length"))
        return length.eval()

    def tokens(
        self, data: MotionSet, normalization: Normalization, device: torch.device
    ) -> tuple[list[TokenizedMotion], list[TokenizedMotion]]:
        """Train split with mirror images, and val split, as tokens."""
        return (
            self._tokens_of("train", data, normalization, device),
            self._tokens_of("val", data, normalization, device),
        )

    def further_tokens(
        self, data: MotionSet, normalization: Normalization, device: torch.device
    ) -> list[TokenizedMotion]:
        """Motion of which only the recordists' line is known, with mirror images."""
        return self._tokens_of("extra", data, normalization, device)

    def paced_tokens(
        self, data: MotionSet, normalization: Normalization, device: torch.device, pace: float
    ) -> list[TokenizedMotion]:
        """Train split and further motion, played `pace` times as fast."""
        return [
            motion
            for split in ("train", "extra")
            for motion in self._tokens_of(split, data, normalization, device, pace)
        ]

    def _tokens_of(
        self, split: str, data: MotionSet, normalization: Normalization, device: torch.device, pace: float = 1.0
    ) -> list[TokenizedMotion]:
        tokenizer, cache = self.tokenizer().to(device), self.folder / "cache"
        return tokenize_split(data, split, tokenizer, normalization, split != "val", cache, pace)

    def config(self, stage: str, kind: type[_Config]) -> _Config:
        """The network sizes a stage was started with."""
        try:
            settings = json.loads((self.stage(stage) / _SETTINGS).read_text(encoding="utf-8"))
        except OSError as error:
            raise RunError(f"{self.folder} has no {stage} yet. Train it first: train {stage}.") from error
        return kind(**settings["config"])

    def fix_settings(self, stage: str, config: object, options: Mapping[str, Any]) -> None:
        """Remember what a stage is trained with; raises RunError if it was started otherwise."""
        folder = self.stage(stage)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / _SETTINGS
        text = json.dumps({"config": _plain(config), **options}, indent=2, sort_keys=True)
        if path.is_file() and path.read_text(encoding="utf-8") != text:
            raise RunError(
                f"{folder} was started with other settings. Give the same ones to go on, or another --run folder."
            )
        path.write_text(text, encoding="utf-8")

    def state(self, stage: str) -> dict[str, torch.Tensor]:
        """Everything a stage has learnt, as it would be shipped; of the tokenizer also what only training needs."""
        if not (self.stage(stage) / CHECKPOINT).is_file():
            raise RunError(f"{self.folder} has no {stage} yet. Train it first: train {stage}.")
        return exported_state(self.stage(stage))


def mean_transformer(runs: Sequence[Run]) -> MaskedTransformer:
    """The mean of the runs' weights: of short stages from one start it does better than any of them alone.

    Raises RunError where they differ in size or in the codes that they know. Source: Wortsman et al. 2022, Model soups.
    """
    first, states = runs[0].transformer(), [run.state("transformer") for run in runs]
    for run, state in zip(runs, states, strict=True):
        if run.config("transformer", TransformerConfig) != first.config or not torch.equal(
            state["codebook"], states[0]["codebook"]
        ):
            raise RunError(f"{run.folder} and {runs[0].folder} have different networks, so they have no mean.")
    mean = {key: torch.stack([state[key].float() for state in states]).mean(0) for key in states[0]}
    first.load_state_dict({key: value.to(states[0][key].dtype) for key, value in mean.items()})
    return first


def _plain(config: object) -> dict[str, Any]:
    return asdict(config)  # type: ignore[call-overload]
