"""Training tasks learn from what they should and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.features.representation import HEIGHT
from engine.models.config import TokenizerConfig, TransformerConfig
from engine.models.quantizer import CodebookLearner, Quantizer
from engine.models.transformer import MaskedTransformer
from engine.motion.skeleton import MAX_TOKENS
from engine.training.cmu import Caption
from engine.training.dataset import Motion, MotionSet
from engine.training.loop import LoopOptions, step_context, train
from engine.training.text_table import TextTable
from engine.training.token_masks import MaskOptions, Random, mask_tokens
from engine.training.token_set import Phrase, TokenizedMotion
from engine.training.train_tokenizer import TokenizerOptions, TokenizerTask, measure_tokenizer
from engine.training.train_transformer import TransformerOptions, TransformerTask

CPU = torch.device("cpu")
CODES = 16


def wave_set() -> MotionSet:
    """A swing that repeats every 50 rows: enough to learn, nothing to do with people."""
    random = np.random.default_rng(0)
    time = np.arange(400)[:, None]
    rows = np.sin(time * 2 * np.pi / 50 + random.uniform(0, 6, 263)).astype(np.float32)
    rows[:, :3] *= 0.01
    captions = (Caption("moves", 0.0, 10.0),)
    motions = tuple(Motion(str(i), "val" if i == 3 else "train", 100 * i, 100 * (i + 1), captions) for i in range(4))
    return MotionSet(rows, motions)


@pytest.mark.parametrize(("split", "levels"), [(False, 1), (True, 2)])
def test_the_tokenizer_learns_to_rebuild_motion(tmp_path: Path, split: bool, levels: int) -> None:
    data = wave_set()
    config = TokenizerConfig(width=32, codes=64, code_width=8, depth=1, split=split, levels=levels)
    task = TokenizerTask(data, config, TokenizerOptions(batch=8, window=32))
    torch.manual_seed(0)
    before = measure_tokenizer(task.model.tokenizer, task.normalization, data)["local_mm"]
    train(task, LoopOptions(steps=250, rate=2e-3, warm_up=10), tmp_path, CPU)
    after = measure_tokenizer(task.model.tokenizer, task.normalization, data)["local_mm"]
    assert after < 0.7 * before


def test_the_tokenizer_never_sees_the_val_split() -> None:
    data = wave_set()
    task = TokenizerTask(data, TokenizerConfig(width=8, codes=8, code_width=4, depth=1), TokenizerOptions(window=32))
    val = data.of_split("val")[0]
    assert task.starts.max() + 32 <= val.start
    assert len(task.starts) == 3 * (100 - 32 + 1)


def test_a_part_that_does_not_learn_keeps_its_tokens(tmp_path: Path) -> None:
    data = wave_set()
    config = TokenizerConfig(width=16, codes=32, code_width=8, depth=1, split=True, levels=2)
    first, then = (
        TokenizerTask(data, config, TokenizerOptions(batch=4, window=32, only=only)) for only in ("", "upper")
    )
    train(first, LoopOptions(steps=5, rate=2e-3, warm_up=1), tmp_path / "first", CPU)
    then.model.load_state_dict(first.model.state_dict())
    train(then, LoopOptions(steps=5, rate=2e-3, warm_up=1), tmp_path / "then", CPU)
    kept, changed = ({**then.model.tokenizer.part(name).state_dict()} for name in ("lower", "upper"))
    for part, values, same in (("lower", kept, True), ("upper", changed, False)):
        before = first.model.tokenizer.part(part).state_dict()
        assert all(torch.equal(before[name], value) for name, value in values.items()) is same


def test_windows_of_rare_actions_are_shown_more_often() -> None:
    thrown = np.zeros((1600, 263), np.float32)
    thrown[:100, HEIGHT] = 1.0  # over the mean, in the mirror too
    told = ["a person throws a ball"] + 15 * ["a person walks"]
    motions = tuple(
        Motion(str(number), "train", 100 * number, 100 * (number + 1), (Caption(text, 0.0, 5.0),))
        for number, text in enumerate(told)
    )
    config = TokenizerConfig(width=8, codes=8, code_width=4, depth=1)
    shares = []
    for rare in (False, True):
        task = TokenizerTask(MotionSet(thrown, motions), config, TokenizerOptions(800, window=32, rare=rare))
        windows = task._windows(step_context(0, 0, CPU))
        shares.append(float((windows[:, 0, HEIGHT] > 0).float().mean()))
    assert abs(shares[0] - 1 / 16) < 0.03
    assert shares[1] > 2.5 * shares[0]


def test_codes_nobody_chooses_are_given_new_places() -> None:
    quantizer = Quantizer(2, 8, 2)
    learner = CodebookLearner(quantizer)
    generator = torch.Generator().manual_seed(0)
    clusters = torch.randn(400, 2, generator=generator) * 5
    learner.learn(clusters, generator)
    quantizer.codebook.fill_(100.0)
    learner.sums.fill_(100.0)
    for _ in range(400):
        learner.learn(clusters, generator)
    assert all(len(ids.unique()) == 8 for ids in quantizer.encode(clusters).T)


def test_each_level_brings_the_code_nearer() -> None:
    quantizer = Quantizer(3, 16, 4)
    learner, generator = CodebookLearner(quantizer), torch.Generator().manual_seed(0)
    latents = torch.randn(600, 4, generator=generator)
    for _ in range(50):
        learner.learn(latents, generator)
    ids = quantizer.encode(latents)
    errors = [float((quantizer.decode(ids[:, :depth]) - latents).square().mean()) for depth in (1, 2, 3)]
    assert errors[1] < 0.7 * errors[0]
    assert errors[2] < 0.7 * errors[1]


def text_table(*texts: str) -> TextTable:
    words = np.eye(8, dtype=np.float16)[: 2 * len(texts)]
    offsets = np.arange(0, 2 * len(texts) + 1, 2)
    sentence = words[::2].astype(np.float32) + words[1::2]
    return TextTable({text: i for i, text in enumerate(texts)}, sentence, words, offsets)


def transformer_task(parts: int = 1, levels: int = 1, **options: Any) -> TransformerTask:
    config = TransformerConfig(
        codes=CODES, code_width=4, width=32, heads=2, cross_blocks=1, base_blocks=1, head_blocks=1, text_width=8,
        hides_padding_words=True, parts=parts, levels=levels,
    )  # fmt: skip
    torch.manual_seed(0)
    model = MaskedTransformer(config, torch.randn(config.columns, CODES, 4))
    low = TokenizedMotion((np.full((30, config.columns), 2, dtype=np.int16),) * 4, (Phrase("low", 0, 30),))
    high = TokenizedMotion((np.full((49, config.columns), 9, dtype=np.int16),) * 4, (Phrase("high", 0, 60),))
    return TransformerTask(
        model, [low, high], [low, high], text_table("", "low", "high"), TransformerOptions(16, **options)
    )


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_further_motion_is_drawn_by_its_share(share: float) -> None:
    told = transformer_task()
    task = TransformerTask(
        told.model, told.train[:1], told.val, told.texts, TransformerOptions(16, further=share), told.train[1:]
    )
    draw = random(0)
    drawn = sum(task._motion(draw) is task.train[1] for _ in range(2000)) / 2000
    assert abs(drawn - share / (1.0 + share)) < 0.04


def test_half_of_the_motion_is_played_at_another_pace() -> None:
    told = transformer_task()
    fast = [replace(motion, twin=motion.tokens) for motion in told.train]
    options = TransformerOptions(16, paces=(1.1,))
    task = TransformerTask(told.model, told.train, told.val, told.texts, options, paced=[fast])
    draw = random(0)
    drawn = [task._motion(draw) for _ in range(2000)]
    assert abs(sum(bool(motion.twin) for motion in drawn) / 2000 - 0.5) < 0.04
    with pytest.raises(ValueError, match="Every pace"):
        TransformerTask(told.model, told.train, told.val, told.texts, options, paced=[fast[:1]])


@pytest.mark.parametrize(("share", "augment"), [(0.0, True), (0.4, True), (0.4, False)])
def test_clauses_are_told_by_their_share_and_never_in_measuring(share: float, augment: bool) -> None:
    task = transformer_task(clauses=share, no_text=0.0)
    low = task.train[0]
    told = replace(low, short=(replace(low.phrases[0], text="high"),))
    draw = random(0)
    texts = [text for _ in range(100) for text in task.batch([told] * 8, draw, 0, augment).texts]
    assert abs(texts.count("high") / 800 - (share if augment else 0.0)) < 0.05


def random(seed: int) -> Random:
    return Random(torch.Generator().manual_seed(seed))


def test_batches_hide_what_must_be_named_and_mark_the_end() -> None:
    task = transformer_task(masks=MaskOptions(most_corrupted=0.0, stretch=0.0))
    specials = task.config.specials
    batch = task.batch(task.train, random(0), level=0)
    for row, motion in enumerate(task.train):
        count = int(batch.lengths[row])
        assert count <= MAX_TOKENS
        hidden = batch.shown[row, :count] == specials.mask
        assert hidden.sum() >= round(0.5 * count)
        assert (batch.truth[row, :count] == int(motion.tokens[0][0, 0])).all()
        assert (batch.shown[row, :count][~hidden] == batch.truth[row, :count][~hidden]).all()
        assert batch.shown[row, count] == specials.end
        assert (batch.shown[row, count + 1 :] == specials.pad).all()
        assert (batch.truth[row, count:] == -100).all()


def test_the_transformer_learns_to_follow_the_text(tmp_path: Path) -> None:
    task = transformer_task()
    train(task, LoopOptions(steps=60, rate=3e-3, warm_up=5), tmp_path, CPU)
    task.model.eval()
    specials = task.config.specials
    shown = torch.full((2, 11, 1), specials.mask)
    shown[:, 10] = specials.end
    features = task.texts.features(["low", "high"])
    with torch.no_grad():
        logits = task.model(shown, torch.tensor([10, 10]), features.sentence, features.words, features.word_known)
    assert (logits[0, :10].argmax(-1) == 2).all()
    assert (logits[1, :10].argmax(-1) == 9).all()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_text_is_dropped_as_often_as_asked(share: float) -> None:
    task = transformer_task(no_text=share)
    texts = task.batch([task.train[0]] * 20, random(0), level=0).texts
    assert set(texts) == {"" if share else "low"}


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("seed", range(8))
def test_a_trained_level_is_asked_for_and_never_given_away(level: int, seed: int) -> None:
    config = transformer_task(parts=2, levels=3).config
    tokens = torch.randint(CODES, (30, config.columns), generator=torch.Generator().manual_seed(seed))
    shown = mask_tokens(tokens, level, config, random(seed), MaskOptions(most_corrupted=0.0, legs_corrupted=0.0))
    by_part, truth = shown.unflatten(1, (2, 3)), tokens.unflatten(1, (2, 3))
    hidden = by_part[..., level] == config.specials.mask
    assert hidden.any()
    assert torch.equal(by_part[..., :level], truth[..., :level])  # coarser codes are given
    assert (by_part[..., level + 1 :][hidden] == config.specials.mask).all()  # finer ones would tell
    kept = by_part != config.specials.mask
    assert torch.equal(by_part[kept], truth[kept])


def test_the_upper_body_is_practised_over_given_legs() -> None:
    config = transformer_task(parts=2, levels=1).config
    options = MaskOptions(upper_over_lower=1.0, lower_under_upper=0.0, most_corrupted=0.0, legs_corrupted=0.0)
    tokens = torch.randint(CODES, (30, 2), generator=torch.Generator().manual_seed(0))
    shown = mask_tokens(tokens, 0, config, random(3), options)
    assert torch.equal(shown[:, 0], tokens[:, 0])
    assert (shown[:, 1] == config.specials.mask).any()


def test_gestures_are_practised_over_the_legs_of_other_motions() -> None:
    task = transformer_task(parts=2, levels=1, other_legs=1.0)
    low, high = task.train
    batch = task.batch([low] * 40, random(0), level=0)
    legs = {int(row[0, 0]) for row in batch.shown if row[0, 0] < CODES}
    assert int(high.tokens[0][0, 0]) in legs  # legs of the other motion under
    assert set(batch.truth[..., 1].unique().tolist()) == {-100, int(low.tokens[0][0, 1])}  # this motion's gesture
