"""The weights that are shipped fill a gap of a motion they made themselves."""

from __future__ import annotations

import numpy as np
import pytest

from engine.models.text_encoder import TextEncoderError
from engine.pipeline import MotionPipeline
from engine.protocol.requests import FillRequest, Gap, GenerateRequest
from engine.weights import WeightsError
from tests.editing.tiny import same_bits


def test_a_walk_goes_on_through_a_gap() -> None:
    try:
        pipeline = MotionPipeline.load(device="cpu")
        pipeline.text_encoder()
    except (WeightsError, TextEncoderError) as error:
        pytest.skip(f"needs the shipped weights and their text encoder: {error}")
    walk = pipeline.generate([GenerateRequest("a person walks forward", 4.0, 1)])[0].clip
    filled = pipeline.run(FillRequest(walk, (Gap(24, 56, "a person walks forward"),), 2))[0].clip
    assert same_bits(filled, walk, np.r_[0:24, 56:80])
    assert (np.abs(filled.root[:, 1] - walk.root[:, 1].mean()) < 0.15).all()
    assert np.linalg.norm(np.diff(filled.root, axis=0), axis=1).max() < 0.2  # m a frame: nobody runs 4 m/s
