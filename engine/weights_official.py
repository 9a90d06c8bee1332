"""Entries of the official MMM checkpoints, under the names of our own modules.

Only names and sizes are known here; the checkpoints themselves are the user's (non-commercial
licence) and are never shipped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor

from .features.body_parts import UPPER_HEIGHTS, WHOLE
from .features.normalization import Normalization
from .features.representation import HEIGHT
from .models.config import TokenizerConfig, TransformerConfig

_TOKENIZER: Final = "vqvae."
_NESTED: Final = "trans_base.vqvae.vqvae."
_PROJECTION: Final = "token_projection.weight"
_UPPER_MEAN, _UPPER_STD = "mean_upper", "std_upper"
#: The released networks all have heads of this width; the entries alone do not tell.
_HEAD_WIDTH: Final = 64

#: Official prefix -> ours; the first that fits decides.
_TRANSFORMER: Final = (
    ("trans_base.learn_tok_emb.", "special_vectors."),
    ("trans_base.to_emb.", "token_projection."),
    ("trans_base.cond_emb.", "sentence_projection."),
    ("trans_base.word_emb.", "word_projection."),
    ("trans_base.cross_att.", "cross_blocks."),
    ("trans_base.blocks.", "base_blocks."),
    ("trans_head.blocks.", "head_blocks."),
    ("trans_head.ln_f.", "final_norm."),
    ("trans_head.head.", "head."),
)
#: Stored but without use: a learned position table, causal masks, the fixed table we compute ourselves.
_UNUSED: Final = re.compile(r"pos_embedding\.|\.attn\.mask$|pos_embed\.embed$")


class OfficialKeyError(KeyError):
    """An entry that no official checkpoint has."""


def tokenizer_entries(official: Mapping[str, Tensor], normalization: Normalization | None = None) -> dict[str, Tensor]:
    """Entries of Tokenizer from a tokenizer checkpoint or from the one nested in a transformer's.

    An upper/lower pair counts upper heights from the pelvis in metres; so it needs the
    `normalization` (float32 [263]) its rows were made with.
    """
    nested = any(key.startswith(_NESTED) for key in official)
    own = {key[len(_NESTED) :]: value for key, value in official.items() if key.startswith(_NESTED)}
    if not nested:
        own = dict(official)
    if _UPPER_MEAN in own:
        return {**_pair_entries(own), **_height_entries(own, normalization)}
    own = {key.removeprefix(_TOKENIZER): value for key, value in own.items()}
    return {f"parts.{WHOLE.name}.{key}": _levelled(key, value) for key, value in own.items()}


def _pair_entries(own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    entries = {}
    for key, value in own.items():
        match = re.match(r"(encoder|decoder|quantizer)_(lower|upper)\.(.*)", key)
        if match:
            network, part, rest = match.groups()
            entries[f"parts.{part}.{network}.{rest}"] = _levelled(key, value)
    return entries


def _height_entries(own: Mapping[str, Tensor], normalization: Normalization | None) -> dict[str, Tensor]:
    if normalization is None:
        raise ValueError("An upper/lower tokenizer needs the normalisation its rows were made with.")
    mean, std = torch.from_numpy(normalization.mean), torch.from_numpy(normalization.std)
    upper_std = own[_UPPER_STD]
    return {
        "scale": std[UPPER_HEIGHTS] / upper_std,
        "lift": std[HEIGHT] / upper_std,
        "shift": (mean[UPPER_HEIGHTS] - mean[HEIGHT] - own[_UPPER_MEAN]) / upper_std,
    }


def _levelled(key: str, value: Tensor) -> Tensor:
    """Official codebooks have one level [codes, code_width]; ours say so."""
    return value[None] if key.endswith("codebook") else value


def transformer_entries(official: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Entries of MaskedTransformer; raises OfficialKeyError for a name it does not know."""
    entries: dict[str, Tensor] = {}
    for key, value in official.items():
        renamed = _renamed(key)
        if renamed is not None:
            entries[renamed] = value
        elif not key.startswith(_NESTED) and not _UNUSED.search(key):
            raise OfficialKeyError(f"{key!r} is no entry of an official MMM transformer.")
    books = {key: value for key, value in official.items() if key.startswith(_NESTED) and key.endswith("codebook")}
    entries["codebook"] = torch.stack([books[key] for key in sorted(books)])  # ..._lower before ..._upper
    if len(books) > 1:  # officially the upper code's vector stands before the lower one's
        upper, lower = entries[_PROJECTION].chunk(2, dim=1)
        entries[_PROJECTION] = torch.cat([lower, upper], dim=1)
    return entries


def transformer_config(official: Mapping[str, Tensor]) -> TransformerConfig:
    """Sizes of an official transformer, read off its entries."""
    books = [value for key, value in official.items() if key.startswith(_NESTED) and key.endswith("codebook")]
    codes, code_width = books[0].shape
    width, text_width = official["trans_base.word_emb.weight"].shape
    return TransformerConfig(
        codes=codes,
        code_width=code_width,
        width=width,
        heads=width // _HEAD_WIDTH,
        cross_blocks=_count(official, "trans_base.cross_att."),
        base_blocks=_count(official, "trans_base.blocks."),
        head_blocks=_count(official, "trans_head.blocks."),
        text_width=text_width,
        parts=len(books),
        given_parts=len(books) - 1,
    )


def tokenizer_config(official: Mapping[str, Tensor]) -> TokenizerConfig:
    """Sizes of an official tokenizer, read off its entries."""
    book = next(value for key, value in official.items() if key.endswith("codebook"))
    first = [value for key, value in official.items() if re.search(r"encoder\w*\.model\.0\.weight$", key)]
    codes, code_width = book.shape
    return TokenizerConfig(
        rows=sum(weight.shape[1] for weight in first),
        width=first[0].shape[0],
        codes=codes,
        code_width=code_width,
        split=len(first) > 1,
    )


def _renamed(key: str) -> str | None:
    if _UNUSED.search(key):
        return None
    for prefix, ours in _TRANSFORMER:
        if key.startswith(prefix):
            return ours + key[len(prefix) :]
    return None


def _count(official: Mapping[str, Tensor], prefix: str) -> int:
    return len({key[len(prefix) :].split(".")[0] for key in official if key.startswith(prefix)})
