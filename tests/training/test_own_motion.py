"""A network's own motion comes back from its file and is learnt from as meant: any action as often, no given legs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from engine.models.config import LengthConfig
from engine.motion.skeleton import MAX_TOKENS
from engine.training.own_motion import LONG, SHORT, OwnMotion, read_own, write_own
from engine.training.token_masks import Random
from engine.training.train_length import LengthTask
from engine.training.train_transformer import NO_TEXT, TransformerTask

from .test_tasks import text_table, transformer_task


def own(action: str, code: int, kind: str = LONG, passed: float = 0.5) -> OwnMotion:
    return OwnMotion(action, kind, passed, (action,), np.full((20, 2), code, dtype=np.int16))


def task_with(*motions: OwnMotion, **options: float) -> TransformerTask:
    plain = transformer_task(parts=2)
    texts = text_table("", "low", "high", "sits")
    return TransformerTask(plain.model, plain.train, plain.val, texts, replace(plain.options, **options), own=motions)  # type: ignore[arg-type]


def random(seed: int = 0) -> Random:
    return Random(torch.Generator().manual_seed(seed))


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    motions = [
        own("sits", 1),
        own("low", 3, kind="walking"),
        OwnMotion("sits", SHORT, 0.25, ("a", "b"), np.ones((7, 2), np.int16)),
    ]
    write_own(tmp_path / "a" / "own.npz", motions)
    back = read_own(tmp_path / "a" / "own.npz")
    for one, other in zip(motions, back, strict=True):
        assert replace(one, tokens=other.tokens) == other
        assert np.array_equal(one.tokens, other.tokens)
    assert [one.over_legs for one in back] == [False, True, False]


def test_own_motion_has_its_share_and_every_action_the_same() -> None:
    task = task_with(own("sits", 1), *(own("high", 3) for _ in range(9)), own=0.5)
    draw = random()
    drawn = Counter(int(task._motion(draw).tokens[0][0, 0]) for _ in range(2000))
    assert abs(drawn[1] / 2000 - 0.25) < 0.04, "one motion of an action counts like nine of another"
    assert abs(drawn[3] / 2000 - 0.25) < 0.04
    assert drawn[2] and drawn[9], "recordings stay part of what is learnt"


def test_what_seldom_succeeds_is_shown_more_often() -> None:
    motions = [own("sits", 1, passed=0.9), own("sits", 3, kind="walking", passed=0.1), own("sits", 4, SHORT, 0.9)]
    task = task_with(*motions, own=1.0)
    draw = random()
    drawn = Counter(int(task._motion(draw).tokens[0][0, 0]) for _ in range(2000))
    assert abs(drawn[3] / drawn[1] - 3.0) < 0.6, "0.3 + 0.9 against 0.3 + 0.1"
    assert abs(drawn[4] / drawn[1] - 1.0) < 0.25


def test_lengths_are_learnt_of_own_motion_that_was_made_whole_and_long() -> None:
    plain = transformer_task()
    whole = replace(own("sits", 1), tokens=np.ones((40, 2), np.int16))
    short = replace(own("low", 1, kind="walking"), tokens=np.ones((7, 2), np.int16))
    cut = replace(own("high", 1, SHORT), tokens=np.ones((9, 2), np.int16))
    texts = text_table("", "low", "high", "sits")
    config = LengthConfig(text_width=8)
    task = LengthTask(config, plain.train, plain.val, texts, [whole, short, cut], own_share=0.5)
    drawn = Counter(task._drawn(random()))
    assert abs(drawn["sits", 40] / drawn.total() - 0.5) < 0.1
    assert set(drawn) == {("sits", 40), ("low", 30), ("high", MAX_TOKENS)}


def test_nothing_is_learnt_of_given_legs() -> None:
    task = task_with(own("low", 3, kind="walking"), own=1.0)
    draw = random()
    for _ in range(20):
        batch = task.batch([task._motion(draw)], draw, 0)
        assert not task._masked(batch, 0)[..., 0].any()
        assert task._masked(batch, 0)[..., 1].any()


def test_without_a_text_only_recordings_are_shown() -> None:
    task = task_with(own("sits", 1), own=0.5, no_text=1.0)
    draw = random()
    batch = task.batch([task._motion(draw) for _ in range(40)], draw, 0)
    assert set(batch.texts) == {NO_TEXT, "sits"}
    silent = torch.tensor([text == NO_TEXT for text in batch.texts])
    assert (batch.truth[~silent, 0, 1] == 1).all()
    assert (batch.truth[silent, 0, 1] != 1).all()
