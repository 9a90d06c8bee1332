"""Motion that a network has made itself and a judge has found right: what its next stage learns from beside recordings.

Of an action with a dozen recordings a network has an idea, but not a firm one: some seeds show it, others do not. It
grows firm by learning from its own motions that do. Source: reward-ranked fine-tuning (Dong et al. 2023, RAFT); here a
motion is kept or not, and recordings stay part of every batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .token_set import Phrase, TokenizedMotion


@dataclass(frozen=True)
class OwnMotion:
    """A motion that was found right."""

    action: str  # what it shows
    texts: tuple[str, ...]  # what may be said of it; never one that names the left first
    over_legs: bool  # made over given legs, of which the text does not tell
    tokens: np.ndarray  # int16 [T, columns]


def write_own(path: Path, motions: Sequence[OwnMotion]) -> None:
    """Write motions as an .npz, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + "~")
    with draft.open("wb") as file:
        np.savez(
            file,
            action=np.array([one.action for one in motions]),
            texts=np.array(["\n".join(one.texts) for one in motions]),
            over_legs=np.array([one.over_legs for one in motions]),
            counts=np.array([len(one.tokens) for one in motions]),
            tokens=np.concatenate([one.tokens for one in motions]).astype(np.int16),
        )
    draft.replace(path)


def read_own(path: Path) -> list[OwnMotion]:
    """The motions that write_own wrote."""
    with np.load(path, allow_pickle=False) as stored:
        streams = np.split(stored["tokens"], np.cumsum(stored["counts"])[:-1])
        texts = [tuple(text.split("\n")) for text in stored["texts"].tolist()]
        told = zip(stored["action"].tolist(), texts, stored["over_legs"].tolist(), streams, strict=True)
        return [OwnMotion(*one) for one in told]


def by_action(motions: Sequence[OwnMotion]) -> list[list[TokenizedMotion]]:
    """Motions to learn from, those of an action together, apart from those of the same action over given legs."""
    groups: dict[tuple[str, bool], list[TokenizedMotion]] = {}
    for one in motions:
        groups.setdefault((one.action, one.over_legs), []).append(_to_learn(one))
    return list(groups.values())


def _to_learn(one: OwnMotion) -> TokenizedMotion:
    # What a network does without a text must stay what people do: guidance leads away from it.
    phrases = tuple(Phrase(text, 0, len(one.tokens)) for text in one.texts)
    return TokenizedMotion((one.tokens,), phrases, over_legs=one.over_legs, always_told=True)
