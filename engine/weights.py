"""A weights set on disk: find it, check its bytes, load it, write it.

weights/manifest.json names every file with size and sha256 and carries the sizes of the networks. Files are
safetensors in half precision; nothing is ever unpickled. The bytes that were hashed are the bytes that are loaded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from .decoding.sampling import SamplingOptions
from .features.normalization import Normalization
from .features.representation import RotationConvention
from .models.config import LengthConfig, TokenizerConfig, TransformerConfig
from .models.length import LengthPredictor
from .models.text_encoder import SOURCES, TextEncoderError, get_source
from .models.tokenizer import Tokenizer
from .models.transformer import MaskedTransformer

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
MAX_MANIFEST_BYTES: Final = 1 << 20
#: A network larger than this is written in several files: "transformer", "transformer.2" ...
MAX_FILE_BYTES: Final = 15_000_000
ROLES: Final = ("tokenizer", "transformer", "length")
#: A set may have a transformer of its own for body parts (MMM section 4.4).
UPPER_ROLE: Final = "upper_transformer"

_MEAN, _STD = "normalization.mean", "normalization.std"
#: The transformer reads motion through the tokenizer's own codebook: stored once, with the tokenizer.
_SHARED: Final = "codebook"
_MAX_SIZE: Final = 1 << 16

_Config = TypeVar("_Config", TokenizerConfig, TransformerConfig, LengthConfig, SamplingOptions)


class WeightsError(RuntimeError):
    """Weights that cannot be used: what is wrong, and in `advice` what to do about it."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice or "Get the weights again: install the add-on's zip anew, or name another folder."


