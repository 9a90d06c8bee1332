"""Weights taken up as a run are the same networks again, and only beside the data they were trained on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from engine.features.normalization import Normalization
from engine.models.quantizer import CodebookLearner
from engine.models.transformer import MaskedTransformer
from engine.training.adopted import adopt
from engine.training.runs import Run, RunError
from engine.training.train_tokenizer import TokenizerModel

from ..editing.tiny import tiny_weights

WEIGHTS = tiny_weights(split=True, levels=2)


def run_beside(folder: Path, monkeypatch: pytest.MonkeyPatch, scale: float = 1.0) -> Run:
    """A run whose data are scaled like the weights' own, times `scale`."""
    own = WEIGHTS.normalization
    data = SimpleNamespace(normalization=lambda: Normalization(own.mean, np.float32(scale) * own.std))
    monkeypatch.setattr(Run, "motion_set", lambda run: data)
    return Run(folder / "run", folder)


def weights_of(run: Run) -> dict[str, Any]:
    return {"tokenizer": run.tokenizer(), "transformer": run.transformer(), "length": run.length()}


def test_every_network_comes_back_to_the_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_beside(tmp_path, monkeypatch)
    adopt(run, WEIGHTS)
    for name, module in weights_of(run).items():
        original = getattr(WEIGHTS, name)
        assert module.config == original.config
        theirs = original.state_dict()
        assert module.state_dict().keys() == theirs.keys()
        assert all(value.equal(theirs[key]) for key, value in module.state_dict().items()), name


def test_the_upper_body_s_transformer_is_taken_up_where_it_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_beside(tmp_path, monkeypatch)
    with pytest.raises(RunError, match="Leave --upper out"):
        adopt(run, WEIGHTS, upper=True)
    assert not run.folder.exists()
    torch.manual_seed(1)
    own = MaskedTransformer(WEIGHTS.transformer.config, WEIGHTS.tokenizer.codebooks)
    adopt(run, replace(WEIGHTS, upper_transformer=own), upper=True)
    assert torch.equal(run.transformer().head.weight, own.head.weight)


def test_a_run_that_has_begun_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_beside(tmp_path, monkeypatch)
    run.stage("transformer").mkdir(parents=True)
    with pytest.raises(RunError, match="transformer already"):
        adopt(run, WEIGHTS)
    assert [path.name for path in run.folder.iterdir()] == ["transformer"]


def test_other_data_are_refused_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_beside(tmp_path, monkeypatch, scale=1.01)
    with pytest.raises(RunError, match="scaled otherwise"):
        adopt(run, WEIGHTS)
    assert not run.folder.exists()


def test_a_tokenizer_goes_on_with_the_codes_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_beside(tmp_path, monkeypatch)
    adopt(run, WEIGHTS)
    model = TokenizerModel(WEIGHTS.tokenizer.config)
    model.load_state_dict(run.state("tokenizer"))
    quantizer, learner = model.tokenizer.part("upper").quantizer, model.learners["upper"]
    assert isinstance(learner, CodebookLearner)
    book = quantizer.codebook.clone()
    learner.learn(book[0, :1] + 1e-3, torch.Generator().manual_seed(0))
    assert torch.allclose(quantizer.codebook[0], book[0], atol=1e-3), "nothing but what was chosen moves"
    assert not torch.equal(quantizer.codebook[0, 0], book[0, 0])
