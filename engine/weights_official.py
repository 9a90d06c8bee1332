"""Entries of the official MMM checkpoints, under the names of our own modules.

Only names and sizes are known here; the checkpoints themselves are the user's (non-commercial
licence) and are never shipped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from torch import Tensor

from .models.config import TokenizerConfig, TransformerConfig

_TOKENIZER: Final = "vqvae."
_NESTED_TOKENIZER: Final = "trans_base.vqvae.vqvae."
#: The released networks all have heads of this width; the entries alone do not tell.
_HEAD_WIDTH: Final = 64

#: Official prefix -> ours; the first that fits decides.
_TRANSFORMER: Final = (
    ("trans_base.vqvae.vqvae.quantizer.codebook", "codebook"),
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


def tokenizer_entries(official: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Entries of Tokenizer from a tokenizer checkpoint or from the one nested in a transformer's."""
    nested = any(key.startswith(_NESTED_TOKENIZER) for key in official)
    prefix = _NESTED_TOKENIZER if nested else _TOKENIZER
    return {key[len(prefix) :]: value for key, value in official.items() if key.startswith(prefix)}


def transformer_entries(official: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Entries of MaskedTransformer; raises OfficialKeyError for a name it does not know."""
    entries: dict[str, Tensor] = {}
    for key, value in official.items():
        renamed = _renamed(key)
        if renamed is not None:
            entries[renamed] = value
        elif not key.startswith(_NESTED_TOKENIZER) and not _UNUSED.search(key):
            raise OfficialKeyError(f"{key!r} is no entry of an official MMM transformer.")
    return entries


def transformer_config(official: Mapping[str, Tensor]) -> TransformerConfig:
    """Sizes of an official transformer, read off its entries."""
    codes, code_width = official["trans_base.vqvae.vqvae.quantizer.codebook"].shape
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
    )


def tokenizer_config(official: Mapping[str, Tensor]) -> TokenizerConfig:
    """Sizes of an official tokenizer, read off its entries."""
    entries = tokenizer_entries(official)
    codes, code_width = entries["quantizer.codebook"].shape
    width, rows, _ = entries["encoder.model.0.weight"].shape
    return TokenizerConfig(rows=rows, width=width, codes=codes, code_width=code_width)


def _renamed(key: str) -> str | None:
    if _UNUSED.search(key):
        return None
    for prefix, ours in _TRANSFORMER:
        if key.startswith(prefix):
            return ours + key[len(prefix) :]
    return None


def _count(official: Mapping[str, Tensor], prefix: str) -> int:
    return len({key[len(prefix) :].split(".")[0] for key in official if key.startswith(prefix)})