@dataclass(frozen=True)
class WeightsSet:
    """The trained networks that belong together, and what must be known to use them."""

    name: str
    version: str
    license: str
    tokenizer: Tokenizer
    transformer: MaskedTransformer
    length: LengthPredictor
    normalization: Normalization
    text_encoder: str = "minilm"
    rotation_convention: RotationConvention = RotationConvention.TRUE
    sampling: SamplingOptions = field(default_factory=SamplingOptions)
    upper_transformer: MaskedTransformer | None = None  # of body parts; None: the transformer makes these, too

    @property
    def title(self) -> str:
        """Name and version as shown to the user."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class Manifest:
    """manifest.json, checked for form but not yet against the files."""

    folder: Path
    name: str
    version: str
    license: str
    files: Mapping[str, Mapping[str, Any]]  # role or role.N -> file, sha256, bytes
    config: Mapping[str, Any]
    text_encoder: str
    text_pins: Mapping[str, str]  # file name -> sha256
    rotation_convention: RotationConvention


def find_weights(folder: Path | None = None) -> Path:
    """`folder` if given, else the weights/ beside engine/; raises WeightsError if no manifest lies there."""
    home = folder if folder is not None else Path(__file__).resolve().parent.parent / "weights"
    if not (home / MANIFEST).is_file():
        raise WeightsError(
            f"There are no weights in {home}: the file {MANIFEST} is missing.",
            "Name the folder that holds manifest.json, or install the add-on's zip anew: it carries the weights.",
        )
    return home


def read_manifest(folder: Path) -> Manifest:
    """The manifest in `folder`; raises WeightsError where it is missing, broken or of another format."""
    path = find_weights(folder) / MANIFEST
    try:
        data = json.loads(_read_bytes(path, MAX_MANIFEST_BYTES))
        if data["format"] != FORMAT:
            raise WeightsError(
                f"The weights in {folder} have format {data['format']!r}; this version reads format {FORMAT}.",
                "Update the add-on, or use weights that came with it.",
            )
        encoder = str(data["config"]["text_encoder"])
        get_source(encoder)
        return Manifest(
            folder,
            str(data["name"]),
            str(data["version"]),
            str(data["license"]),
            {str(role): dict(entry) for role, entry in data["files"].items()},
            data["config"],
            encoder,
            dict(data["text_encoders"][encoder]["sha256"]),
            RotationConvention(data["features"]["rotation_convention"]),
        )
    except TextEncoderError as error:
        raise WeightsError(str(error), "Update the add-on, or use weights that came with it.") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WeightsError(f"The file {path} is damaged or no manifest of weights ({error!r}).") from error


def load_weights(folder: Path | None = None, device: str = "cpu") -> WeightsSet:
    """The set in `folder` (default: the one shipped), in float32 on `device`, ready to run.

    Raises WeightsError for files that are missing, truncated, changed, or do not fit their configuration.
    """
    manifest = read_manifest(find_weights(folder))
    has_upper = UPPER_ROLE in manifest.files or UPPER_ROLE in manifest.config
    tensors = {role: _read_tensors(manifest, role) for role in (*ROLES, *([UPPER_ROLE] if has_upper else []))}
    normalization = _pop_normalization(manifest, tensors["tokenizer"])
    tokenizer, transformer, length = _networks(manifest, tensors)
    upper = _transformer(manifest, UPPER_ROLE, tensors, tokenizer) if has_upper else None
    sampling = _to_config(SamplingOptions, manifest, "sampling")
    if sampling.steps == 0:
        raise WeightsError(f"The manifest in {manifest.folder} asks for 0 decoding steps.")
    for module in filter(None, (tokenizer, transformer, length, upper)):
        module.eval().requires_grad_(False).to(device)
    return WeightsSet(
        manifest.name,
        manifest.version,
        manifest.license,
        tokenizer,
        transformer,
        length,
        normalization,
        manifest.text_encoder,
        manifest.rotation_convention,
        sampling,
        upper,
    )


def save_weights(folder: Path, weights: WeightsSet) -> None:
    """Write `weights` as half-precision safetensors and, last, their manifest; replaces what was there.

    Raises WeightsError if a value is not finite in half precision.
    """
    folder.mkdir(parents=True, exist_ok=True)
    extras = {_MEAN: torch.from_numpy(weights.normalization.mean), _STD: torch.from_numpy(weights.normalization.std)}
    states: dict[str, dict[str, Tensor]] = {
        "tokenizer": {**_half("tokenizer", weights.tokenizer), **extras},
        "transformer": _without_codebook(_half("transformer", weights.transformer)),
        "length": _half("length", weights.length),
    }
    if weights.upper_transformer is not None:
        states[UPPER_ROLE] = _without_codebook(_half(UPPER_ROLE, weights.upper_transformer))
    files: dict[str, dict[str, Any]] = {}
    for role, state in states.items():
        for number, part in enumerate(_split(state), start=1):
            key = role if number == 1 else f"{role}.{number}"
            data = save_tensors(part)
            file = f"{key}.safetensors"
            write_whole(folder / file, data)
            files[key] = {"file": file, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    write_whole(folder / MANIFEST, (json.dumps(_manifest_of(weights, files), indent=2) + "\n").encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write all of `data` or leave what was at `path`: a neighbour `name~` first, then a rename."""
    beside = path.with_name(path.name + "~")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _manifest_of(weights: WeightsSet, files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    source = SOURCES[weights.text_encoder]
    upper = weights.upper_transformer
    return {
        "format": FORMAT,
        "name": weights.name,
        "version": weights.version,
        "license": weights.license,
        "files": files,
        "config": {
            "tokenizer": asdict(weights.tokenizer.config),
            "transformer": asdict(weights.transformer.config),
            "length": asdict(weights.length.config),
            **({} if upper is None else {UPPER_ROLE: asdict(upper.config)}),
            "sampling": asdict(weights.sampling),
            "text_encoder": weights.text_encoder,
        },
        "text_encoders": {weights.text_encoder: {"repository": source.repository, "sha256": dict(source.sha256)}},
        "features": {"rotation_convention": weights.rotation_convention.value},
    }


def _without_codebook(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key: value for key, value in state.items() if key != _SHARED}


def _half(role: str, module: nn.Module) -> dict[str, Tensor]:
    state = {key: value.detach().cpu().half().contiguous() for key, value in module.state_dict().items()}
    bad = [key for key, value in state.items() if not bool(torch.isfinite(value).all())]
    if bad:
        raise WeightsError(
            f"The {role}'s values {bad[0]} are not finite in half precision; these weights are not saved.",
            "Train from an earlier checkpoint with a lower rate.",
        )
    return state


def _split(state: dict[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    part: dict[str, Tensor] = {}
    size = 0
    for key, value in state.items():
        grown = size + value.numel() * value.element_size() + len(key) + 100  # the header's share
        if part and grown > MAX_FILE_BYTES:
            yield part
            part, grown = {}, grown - size
        part[key], size = value, grown
    yield part


def _read_bytes(path: Path, limit: int) -> bytes:
    try:
        if path.stat().st_size > limit:
            raise WeightsError(f"The file {path} is larger than its manifest allows ({limit} bytes).")
        return path.read_bytes()
    except OSError as error:
        raise WeightsError(f"The file {path} cannot be read: {error.strerror or error}.") from error


def _read_tensors(manifest: Manifest, role: str) -> dict[str, Tensor]:
    parts = [key for key in manifest.files if key == role or key.startswith(role + ".")]
    if not parts:
        raise WeightsError(f"The manifest in {manifest.folder} names no file for the {role}.")
    tensors: dict[str, Tensor] = {}
    for key in parts:
        path, data = _checked_bytes(manifest, key)
        try:
            tensors.update(load_tensors(data))
        except (SafetensorError, ValueError) as error:
            raise WeightsError(f"The file {path} is not a safetensors file ({error}).") from error
    return {key: value.float() for key, value in tensors.items()}


def _checked_bytes(manifest: Manifest, key: str) -> tuple[Path, bytes]:
    try:
        entry = manifest.files[key]
        name, digest, size = str(entry["file"]), str(entry["sha256"]), int(entry["bytes"])
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(f"The manifest in {manifest.folder} does not describe the file of the {key}.") from error
    if Path(name).name != name or not name.endswith(".safetensors"):
        raise WeightsError(f"The manifest in {manifest.folder} names {name!r}; only .safetensors beside it are read.")
    path = manifest.folder / name
    data = _read_bytes(path, size)
    if len(data) != size:
        raise WeightsError(f"The file {path} is cut off: it has {len(data)} of {size} bytes.")
    if hashlib.sha256(data).hexdigest() != digest:
        raise WeightsError(f"The file {path} is damaged: its sha256 is not the one in the manifest.")
    return path, data


def _transformer_config(manifest: Manifest, role: str) -> TransformerConfig:
    config = _to_config(TransformerConfig, manifest, role)
    if config.heads == 0 or config.width % config.heads:
        raise WeightsError(
            f"The manifest in {manifest.folder} splits {config.width} numbers among {config.heads} heads."
        )
    _check_text_width(manifest, config.text_width)
    return config


def _check_text_width(manifest: Manifest, width: int) -> None:
    if width != SOURCES[manifest.text_encoder].width:
        raise WeightsError(f"The networks in {manifest.folder} were not trained on {manifest.text_encoder}'s features.")


def _to_config(kind: type[_Config], manifest: Manifest, role: str) -> _Config:
    values: Any = manifest.config.get(role)
    known: dict[str, Any] = {item.name: item.default for item in fields(kind)}
    if not isinstance(values, dict) or not set(values) <= set(known):
        raise WeightsError(f"The manifest in {manifest.folder} describes the {role} in words this version cannot read.")
    for key, value in values.items():
        allowed = (int, float) if isinstance(known[key], float) else (type(known[key]),)
        if type(value) not in allowed or not 0 <= value <= _MAX_SIZE:
            raise WeightsError(f"The manifest in {manifest.folder} gives {value!r} as the {role}'s {key}.")
    try:
        return kind(**values)
    except ValueError as error:
        raise WeightsError(f"The manifest in {manifest.folder} describes a {role} that cannot be: {error}") from error


def _pop_normalization(manifest: Manifest, tensors: dict[str, Tensor]) -> Normalization:
    try:
        mean, std = (tensors.pop(key).numpy().astype(np.float32) for key in (_MEAN, _STD))
        return Normalization(mean, std)
    except (KeyError, ValueError) as error:
        raise WeightsError(f"The tokenizer in {manifest.folder} lacks a usable normalisation ({error}).") from error


def _networks(
    manifest: Manifest, tensors: Mapping[str, Mapping[str, Tensor]]
) -> tuple[Tokenizer, MaskedTransformer, LengthPredictor]:
    tokenizer = Tokenizer(_to_config(TokenizerConfig, manifest, "tokenizer"))
    _fill("tokenizer", tokenizer, tensors["tokenizer"])
    transformer = _transformer(manifest, "transformer", tensors, tokenizer)
    length = LengthPredictor(_to_config(LengthConfig, manifest, "length"))
    _check_text_width(manifest, length.config.text_width)
    _fill("length", length, tensors["length"])
    return tokenizer, transformer, length


def _transformer(
    manifest: Manifest, role: str, tensors: Mapping[str, Mapping[str, Tensor]], tokenizer: Tokenizer
) -> MaskedTransformer:
    transformer = MaskedTransformer(_transformer_config(manifest, role))
    _fill(role, transformer, {**tensors[role], _SHARED: tokenizer.codebooks})
    return transformer


def _fill(role: str, module: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    try:
        module.load_state_dict(tensors)
    except RuntimeError as error:
        lines = str(error).splitlines()
        raise WeightsError(
            f"The {role}'s file does not fit its configuration: {lines[-1].strip()}",
            "The manifest and the files come from different sets; get both from one place.",
        ) from error
