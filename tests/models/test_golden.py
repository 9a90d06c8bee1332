"""The official networks, rebuilt: same weights in, same numbers out."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.models.tokenizer import Tokenizer
from engine.models.transformer import MaskedTransformer, sinusoids
from engine.weights_official import (
    tokenizer_config,
    tokenizer_entries,
    transformer_config,
    transformer_entries,
)

_LINE = re.compile(r"(\S+), \(([\d, ]*)\), torch\.float32")


def _keyed_state(listing: Path) -> dict[str, torch.Tensor]:
    """Every entry of an official state dict, filled from the name's own random stream."""
    state = {}
    for line in listing.read_text().splitlines():
        match = _LINE.fullmatch(line.strip())
        assert match, line
        key, shape = match[1], tuple(int(n) for n in match[2].split(",") if n.strip())
        state[key] = torch.from_numpy(_keyed_values(key, shape))
    return state


def _keyed_values(key: str, shape: tuple[int, ...]) -> np.ndarray:
    if key.endswith("pos_embed.embed"):
        return sinusoids(shape[0], shape[2])[:, None].numpy()
    if key.endswith("attn.mask"):
        return np.tril(np.ones(shape, dtype=np.float32))
    values = np.random.RandomState(zlib.crc32(key.encode())).standard_normal(shape).astype(np.float32)
    if key.endswith("codebook"):
        return values
    if len(shape) >= 2:
        return values / np.float32(np.sqrt(np.prod(shape[1:])))
    return 1 + np.float32(0.05) * values if key.endswith("weight") else np.float32(0.05) * values


def _relative(ours: torch.Tensor, theirs: np.ndarray) -> float:
    return float(np.linalg.norm(ours.numpy() - theirs) / np.linalg.norm(theirs))


def test_tokenizer_matches_the_official_one(golden: Path) -> None:
    state = _keyed_state(golden / "state_dict" / "mmm_state_dict_vq.txt")
    tokenizer = Tokenizer(tokenizer_config(state)).eval()
    tokenizer.load_state_dict(tokenizer_entries(state))
    expected = np.load(golden / "vq.npz")
    rows = torch.from_numpy(expected["in_motion"])
    with torch.no_grad():
        assert _relative(tokenizer.latents(rows), expected["latent"]) <= 1e-4
        np.testing.assert_array_equal(tokenizer.encode(rows).numpy(), expected["ids"])
        assert _relative(tokenizer.decode(torch.from_numpy(expected["ids"])), expected["decoded"]) <= 1e-4
        assert _relative(tokenizer.decode(torch.from_numpy(expected["ids49"])), expected["decoded49"]) <= 1e-4


@pytest.fixture(scope="module")
def official_transformer(golden: Path) -> MaskedTransformer:
    state = _keyed_state(golden / "state_dict" / "mmm_state_dict_trans.txt")
    transformer = MaskedTransformer(transformer_config(state)).eval()
    transformer.load_state_dict(transformer_entries(state))
    return transformer


def test_transformer_matches_the_official_one(golden: Path, official_transformer: MaskedTransformer) -> None:
    expected = np.load(golden / "trans.npz")
    arguments = [torch.from_numpy(expected[k]) for k in ("tokens", "lengths", "clip_sentence", "clip_words")]
    with torch.no_grad():
        hidden = official_transformer.hidden(*arguments)
        logits = official_transformer.head(official_transformer.final_norm(hidden))
        forward = official_transformer(*arguments)
    assert _relative(logits[..., :64], expected["logits_first64"]) <= 1e-4
    assert _relative(logits.logsumexp(-1), expected["logits_logsumexp"]) <= 1e-4
    np.testing.assert_array_equal(logits.argmax(-1).numpy(), expected["logits_argmax"])
    torch.testing.assert_close(forward, logits[:, 1:])


def test_official_sizes_are_read_off_the_entries(golden: Path) -> None:
    one_block = _keyed_state(golden / "state_dict" / "mmm_state_dict_trans.txt")
    config = transformer_config(one_block)
    assert (config.cross_blocks, config.base_blocks, config.head_blocks) == (2, 7, 9)
    assert (config.width, config.heads, config.codes, config.code_width) == (1024, 16, 8192, 32)
