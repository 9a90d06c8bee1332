"""Weights sets: what is saved comes back, and nothing damaged is ever used."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine import weights as w
from engine.features.normalization import Normalization
from engine.features.representation import ROW_SIZE
from engine.models.config import LengthConfig, TokenizerConfig, TransformerConfig
from engine.models.length import LengthPredictor
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import MaskedTransformer

TOKENIZER = TokenizerConfig(width=8, codes=16, code_width=4, depth=1)
TRANSFORMER = TransformerConfig(
    codes=16, code_width=4, width=16, heads=2, cross_blocks=1, base_blocks=1, head_blocks=1, text_width=384
)


def small_set() -> w.WeightsSet:
    torch.manual_seed(0)
    tokenizer = Tokenizer(TOKENIZER)
    tokenizer.part("whole").quantizer.codebook.normal_()
    numbers = np.random.default_rng(0)
    normalization = Normalization(
        numbers.normal(size=ROW_SIZE).astype(np.float32), numbers.uniform(5e-4, 1, ROW_SIZE).astype(np.float32)
    )
    return w.WeightsSet(
        "small",
        "0.1",
        "CC0-1.0",
        tokenizer.eval(),
        MaskedTransformer(TRANSFORMER, tokenizer.codebooks).eval(),
        LengthPredictor(LengthConfig()).eval(),
        normalization,
    )


def with_upper() -> w.WeightsSet:
    shared = small_set()
    torch.manual_seed(1)
    own = MaskedTransformer(TRANSFORMER, shared.tokenizer.codebooks).eval()
    return dataclasses.replace(shared, upper_transformer=own)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    w.save_weights(tmp_path, small_set())
    return tmp_path


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / w.MANIFEST
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def test_a_saved_set_comes_back_to_half_precision(folder: Path) -> None:
    before, after = small_set(), w.load_weights(folder)
    for role in ("tokenizer", "transformer", "length"):
        old, new = getattr(before, role).state_dict(), getattr(after, role).state_dict()
        assert set(old) == set(new)
        for key in old:
            assert new[key].dtype == torch.float32
            torch.testing.assert_close(new[key], old[key], rtol=1e-3, atol=1e-6)
    assert (after.tokenizer.config, after.transformer.config) == (TOKENIZER, TRANSFORMER)
    assert after.title == "small 0.1"


def test_the_normalisation_is_not_rounded(folder: Path) -> None:
    before, after = small_set().normalization, w.load_weights(folder).normalization
    assert np.array_equal(before.mean, after.mean) and np.array_equal(before.std, after.std)


def test_the_transformer_reads_the_tokenizer_s_codebook(folder: Path) -> None:
    loaded = w.load_weights(folder)
    assert torch.equal(loaded.transformer.codebook, loaded.tokenizer.codebooks)


def test_a_transformer_for_the_upper_body_is_there_if_it_was_saved(folder: Path, tmp_path: Path) -> None:
    assert w.load_weights(folder).upper_transformer is None
    saved = with_upper()
    w.save_weights(tmp_path / "two", saved)
    loaded = w.load_weights(tmp_path / "two")
    assert saved.upper_transformer is not None and loaded.upper_transformer is not None
    head = saved.upper_transformer.head.weight
    assert torch.equal(loaded.upper_transformer.head.weight, head.detach().half().float())
    assert not torch.equal(loaded.upper_transformer.head.weight, loaded.transformer.head.weight)
    assert torch.equal(loaded.upper_transformer.codebook, loaded.tokenizer.codebooks)
    assert not loaded.upper_transformer.training


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["files"].pop("upper_transformer"),
        lambda m: m["config"].pop("upper_transformer"),
        lambda m: m["config"]["upper_transformer"].update(width=32),
        lambda m: m["config"]["upper_transformer"].update(heads=0),
        lambda m: m["config"]["upper_transformer"].update(text_width=7),
        lambda m: m["files"]["upper_transformer"].update(sha256="0" * 64),
    ],
)
def test_an_upper_body_s_transformer_is_checked_like_the_other(
    tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    w.save_weights(tmp_path, with_upper())
    edit(tmp_path, change)
    with pytest.raises(w.WeightsError) as caught:
        w.load_weights(tmp_path)
    assert caught.value.advice


def test_loaded_networks_neither_train_nor_drop_out(folder: Path) -> None:
    loaded = w.load_weights(folder)
    for module in (loaded.tokenizer, loaded.transformer, loaded.length):
        assert not module.training
        assert not any(parameter.requires_grad for parameter in module.parameters())


def test_saving_twice_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    names = sorted(path.name for path in folder.iterdir())
    first = {name: (folder / name).read_bytes() for name in names}
    w.save_weights(tmp_path, small_set())
    assert {name: (tmp_path / name).read_bytes() for name in names} == first
    assert not [name for name in names if name.endswith("~")]


def test_a_large_network_is_written_in_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(w, "MAX_FILE_BYTES", 12_000)
    w.save_weights(tmp_path, small_set())
    parts = sorted(tmp_path.glob("transformer*.safetensors"))
    assert len(parts) > 1
    loaded = w.load_weights(tmp_path).transformer.state_dict()
    assert torch.equal(loaded["head.weight"], small_set().transformer.state_dict()["head.weight"].half().float())


def test_values_that_half_precision_cannot_hold_are_not_saved(tmp_path: Path) -> None:
    broken = small_set()
    with torch.no_grad():
        broken.transformer.head.weight[0, 0] = 1e6
    with pytest.raises(w.WeightsError, match="finite"):
        w.save_weights(tmp_path, broken)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("role", w.ROLES)
def test_one_flipped_bit_is_found(folder: Path, role: str) -> None:
    path = folder / f"{role}.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(w.WeightsError, match="damaged") as caught:
        w.load_weights(folder)
    assert str(path) in str(caught.value) and caught.value.advice


def test_a_truncated_file_is_named_with_its_size(folder: Path) -> None:
    path = folder / "transformer.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(w.WeightsError, match="cut off: it has 100 of"):
        w.load_weights(folder)


def test_a_file_that_grew_is_not_read(folder: Path) -> None:
    path = folder / "length.safetensors"
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(w.WeightsError, match="larger"):
        w.load_weights(folder)


def test_a_missing_file_or_folder_is_a_sentence(folder: Path) -> None:
    (folder / "length.safetensors").unlink()
    with pytest.raises(w.WeightsError, match=r"length\.safetensors cannot be read"):
        w.load_weights(folder)
    with pytest.raises(w.WeightsError, match="no weights in"):
        w.load_weights(folder / "nowhere")


def test_bytes_that_are_no_safetensors_are_refused_even_with_the_right_hash(folder: Path) -> None:
    data = b"\x80\x04 a pickle would start like this"
    (folder / "length.safetensors").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    edit(folder, lambda m: m["files"]["length"].update(sha256=digest, bytes=len(data)))
    with pytest.raises(w.WeightsError, match="not a safetensors file"):
        w.load_weights(folder)


@pytest.mark.parametrize("change", [{"width": 32}, {"head_blocks": 2}, {"codes": 8}])
def test_files_that_do_not_fit_their_configuration_are_refused(folder: Path, change: dict[str, int]) -> None:
    edit(folder, lambda m: m["config"]["transformer"].update(change))
    with pytest.raises(w.WeightsError, match="does not fit"):
        w.load_weights(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.clear(),
        lambda m: m.update(format=2),
        lambda m: m.update(files=[]),
        lambda m: m["files"].pop("length"),
        lambda m: m["files"]["length"].pop("sha256"),
        lambda m: m["files"]["length"].update(file="../length.safetensors"),
        lambda m: m["files"]["length"].update(file="length.pth"),
        lambda m: m["config"].pop("transformer"),
        lambda m: m["config"]["transformer"].update(wings=2),
        lambda m: m["config"]["transformer"].update(width="wide"),
        lambda m: m["config"]["transformer"].update(width=10**9),
        lambda m: m["config"]["transformer"].update(width=-1),
        lambda m: m["config"]["transformer"].update(width=True),
        lambda m: m["config"]["transformer"].update(width=16.5),
        lambda m: m["config"]["transformer"].update(heads=3),
        lambda m: m["config"]["transformer"].update(heads=0),
        lambda m: m["config"]["tokenizer"].update(downs=3),
        lambda m: m["config"]["tokenizer"].update(rows=7),
        lambda m: m["config"].update(text_encoder="unknown"),
        lambda m: m["features"].update(rotation_convention="guessed"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    edit(folder, change)
    with pytest.raises(w.WeightsError) as caught:
        w.load_weights(folder)
    assert caught.value.advice


@pytest.mark.parametrize("data", [b"", b"\xff\xff", b"[]", b"{" * 5000])
def test_a_manifest_that_is_no_json_is_refused(folder: Path, data: bytes) -> None:
    (folder / w.MANIFEST).write_bytes(data)
    with pytest.raises(w.WeightsError, match=r"manifest\.json"):
        w.load_weights(folder)


def test_write_whole_leaves_the_old_file_when_it_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.mkdir()  # a folder in the way: the rename fails after the bytes were written
    with pytest.raises(OSError):
        w.write_whole(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_the_manifest_pins_the_text_encoder_s_bytes(folder: Path) -> None:
    pins = w.read_manifest(folder).text_pins
    assert pins["model.safetensors"] == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
