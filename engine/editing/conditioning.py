"""What the network hears while it decodes: texts, each for its own tokens, and how loudly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from ..decoding.iterative import LogitsOf, shown
from ..decoding.sampling import SamplingOptions, guided
from ..models.text_encoder import TextFeatures
from ..models.transformer import MaskedTransformer
from ..planning.plan import TokenPlan

#: What the transformer was shown where training left the text out.
NO_TEXT: Final = ""

Listen = Callable[[Sequence[str]], TextFeatures]


def logits_of_plans(
    network: MaskedTransformer, listen: Listen, plans: Sequence[TokenPlan], sampling: SamplingOptions
) -> LogitsOf:
    """The network under the plans' texts.

    A sentence conditions a whole window, so a plan with several texts is looked at once under each, and every
    token's logits are taken from the pass of the text that speaks for it.
    """
    passes = max(len(plan.spans) for plan in plans)
    texts = [[plan.spans[min(number, len(plan.spans) - 1)].text for plan in plans] for number in range(passes)]
    heard = [_of_text(network, listen, said, sampling) for said in texts]
    if passes == 1:
        return heard[0]

    def blended(tokens: Tensor, lengths: Tensor, level: int) -> Tensor:
        speaker = _speakers(plans, tokens.shape[1]).to(tokens.device)
        out = heard[0](tokens, lengths, level)
        for number, of_text in enumerate(heard[1:], start=1):
            mine = (speaker == number).reshape(*speaker.shape, *[1] * (out.dim() - 2))
            out = torch.where(mine, of_text(tokens, lengths, level), out)
        return out

    return blended


def text_odds(network: MaskedTransformer, listen: Listen, plan: TokenPlan, part: int, device: torch.device) -> Tensor:
    """How much likelier the plan's first text makes what is known of a part than no text does, where the plan is open.

    Log odds [n] of the part's coarse codes in the n slots that hold open tokens, all of whose tokens the network is
    not shown. Below 0 the text tells of something else.
    """
    is_open = torch.from_numpy(~plan.known.all(axis=1))
    tokens, config = torch.from_numpy(plan.tokens), network.config
    hidden = is_open[:, None].expand(tokens.shape)
    row = shown(tokens, hidden, len(plan) + 1, config.specials).to(device)
    heard = _stacked([listen([plan.spans[0].text]), listen([NO_TEXT])])
    lengths = torch.tensor([len(plan)] * 2, device=device)
    logits = _logits(network, heard, row.expand(2, -1, -1), lengths, 0)[:, : len(plan), part].float().cpu()
    codes = tokens[is_open, part * config.levels]
    told, untold = logits.log_softmax(-1)[:, is_open].gather(-1, codes.expand(2, -1)[..., None])[..., 0]
    return told - untold


def _speakers(plans: Sequence[TokenPlan], slots: int) -> Tensor:
    """Index [B, slots] of the span that speaks for each slot; between spans the earlier one goes on."""
    speaker = torch.zeros(len(plans), slots, dtype=torch.int64)
    for row, plan in enumerate(plans):
        for number, span in enumerate(plan.spans[1:], start=1):
            speaker[row, span.start :] = number
    return speaker


def _of_text(network: MaskedTransformer, listen: Listen, texts: Sequence[str], sampling: SamplingOptions) -> LogitsOf:
    features = listen(texts)

    def with_text(tokens: Tensor, lengths: Tensor, level: int) -> Tensor:
        return _logits(network, features, tokens, lengths, level)

    if sampling.guidance == 1.0 or all(text == NO_TEXT for text in texts):
        return with_text

    heard = _stacked([features, listen([NO_TEXT] * len(texts))])

    def away_from_silence(tokens: Tensor, lengths: Tensor, level: int) -> Tensor:
        if level > 0:  # detail follows the coarse code far more than the text
            return with_text(tokens, lengths, level)
        # one pass over both is quicker than one after the other
        together = _logits(network, heard, tokens.repeat(2, 1, 1), lengths.repeat(2), level)
        spoken, silent = together.chunk(2)
        return guided(spoken, silent, sampling.guidance)

    return away_from_silence


def _stacked(parts: Sequence[TextFeatures]) -> TextFeatures:
    """Features of all `parts` as one batch, their words padded to one length."""
    longest = max(part.words.shape[1] for part in parts)
    missing = [longest - part.words.shape[1] for part in parts]
    return TextFeatures(
        torch.cat([part.sentence for part in parts]),
        torch.cat([F.pad(part.words, (0, 0, 0, more)) for part, more in zip(parts, missing, strict=True)]),
        torch.cat([F.pad(part.word_known, (0, more)) for part, more in zip(parts, missing, strict=True)]),
    )


def _logits(network: MaskedTransformer, features: TextFeatures, tokens: Tensor, lengths: Tensor, level: int) -> Tensor:
    out: Tensor = network(tokens, lengths, features.sentence, features.words, features.word_known, level)
    return out
