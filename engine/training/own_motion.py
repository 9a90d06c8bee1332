"""Motion that a network has made itself and a judge has found right: what its next stage learns from beside recordings.

Of an action with a dozen recordings a network has an idea, but not a firm one: some seeds show it, others do not. It
grows firm by learning from its own motions that do. Source: reward-ranked fine-tuning (Dong et al. 2023, RAFT); here a
motion is kept or not, and recordings stay part of every batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from .token_set import Phrase, TokenizedMotion

#: Kinds of motion that was made whole; any other names the gait of the legs it was made over,
LONG: Final = "long"
SHORT: Final = "short"
#: or, behind this, the gait it begins and ends with: made whole, to be laid over legs that its text does not tell of.
AMID: Final = "amid "
#: Weight of a lesson that is mastered; one that never succeeds weighs 1 more.
_REPEATED: Final = 0.3


@dataclass(frozen=True)
class OwnMotion:
    """A motion that was found right."""

    action: str  # what it shows
    kind: str
    passed: float  # share of all motion of its action and kind that was found right
    texts: tuple[str, ...]  # what may be said of it; never one that names the left first
    tokens: np.ndarray  # int16 [T, columns]

    @property
    def over_legs(self) -> bool:
        """Whether it was made over given legs, of which the text does not tell."""
        return self.kind not in (LONG, SHORT) and not self.kind.startswith(AMID)


@dataclass(frozen=True)
class Lesson:
    """Motions of one action and kind."""

    motions: tuple[TokenizedMotion, ...]
    weight: float  # how often it is shown, against others: what seldom succeeds more often


def write_own(path: Path, motions: Sequence[OwnMotion]) -> None:
    """Write motions as an .npz, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + "~")
    with draft.open("wb") as file:
        np.savez(
            file,
            action=np.array([one.action for one in motions]),
            kind=np.array([one.kind for one in motions]),
            passed=np.array([one.passed for one in motions]),
            texts=np.array(["\n".join(one.texts) for one in motions]),
            counts=np.array([len(one.tokens) for one in motions]),
            tokens=np.concatenate([one.tokens for one in motions]).astype(np.int16),
        )
    draft.replace(path)


def read_own(path: Path) -> list[OwnMotion]:
    """The motions that write_own wrote."""
    with np.load(path, allow_pickle=False) as stored:
        streams = np.split(stored["tokens"], np.cumsum(stored["counts"])[:-1])
        texts = [tuple(text.split("\n")) for text in stored["texts"].tolist()]
        told = (stored[name].tolist() for name in ("action", "kind", "passed"))
        return [OwnMotion(*one) for one in zip(*told, texts, streams, strict=True)]


def lessons_of(motions: Sequence[OwnMotion]) -> list[Lesson]:
    """Motions to learn from, by action and kind."""
    groups: dict[tuple[str, str], list[OwnMotion]] = {}
    for one in motions:
        groups.setdefault((one.action, one.kind), []).append(one)
    return [Lesson(tuple(map(_to_learn, group)), _weight(group)) for group in groups.values()]


def _weight(group: Sequence[OwnMotion]) -> float:
    return _REPEATED + 1.0 - sum(one.passed for one in group) / len(group)


def _to_learn(one: OwnMotion) -> TokenizedMotion:
    # What a network does without a text must stay what people do: guidance leads away from it.
    phrases = tuple(Phrase(text, 0, len(one.tokens)) for text in one.texts)
    return TokenizedMotion((one.tokens,), phrases, over_legs=one.over_legs, always_told=True)
