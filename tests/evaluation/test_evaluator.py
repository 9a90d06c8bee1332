"""The evaluator network: learns, keeps, and refuses what is not its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.evaluation import official
from engine.evaluation.evaluator import (
    Evaluator,
    EvaluatorConfig,
    EvaluatorError,
    load_evaluator,
    motion_points,
    save_evaluator,
    text_points,
)
from engine.evaluation.prompts import prompts_of
from engine.evaluation.train_evaluator import EvaluatorOptions, EvaluatorTask, is_aside
from engine.models.text_encoder import TextFeatures
from engine.training.cmu import Caption
from engine.training.dataset import Motion, MotionSet
from engine.training.loop import LoopOptions, train
from engine.training.text_table import TextTable

CPU = torch.device("cpu")
KINDS = 6
SMALL = EvaluatorConfig(width=16, states=16, space=8, text_width=KINDS, dropout=0.0)


def waves() -> MotionSet:
    """Six kinds of swing, each known by its caption, in many takes; half of a val split that must not be read."""
    random = np.random.default_rng(0)
    phases = random.uniform(0, 6, 263)
    rows, motions = [], []
    for i in range(60):
        time = np.arange(48)[:, None]
        rows.append(np.sin(time * (i % KINDS + 1) / 8 + phases) + 0.05 * random.normal(size=(48, 263)))
        split = "val" if i >= 54 else "train"
        motions.append(Motion(f"m{i}", split, 48 * i, 48 * (i + 1), (Caption(f"kind {i % KINDS}", 0.0, 2.4),)))
    return MotionSet(np.concatenate(rows).astype(np.float32), tuple(motions))


def table() -> TextTable:
    index = {f"kind {i}": i for i in range(KINDS)}
    words = np.eye(KINDS, dtype=np.float16)
    return TextTable(index, np.eye(KINDS, dtype=np.float32), words, np.arange(KINDS + 1))


def task(folder: Path) -> EvaluatorTask:
    data = waves()
    takes = {motion.name: motion.name for motion in data.motions}
    torch.manual_seed(0)
    return EvaluatorTask(data, takes, table(), SMALL, EvaluatorOptions(batch=18), folder / "best.safetensors")


def test_captions_find_their_motions_after_training(tmp_path: Path) -> None:
    learner = task(tmp_path)
    train(learner, LoopOptions(steps=60, rate=5e-3, warm_up=5, evaluate_every=60), tmp_path, CPU)
    evaluator = load_evaluator(tmp_path / "best.safetensors")
    val = prompts_of(learner.data, "val")
    texts = text_points(evaluator, table().features([f"kind {i}" for i in range(KINDS)]))
    motions = motion_points(evaluator, [learner.data.rows[p.start : p.start + p.frames] for p in val])
    nearest = np.linalg.norm(texts[None] - motions[:, None], axis=-1).argmin(1)
    hits = [f"kind {i}" == p.text for i, p in zip(nearest, val, strict=True)]
    assert sum(hits) >= KINDS - 2  # by chance one


def test_neither_val_nor_the_takes_set_aside_are_learnt_from(tmp_path: Path) -> None:
    learner = task(tmp_path)
    seen = {prompt.motion for group in learner.groups for prompt in group}
    val = {motion.name for motion in learner.data.of_split("val")}
    held = {prompt.motion for prompt in learner.held}
    assert not seen & val
    assert not seen & held
    assert held == {m.name for m in learner.data.of_split("train") if is_aside(m.name)}


def test_padding_does_not_move_a_point() -> None:
    torch.manual_seed(0)
    evaluator = Evaluator(SMALL, waves().normalization()).eval()
    random = np.random.default_rng(0)
    short, long = random.normal(size=(40, 263)), random.normal(size=(100, 263))
    together = motion_points(evaluator, [short, long])
    assert np.allclose(together[:1], motion_points(evaluator, [short]), atol=1e-6)
    assert np.allclose(np.linalg.norm(together[:, : SMALL.space], axis=1), 1.0)
    words = torch.randn(1, 3, KINDS)
    padded = torch.cat([words, torch.zeros(1, 4, KINDS)], dim=1)
    known = torch.arange(7)[None] < 3
    alone = TextFeatures(torch.zeros(1, KINDS), words, known[:, :3])
    longer = TextFeatures(torch.zeros(1, KINDS), padded, known)
    assert np.allclose(text_points(evaluator, alone), text_points(evaluator, longer), atol=1e-6)


def test_a_saved_network_gives_the_same_points(tmp_path: Path) -> None:
    torch.manual_seed(0)
    evaluator = Evaluator(SMALL, waves().normalization()).eval()
    path = tmp_path / "evaluator.safetensors"
    save_evaluator(path, evaluator, {"aside_r3": 0.5})
    motions = [np.random.default_rng(0).normal(size=(60, 263))]
    assert np.allclose(motion_points(load_evaluator(path), motions), motion_points(evaluator, motions), atol=5e-3)


def test_a_changed_or_foreign_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "evaluator.safetensors"
    with pytest.raises(EvaluatorError, match="train evaluator"):
        load_evaluator(path)
    save_evaluator(path, Evaluator(SMALL, waves().normalization()), {})
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(EvaluatorError, match="not the file"):
        load_evaluator(path)


def official_files(folder: Path) -> official.OfficialEvaluator:
    network = official.OfficialEvaluator()
    parts = {name: part.state_dict() for name, part in network.named_children()}
    torch.save({**parts, "epoch": 3}, folder / official.CHECKPOINT)
    np.save(folder / official.VECTORS, np.ones((3, official.WORD_SIZE)))
    # A pickled list of three words, protocol 2, as bytes: the tree reads no pickles, so the test writes none either.
    words = (
        b"\x80\x02]q\x00("
        + b"".join(b"X" + len(w).to_bytes(4, "little") + w for w in (b"sos", b"walk", b"unk"))
        + b"e."
    )
    (folder / official.WORDS).write_bytes(words)
    for name in (official.MEAN, official.STD):
        np.save(folder / name, np.ones(263))
    return network


def test_the_published_checkpoint_has_these_names_and_sizes() -> None:
    state = official.OfficialEvaluator().state_dict()
    wanted = {
        "movement_encoder.main.0.weight": (512, 259, 4),
        "movement_encoder.main.3.bias": (512,),
        "movement_encoder.out_net.weight": (512, 512),
        "motion_encoder.hidden": (2, 1, 1024),
        "motion_encoder.gru.weight_ih_l0_reverse": (3072, 1024),
        "motion_encoder.output_net.3.weight": (512, 1024),
        "text_encoder.pos_emb.weight": (300, 15),
        "text_encoder.input_emb.weight": (512, 300),
        "text_encoder.output_net.1.weight": (512,),
    }
    assert {name: tuple(state[name].shape) for name in wanted} == wanted


def test_published_files_load_as_they_are(tmp_path: Path) -> None:
    network = official_files(tmp_path).eval()
    loaded = official.load_official(tmp_path)
    rows, frames = torch.randn(2, 40, 263), torch.tensor([40, 24])
    assert torch.equal(loaded.motion_points(rows, frames), network.motion_points(rows, frames))
    assert list(official.read_words(tmp_path)) == ["sos", "walk", "unk"]


def test_what_the_published_evaluator_lacks_is_said(tmp_path: Path) -> None:
    with pytest.raises(EvaluatorError, match=r"lacks finest\.tar"):
        official.OfficialScorer.load(tmp_path)
    official_files(tmp_path)
    with pytest.raises(EvaluatorError, match=r"[lL]eave --official out"):
        official.OfficialScorer.load(tmp_path)
    torch.save({"movement_encoder": {}}, tmp_path / official.CHECKPOINT)
    with pytest.raises(EvaluatorError, match="not the published evaluator"):
        official.load_official(tmp_path)
