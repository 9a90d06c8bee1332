"""The text-conditioned masked transformer: which code stands at each masked slot.

A slot is a moment; in it stands a token for each body part, and a token may have residual codes of
rising fineness. The codes known so far are summed within a part and the parts laid side by side.
Tokens first look at the words (cross-attention), then a sentence token joins in front and all look
at each other. The fixed position table is added twice, once before and once after the sentence
token joins, as in the official networks. Source: MMM section 3.2.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from .config import SPECIAL_COUNT, TransformerConfig


class Attention(nn.Module):
    """Multi-head attention with separate query, key, value and output projections."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        width = config.width
        self.heads, self.dropout = config.heads, config.dropout
        self.weights_dropout = config.dropout if config.attention_dropout else 0.0
        self.key = nn.Linear(width, width)
        self.query = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor, context: Tensor, visible: Tensor | None) -> Tensor:
        """x [B, T, width] looks at context [B, S, width] where visible [B, S] (None: everywhere)."""
        q, k, v = self._split(self.query(x)), self._split(self.key(context)), self._split(self.value(context))
        mask = None if visible is None else visible[:, None, None, :]
        dropout = self.weights_dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=dropout)
        out: Tensor = self.proj(y.transpose(1, 2).flatten(2))
        return F.dropout(out, self.dropout, self.training)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)


def _feed_forward(width: int, times: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(width, times * width), nn.GELU(), nn.Linear(times * width, width), nn.Dropout(dropout)
    )


class SelfBlock(nn.Module):
    """Pre-norm block: tokens look at tokens."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.ln1 = nn.LayerNorm(config.width)
        self.ln2 = nn.LayerNorm(config.width)
        self.attn = Attention(config)
        self.mlp = _feed_forward(config.width, config.feed_forward, config.dropout)

    def forward(self, x: Tensor, visible: Tensor) -> Tensor:
        """[B, T, width] -> [B, T, width]; keys are read where visible [B, T]."""
        h = self.ln1(x)
        x = x + self.attn(h, h, visible)
        out: Tensor = x + self.mlp(self.ln2(x))
        return out


class CrossBlock(nn.Module):
    """Pre-norm block: tokens look at words."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.ln1 = nn.LayerNorm(config.width)
        self.ln2 = nn.LayerNorm(config.width)
        self.ln3 = nn.LayerNorm(config.width)
        self.attn = Attention(config)
        self.mlp = _feed_forward(config.width, config.feed_forward, config.dropout)

    def forward(self, x: Tensor, words: Tensor, known: Tensor | None) -> Tensor:
        """[B, T, width] looks at words [B, W, width] where known [B, W]."""
        x = x + self.attn(self.ln1(x), self.ln3(words), known)
        out: Tensor = x + self.mlp(self.ln2(x))
        return out


