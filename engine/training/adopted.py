"""A weights set taken up as a finished run: what further stages start from where the run itself is not at hand."""

from __future__ import annotations

import numpy as np
import torch

from ..models.quantizer import CodebookLearner
from ..weights import WeightsSet
from .loop import CHECKPOINT
from .runs import Run, RunError
from .train_tokenizer import TokenizerModel


def adopt(run: Run, weights: WeightsSet, upper: bool = False) -> None:
    """Write the networks of `weights` into `run` as stages that are done, in the half precision they were shipped in.

    What only training remembers (optimisers, how often codes are chosen) is not shipped: such stages cannot be resumed,
    but other runs start from them. Raises RunError where the run has begun or its data are scaled otherwise than those
    of the weights. upper: take the transformer that makes body parts as the run's.
    """
    transformer = weights.upper_transformer if upper else weights.transformer
    if transformer is None:
        raise RunError(f"{weights.title} has no transformer of its own for body parts. Leave --upper out.")
    stages = {
        "tokenizer": (weights.tokenizer.config, _tokenizer_in_training(weights)),
        "transformer": (transformer.config, transformer),
        "length": (weights.length.config, weights.length),
    }
    begun = [name for name in stages if run.stage(name).exists()]
    if begun:
        raise RunError(f"{run.folder} has a {begun[0]} already. Name a new --run folder to take weights up in.")
    _check_scale(run, weights)
    for name, (config, module) in stages.items():
        run.fix_settings(name, config, {"adopted": weights.title})
        torch.save({"task": module.state_dict(), "average": None}, run.stage(name) / CHECKPOINT)


def _tokenizer_in_training(weights: WeightsSet) -> TokenizerModel:
    model = TokenizerModel(weights.tokenizer.config)
    model.tokenizer.load_state_dict(weights.tokenizer.state_dict())
    for learner in model.learners.values():
        assert isinstance(learner, CodebookLearner)
        learner.go_on()
    return model


def _check_scale(run: Run, weights: WeightsSet) -> None:
    """The tokens of a run are made with its data's scale: with another one they would mean other motion."""
    ours, theirs = run.motion_set().normalization(), weights.normalization
    if not (np.allclose(ours.mean, theirs.mean, atol=1e-4) and np.allclose(ours.std, theirs.std, rtol=1e-3)):
        raise RunError(
            f"{weights.title} was trained on other motion than lies in {run.data}: its features are scaled otherwise. "
            "Name the data it was trained on."
        )
