"""The probes on real motion: a probe that motion so captioned fails, or that anything passes, is a broken probe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..features.mirrored_text import mirror_text
from ..features.mirroring import mirror_rows
from ..features.representation import clip_from_rows
from ..motion.skeleton import MAX_FRAMES
from ..training.dataset import Motion, MotionSet
from .figure import Figure
from .probes import PROBES, Probe
from .prompts import MIN_FRAMES
from .variety import apart

#: One annotator in three may say what no other saw: two captions must name the action, where so many clips allow it.
_AGREE: Final = 2
_ENOUGH: Final = 16
#: Rows [T, 263] -> rows [T', 263].
Retold = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class ProbeCheck:
    """How real motion does in a probe."""

    probe: Probe
    named: int  # clips whose captions name the action
    named_pass: float
    others: int  # clips none of whose captions does
    others_pass: float
    apart: float  # how unlike one another the clips are whose captions name it, as of variety.apart


def check_probes(
    data: MotionSet,
    splits: Iterable[str] = ("train", "val"),
    retold: Retold | None = None,
    probes: Sequence[Probe] = PROBES,
) -> list[ProbeCheck]:
    """Each of `probes` on every real clip of two seconds and more, and on its mirror image.

    retold: what becomes of the rows first, to see what a step that all made motion goes through costs each action.
    """
    motions = [motion for motion in data.of_split(*splits) if len(motion) >= MIN_FRAMES]
    seen = [view for motion in motions for view in _views(data, motion, retold or (lambda rows: rows))]
    return [_check(probe, seen) for probe in probes]


@dataclass(frozen=True)
class _View:
    """A real motion, or its mirror image, and what is said of it."""

    figure: Figure
    captions: tuple[str, ...]


def _views(data: MotionSet, motion: Motion, retold: Retold) -> tuple[_View, _View]:
    rows = np.asarray(data.rows_of(motion)[:MAX_FRAMES])
    texts = tuple(caption.text.lower() for caption in motion.captions)
    return (
        _View(Figure.of_clip(clip_from_rows(retold(rows))), texts),
        _View(Figure.of_clip(clip_from_rows(retold(mirror_rows(rows)))), tuple(map(mirror_text, texts))),
    )


def _check(probe: Probe, views: Sequence[_View]) -> ProbeCheck:
    passed = np.array([probe.passes(probe.measure(view.figure)) for view in views])
    votes = np.array([sum(bool(re.search(probe.captions, text)) for text in view.captions) for view in views])
    named = votes >= _AGREE if (votes >= _AGREE).sum() >= _ENOUGH else votes >= 1
    others = votes == 0
    alike = apart([view.figure for view, counts in zip(views, named, strict=True) if counts])
    return ProbeCheck(probe, int(named.sum()), _share(passed[named]), int(others.sum()), _share(passed[others]), alike)


def _share(passed: np.ndarray) -> float:
    return float(passed.mean()) if len(passed) else float("nan")
