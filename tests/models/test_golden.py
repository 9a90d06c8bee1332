"""The official networks, rebuilt: same weights in, same numbers out."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.features.body_parts import UPPER, UPPER_HEIGHTS
from engine.features.normalization import Normalization
from engine.features.representation import HEIGHT
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
        assert _relative(tokenizer.part("whole").latents(rows), expected["latent"]) <= 1e-4
        np.testing.assert_array_equal(tokenizer.encode(rows)[..., 0].numpy(), expected["ids"])
        assert _relative(tokenizer.decode(torch.from_numpy(expected["ids"])[..., None]), expected["decoded"]) <= 1e-4
        decoded = tokenizer.decode(torch.from_numpy(expected["ids49"])[..., None])
        assert _relative(decoded, expected["decoded49"]) <= 1e-4


@pytest.fixture(scope="module")
def official_transformer(golden: Path) -> MaskedTransformer:
    state = _keyed_state(golden / "state_dict" / "mmm_state_dict_trans.txt")
    transformer = MaskedTransformer(transformer_config(state)).eval()
    transformer.load_state_dict(transformer_entries(state))
    return transformer


def test_transformer_matches_the_official_one(golden: Path, official_transformer: MaskedTransformer) -> None:
    expected = np.load(golden / "trans.npz")
    arguments = [torch.from_numpy(expected[k]) for k in ("tokens", "lengths", "clip_sentence", "clip_words")]
    arguments[0] = arguments[0][..., None]
    with torch.no_grad():
        hidden = official_transformer.hidden(*arguments)
        logits = official_transformer.head(official_transformer.final_norm(hidden))
        forward = official_transformer(*arguments)
    assert _relative(logits[..., :64], expected["logits_first64"]) <= 1e-4
    assert _relative(logits.logsumexp(-1), expected["logits_logsumexp"]) <= 1e-4
    np.testing.assert_array_equal(logits.argmax(-1).numpy(), expected["logits_argmax"])
    torch.testing.assert_close(forward[:, :, 0], logits[:, 1:])


def test_official_sizes_are_read_off_the_entries(golden: Path) -> None:
    one_block = _keyed_state(golden / "state_dict" / "mmm_state_dict_trans.txt")
    config = transformer_config(one_block)
    assert (config.cross_blocks, config.base_blocks, config.head_blocks) == (2, 7, 9)
    assert (config.width, config.heads, config.codes, config.code_width) == (1024, 16, 8192, 32)


@pytest.fixture(scope="module")
def official_pair(golden: Path) -> dict[str, torch.Tensor]:
    """The upper/lower networks' entries; how heights are shifted is read off the reference's own shifted rows."""
    state = _keyed_state(golden / "state_dict" / "mmm_state_dict_trans_uplow_numlocal1.txt")
    rows = np.load(golden / "uplow_numlocal1.npz")
    stats = _stats(golden)
    raw = stats.denormalize(rows["in_motion"][0])
    above = raw[:, UPPER_HEIGHTS] - raw[:, HEIGHT]
    shifted = rows["shifted_down"][0][:, UPPER_HEIGHTS]
    lines = np.array([np.polyfit(shifted[:, k], above[:, k], 1) for k in range(len(UPPER_HEIGHTS))]).round(4)
    nested = "trans_base.vqvae.vqvae."
    state[nested + "std_upper"], state[nested + "mean_upper"] = torch.from_numpy(lines.T.astype(np.float32))
    return state


def _stats(golden: Path) -> Normalization:
    stats = json.loads((golden / "mmm_norm_stats.json").read_text())
    return Normalization(*(np.array(stats[key], dtype=np.float32) for key in ("mean", "std")))


def test_the_upper_lower_tokenizer_matches_the_official_one(
    golden: Path, official_pair: dict[str, torch.Tensor]
) -> None:
    tokenizer = Tokenizer(tokenizer_config(official_pair)).eval()
    tokenizer.load_state_dict(tokenizer_entries(official_pair, _stats(golden)))
    expected = np.load(golden / "uplow_numlocal1.npz")
    rows = torch.from_numpy(expected["in_motion"])
    codes = torch.from_numpy(expected["codes"]).flip(-1)  # the reference names the upper body first
    upper = tokenizer.split(rows)["upper"]
    assert _relative(upper, expected["shifted_down"][..., UPPER.columns]) <= 1e-5
    np.testing.assert_array_equal(tokenizer.encode(rows).numpy(), codes.numpy())
    assert _relative(tokenizer.decode(codes), expected["decoded"]) <= 1e-4


def test_the_upper_body_transformer_matches_the_official_one(
    golden: Path, official_pair: dict[str, torch.Tensor]
) -> None:
    transformer = MaskedTransformer(transformer_config(official_pair)).eval()
    transformer.load_state_dict(transformer_entries(official_pair))
    expected = np.load(golden / "uplow_numlocal1.npz")
    tokens = torch.from_numpy(np.stack([expected["lower_in"], expected["upper_in"]], axis=-1))
    motion = torch.from_numpy(expected["codes"]).shape[1]
    text = np.load(golden / "trans.npz")  # its first text
    sentence, words = (torch.from_numpy(text[key][:1]) for key in ("clip_sentence", "clip_words"))
    with torch.no_grad():
        logits = transformer(tokens, torch.tensor([motion]), sentence, words)[:, :, 0]
    assert _relative(logits[..., :64], expected["logits_first64"][:, 1:]) <= 1e-4
    np.testing.assert_array_equal(logits.argmax(-1).numpy(), expected["logits_argmax"][:, 1:])