class MaskedTransformer(nn.Module):
    """Logits over the codes for every token of every slot."""

    positions: Tensor
    codebook: Tensor

    def __init__(self, config: TransformerConfig, codebook: Tensor | None = None) -> None:
        """codebook [columns, codes, code_width]: the tokenizer's, frozen; zeros until loaded if None."""
        super().__init__()
        self.config = config
        width, size = config.width, (config.columns, config.codes, config.code_width)
        self.register_buffer("codebook", torch.zeros(size) if codebook is None else codebook.detach().clone())
        self.special_vectors = nn.Embedding(SPECIAL_COUNT, config.code_width)
        if config.levels > 1:  # what stands for a finer code that is not known yet
            self.unknown_detail = nn.Embedding(config.levels - 1, config.code_width)
        self.token_projection = nn.Linear(config.parts * config.code_width, width)
        self.sentence_projection = nn.Linear(config.text_width, width)
        self.word_projection = nn.Linear(config.text_width, width)
        self.register_buffer("positions", sinusoids(config.slots + 1, width), persistent=False)
        self.cross_blocks = nn.ModuleList(CrossBlock(config) for _ in range(config.cross_blocks))
        self.base_blocks = nn.ModuleList(SelfBlock(config) for _ in range(config.base_blocks))
        self.head_blocks = nn.ModuleList(SelfBlock(config) for _ in range(config.head_blocks))
        self.final_norm = nn.LayerNorm(width)
        self.open_parts = config.parts - config.given_parts
        self.head = nn.Linear(width, self.open_parts * config.levels * config.codes, bias=False)

    def forward(
        self,
        tokens: Tensor,
        lengths: Tensor,
        sentence: Tensor,
        words: Tensor,
        word_known: Tensor | None = None,
        level: int = 0,
    ) -> Tensor:
        """Logits [B, N, parts, codes] of one level for tokens [B, N, columns] (N <= slots), lengths [B] motion.

        Parts that are always given have none.
        sentence [B, text_width], words [B, W, text_width], word_known [B, W] bool (None: all).
        """
        hidden = self.final_norm(self.hidden(tokens, lengths, sentence, words, word_known)[:, 1:])
        heads = self.head.weight.unflatten(0, (self.open_parts, self.config.levels, self.config.codes))[:, level]
        return F.linear(hidden, heads.flatten(0, 1)).unflatten(-1, (self.open_parts, self.config.codes))

    def hidden(
        self, tokens: Tensor, lengths: Tensor, sentence: Tensor, words: Tensor, word_known: Tensor | None = None
    ) -> Tensor:
        """The last block's output [B, 1 + N, width], the sentence slot first; arguments as forward."""
        x = self._base(tokens, lengths, sentence, words, word_known)
        visible = self._visible(tokens, lengths)
        for block in self.head_blocks:
            x = block(x, visible)
        return x

    def _base(
        self, tokens: Tensor, lengths: Tensor, sentence: Tensor, words: Tensor, word_known: Tensor | None
    ) -> Tensor:
        x = self.token_projection(self._vectors(tokens))
        x = x + self.positions[: tokens.shape[1]]
        seen = self.word_projection(words)
        known = word_known if self.config.hides_padding_words else None
        for block in self.cross_blocks:
            x = block(x, seen, known)
        x = torch.cat([self.sentence_projection(sentence)[:, None], x], dim=1)
        x = x + self.positions[: x.shape[1]]
        visible = self._visible(tokens, lengths)
        for block in self.base_blocks:
            x = block(x, visible)
        return x

    def _vectors(self, tokens: Tensor) -> Tensor:
        """[B, N, columns] -> [B, N, parts * code_width]: known codes of a part summed, parts side by side."""
        levels = self.config.levels
        vectors = [F.embedding(tokens[..., c], self._table(c)) for c in range(self.config.columns)]
        parts = [torch.stack(vectors[start : start + levels]).sum(0) for start in range(0, len(vectors), levels)]
        return torch.cat(parts, dim=-1)

    def _table(self, column: int) -> Tensor:
        """Vectors of a column's codes and special tokens [codes + 3, code_width]."""
        level = column % self.config.levels
        if level == 0:
            return torch.cat([self.codebook[column], self.special_vectors.weight])
        nothing = self.special_vectors.weight.new_zeros(SPECIAL_COUNT - 1, self.config.code_width)
        return torch.cat([self.codebook[column], nothing, self.unknown_detail.weight[level - 1 : level]])

    def _visible(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        """Keys that count: sentence, motion, end; not the padding. [B, 1 + N] bool."""
        slots = torch.arange(tokens.shape[1] + 1, device=tokens.device)
        return slots[None, :] < lengths[:, None] + 2


def sinusoids(count: int, width: int) -> Tensor:
    """Fixed position table [count, width]: sines in even columns, cosines in odd ones."""
    position = torch.arange(count, dtype=torch.float32)[:, None]
    frequency = torch.exp(torch.arange(0, width, 2, dtype=torch.float32) * (-math.log(10000.0) / width))
    table = torch.zeros(count, width)
    table[:, 0::2] = torch.sin(position * frequency)
    table[:, 1::2] = torch.cos(position * frequency)
    return table
