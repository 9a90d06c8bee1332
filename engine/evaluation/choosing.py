"""A weights set's own motion, chosen by the probes: what its next stage learns from (training/own_motion.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np
import torch
from scipy.stats import rankdata

from ..editing.part import tells_of_others
from ..editing.workbench import Workbench, generator_of
from ..motion.clip import MotionClip
from ..motion.kinematics import forward_kinematics
from ..motion.skeleton import FRAMES_PER_TOKEN, MAX_TOKENS
from ..pipeline import MotionPipeline
from ..planning.generate import plan_generate
from ..planning.plan import TextSpan, TokenPlan
from ..training.own_motion import AMID, LONG, SHORT, OwnMotion
from ..training.token_set import MIN_TOKENS
from .figure import Figure
from .gesture_check import laid_over
from .job_probes import GESTURES
from .motion_metrics import jolts, measure, still
from .probes import probe_named
from .sentences import taught
from .variety import course, distances

_BATCH: Final = 16
#: Tokens of a motion, least and most. Segments of stories and lengths that users name are short, and what is done well
#: in nine seconds is not always done in four: somebody walks up to a chair and the time is over.
_LONG: Final = (MAX_TOKENS // 3, MAX_TOKENS)
_SHORT: Final = (14, 28)
#: What just passes teaches motion that just fails, so twice as many must pass as are kept: the strongest over the same
#: legs, or people would learn to punch only over legs that help,
_SPARE: Final = 2
#: and of gestures, which legs that do not help make weak, eight times as many;
_SPARE_OVER_LEGS: Final = 8
#: of which only the strongest are looked at for what else they are, so many for one that is kept;
_LISTED: Final = 2
#: but where more is not better, the nearest to this,
_AIMS: Final = {"turns right": -90.0, "turns around": 180.0}
#: or what is done most often in a second,
_COUNTED: Final = frozenset({"claps"})
#: and those whose feet slide least, which counts so much beside.
_FEET: Final = 0.6
#: and those whose joints change their velocity least from one frame to the next,
_CALM: Final = 0.4
#: and those that are least like what is kept already: the strongest throws are one throw, made again and again.
_NEW: Final = 0.8
#: Where some joint's velocity changes by more than this from frame to frame (m/s; in one of a thousand frames of
#: recordings), something has flipped over, which counts as strong.
_JOLT: Final = 7.0
#: Recordings begin with a second or two of standing; of that so many tokens stay.
_WAITS: Final = 2
#: What walks, runs and stands below a gesture; in other words than those of job_probes.GAITS. Of every gait there is as
#: much, though over legs that stand a strong gesture is rare: the strongest of all would be those over a run.
_LEGS: Final = {
    "walking": ("a person walks", "a person walks in a circle", "the person walks slowly forward"),
    "running": ("someone jogs forward", "a man is running", "someone runs"),
    "standing": ("a man stands", "someone stands still", "the person is standing"),
}
_LEGS_EACH: Final = 8
#: Tokens at either end of given legs whose upper body is given, too.
_KEPT: Final = 2


@dataclass(frozen=True)
class _Asked:
    """What is asked for a text."""

    plan: TokenPlan
    legs: np.ndarray | None = None  # tokens [T, columns] over whose legs the upper body comes to lie

    @property
    def heeds(self) -> bool:
        """Whether it is made to go with given legs."""
        return self.legs is not None and bool(self.plan.known.any(axis=1).all())


_Asks = Callable[[Workbench, Sequence[str]], list[_Asked]]


@dataclass(frozen=True)
class Search:
    """How much to look for."""

    wanted: int  # motions of an action
    most: int  # motions made of it, in whole batches
    seed: int
    only: str = ""  # actions whose name holds this

    def part(self, count: int) -> Search:
        """The same for one of `count` kinds of an action, none of which may do without."""
        return replace(self, wanted=-(-self.wanted // count))


@dataclass(frozen=True)
class Chosen:
    """What came of an action."""

    name: str
    made: int
    passed: int
    best: tuple[OwnMotion, ...]


def choose(pipeline: MotionPipeline, search: Search) -> Iterator[Chosen]:
    """Motion of every action that passes its probe, long and short, then of every gesture over legs of every gait."""
    chance = np.random.default_rng(search.seed)
    sentences = {name: texts for name, texts in taught().items() if search.only in name}
    half = search.part(2)
    for name, texts in sentences.items():
        yield _Maker(pipeline, half, chance, name, texts, _open(chance), LONG).look()
        yield _Maker(pipeline, half, chance, name, texts, _open(chance, short=True), SHORT).look()
    over = {gait: _over(_legs(pipeline, chance, texts), chance) for gait, texts in _LEGS.items()}
    for name, gait in product(GESTURES, over):
        if name in sentences:
            yield _Maker(pipeline, search.part(len(over)), chance, name, sentences[name], over[gait], gait).look()


@dataclass(frozen=True)
class _Maker:
    """Makes motion of one action and keeps what passes."""

    pipeline: MotionPipeline
    search: Search
    chance: np.random.Generator
    name: str
    texts: tuple[str, ...]
    asks: _Asks
    kind: str  # as of OwnMotion; of what is laid over legs, their gait

    def look(self) -> Chosen:
        """Batch after batch, until there is enough."""
        passing: list[_Passing] = []
        made = 0
        spare = _SPARE_OVER_LEGS if self.kind in _LEGS else _SPARE
        while len(passing) < spare * self.search.wanted and made < self.search.most:
            passing += self._batch()
            made += _BATCH
        kept = best(passing, self.search.wanted, spare)
        share = len(passing) / made
        own = tuple(OwnMotion(self.name, one.kind, share, self.texts, one.tokens.astype(np.int16)) for one in kept)
        return Chosen(f"{self.name}, {self.kind}", made, len(passing), own)

    @torch.inference_mode()
    def _batch(self) -> list[_Passing]:
        bench = self.pipeline.workbench()
        if self.kind in _LEGS:
            bench.make_parts()
        asked = self.asks(bench, self.chance.choice(self.texts, size=_BATCH).tolist())
        found = self._decoded(bench, [one for one in asked if not one.heeds])
        bench.guide_part()
        return found + self._decoded(bench, [one for one in asked if one.heeds])

    def _decoded(self, bench: Workbench, asked: Sequence[_Asked]) -> list[_Passing]:
        if not asked:
            return []
        seeds = self.chance.integers(2**31, size=len(asked)).tolist()
        made = bench.decode([one.plan for one in asked], [generator_of(seed) for seed in seeds])
        found = (self._found(bench, one, motion.tokens) for one, motion in zip(asked, made, strict=True))
        return [one for one in found if one is not None]

    def _found(self, bench: Workbench, asked: _Asked, tokens: np.ndarray) -> _Passing | None:
        """A motion to keep, looked at as it will be seen: what goes over legs lying over them."""
        if asked.legs is None:
            tokens = self._window(begun(bench, tokens))
            clip, kind, legs = bench.to_clip(tokens), self.kind, b""
        else:
            clip = laid_over(bench.to_clip(tokens), bench.to_clip(asked.legs))
            kind, legs = self.kind if asked.heeds else AMID + self.kind, asked.legs.tobytes()
        verdict = self._judge(clip)
        if verdict is None:
            return None
        strength, slides, jolt, how = verdict
        return _Passing(tokens, kind, strength, slides if asked.legs is None else 0.0, jolt, how, legs)

    def _window(self, tokens: np.ndarray) -> np.ndarray:
        """A short piece of `tokens` where short motion is looked for: some actions are only ever done in long ones."""
        if self.kind != SHORT or len(tokens) <= _SHORT[1]:
            return tokens
        count = int(self.chance.integers(*_SHORT, endpoint=True))
        start = int(self.chance.integers(len(tokens) - count, endpoint=True))
        return tokens[start : start + count]

    def _judge(self, clip: MotionClip) -> tuple[float, float, float, np.ndarray] | None:
        """Strength, sliding, worst jolt and course of a motion that passes and does not jolt."""
        probe, joints, figure = probe_named(self.name), _joints(clip), Figure.of_clip(clip)
        value, worst = probe.measure(figure), float(jolts(joints).max(initial=0.0))
        if not probe.passes(value) or worst > _JOLT:
            return None
        if self.name in _COUNTED:
            value /= len(clip) / clip.fps
        more = -abs(value - _AIMS[self.name]) if self.name in _AIMS else value if probe.most is None else -value
        return more, measure([joints]).skate_ratio, worst, course(figure)


@dataclass(frozen=True)
class _Passing:
    """A motion that passes its probe."""

    tokens: np.ndarray  # [T, columns]
    kind: str  # as of OwnMotion
    strength: float  # more is better
    slides: float  # share of contact frames whose foot slides; 0 over given legs
    jolt: float  # largest change of a joint's velocity from frame to frame, m/s
    course: np.ndarray  # as variety.course gives it
    legs: bytes = b""  # which legs it was made over


def best(passing: Sequence[_Passing], wanted: int, spare: int = _SPARE) -> list[_Passing]:
    """One of `spare` that pass, unless that is under half of what is wanted.

    Of the strongest, one after the other the strongest, surest on its feet, calmest and least like those before it.
    """
    count = min(wanted, len(passing), max(len(passing) // spare, wanted // 2))
    strong = _strength(passing)
    listed = np.argsort(-strong, kind="stable")[: _LISTED * count]
    passing, strong = [passing[at] for at in listed], strong[listed]
    sure = _shares([-one.slides for one in passing])
    calm = _shares([-one.jolt for one in passing])
    worth = strong + _FEET * sure + _CALM * calm
    apart = distances([one.course for one in passing]) if passing else np.empty((0, 0))
    nearest, kept = np.full(len(passing), np.inf), []
    for _ in range(count):
        kept.append(int(np.argmax(np.where(nearest < 0.0, -np.inf, worth + _NEW * _shares(nearest)))))
        nearest = np.minimum(nearest, apart[kept[-1]])
        nearest[kept] = -1.0
    return [passing[at] for at in kept]


def _strength(passing: Sequence[_Passing]) -> np.ndarray:
    """Which share of what was made over the same legs is weaker."""
    strong = np.empty(len(passing))
    for legs in {one.legs for one in passing}:
        over = [at for at, one in enumerate(passing) if one.legs == legs]
        strong[over] = _shares([passing[at].strength for at in over])
    return strong


def _shares(values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Which share of all values is lower, half of those that are the same."""
    return np.asarray((rankdata(values) - 0.5) / max(len(values), 1))


def begun(bench: Workbench, tokens: np.ndarray) -> np.ndarray:
    """Tokens [T, columns] without most of the time in which nobody moves yet."""
    waits = still(_joints(bench.to_clip(tokens)))
    waited = len(waits) if waits.all() else int(waits.argmin())
    late = min(waited // FRAMES_PER_TOKEN - _WAITS, len(tokens) - MIN_TOKENS)
    return tokens[max(late, 0) :]


def _joints(clip: MotionClip) -> np.ndarray:
    return forward_kinematics(clip.root, clip.rotations)


def _open(chance: np.random.Generator, short: bool = False) -> _Asks:
    """Whole motions of any long length; half of them in the length predicted instead, or in a short one."""

    def asks(bench: Workbench, texts: Sequence[str]) -> list[_Asked]:
        counts = chance.integers(*_LONG, size=len(texts), endpoint=True)
        others = chance.integers(*_SHORT, size=len(texts), endpoint=True) if short else bench.predicted_tokens(texts)
        counts = np.where(chance.random(len(texts)) < 0.5, others, counts)
        pairs = zip(texts, counts, strict=True)
        return [_Asked(plan_generate(text, int(count), bench.layout)) for text, count in pairs]

    return asks


def _over(legs: Sequence[np.ndarray], chance: np.random.Generator) -> _Asks:
    """Upper bodies over any of `legs`, made as an edit makes them (editing/part.py)."""

    def asks(bench: Workbench, texts: Sequence[str]) -> list[_Asked]:
        drawn = [legs[number] for number in chance.integers(len(legs), size=len(texts))]
        return [_upper_over(one, text, bench) for one, text in zip(drawn, texts, strict=True)]

    return asks


def _upper_over(tokens: np.ndarray, text: str, bench: Workbench) -> _Asked:
    """The upper body open under `text`, but for both ends; the whole one, if the text tells of other legs."""
    known = np.ones(tokens.shape, dtype=bool)
    known[_KEPT:-_KEPT, bench.layout.of_part("upper")] = False
    plan = TokenPlan(tokens, known, (TextSpan(text, 0, len(tokens)),))
    if tells_of_others(bench, [plan], "upper"):
        plan = replace(plan, known=np.repeat(known.all(axis=1, keepdims=True), known.shape[1], axis=1))
    return _Asked(plan, tokens)


@torch.inference_mode()
def _legs(pipeline: MotionPipeline, chance: np.random.Generator, texts: Sequence[str]) -> list[np.ndarray]:
    """Tokens [T, columns] of motions of `texts` to lay gestures over, long and short."""
    bench = pipeline.workbench()
    plans = [one.plan for one in _open(chance, short=True)(bench, [*texts] * _LEGS_EACH)]
    seeds = chance.integers(2**31, size=len(plans)).tolist()
    return [one.tokens for one in bench.decode(plans, [generator_of(seed) for seed in seeds])]
