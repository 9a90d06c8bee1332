"""In-betweening: gaps of a clip filled so that every other frame keeps its bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch

from ..features.mirrored_text import leads_left, mirror_text
from ..motion.calming import calmed
from ..motion.clip import MotionClip
from ..motion.pieces import cut, held, mirrored, replaced
from ..motion.seams import settle
from ..motion.skeleton import FRAMES_PER_TOKEN
from ..planning.fill_ranges import GapLayout, Piece, lay_gap, merge_gaps
from ..planning.plan import Strip, TextSpan, strip_between
from ..planning.windows import Window, fill_windows
from ..protocol.events import Take
from ..protocol.requests import FillRequest, take_seed
from .strips import Filled, fill_strips, per_frame, per_token
from .workbench import Workbench, generator_of


@dataclass
class _Draft:
    """A take on its way."""

    clip: MotionClip
    confidence: np.ndarray  # [frames]
    seed: int
    generator: torch.Generator


def fill(bench: Workbench, request: FillRequest) -> tuple[Take, ...]:
    """The request's takes; gaps are filled in order of time, each knowing what fills the one before."""
    layouts = _layouts(request)
    bench.expect(sum(len(_windows(layout)) for layout in layouts))
    seeds = [take_seed(request.seed, number) for number in range(request.takes)]
    frames = len(request.clip)
    drafts = [_Draft(request.clip, np.ones(frames, np.float32), seed, generator_of(seed)) for seed in seeds]
    for layout in layouts:
        if leads_left(" ".join(text.text for text in layout.gap.texts)):
            _reflect(drafts)
            _fill_gap(bench, drafts, _mirrored(layout), request.blend)
            _reflect(drafts)
        else:
            _fill_gap(bench, drafts, layout, request.blend)
    return tuple(Take(draft.clip, per_token(draft.confidence), draft.seed) for draft in drafts)


def _reflect(drafts: Sequence[_Draft]) -> None:
    for draft in drafts:
        draft.clip = mirrored(draft.clip)


def _mirrored(layout: GapLayout) -> GapLayout:
    """The same gap under texts with left and right exchanged."""
    texts = tuple(replace(text, text=mirror_text(text.text)) for text in layout.gap.texts)
    return replace(layout, gap=replace(layout.gap, texts=texts))


def _fill_gap(bench: Workbench, drafts: Sequence[_Draft], layout: GapLayout, reach: int) -> None:
    strips = [_strip(bench, draft.clip, layout) for draft in drafts]
    filled = fill_strips(bench, strips, _windows(layout), [draft.generator for draft in drafts])
    for draft, one in zip(drafts, filled, strict=True):
        _settle_gap(bench, draft, layout, one, reach)


def _layouts(request: FillRequest) -> list[GapLayout]:
    gaps = merge_gaps([TextSpan(gap.text, gap.start, gap.stop) for gap in request.gaps])
    ends = [later.start for _, later in pairwise(gaps)] + [len(request.clip)]
    return [lay_gap(gap, end) for gap, end in zip(gaps, ends, strict=True)]


def _windows(layout: GapLayout) -> list[Window]:
    return fill_windows(_tokens(layout.left), layout.tokens, _tokens(layout.right))


def _tokens(piece: Piece | None) -> int:
    return 0 if piece is None else piece.tokens


def _strip(bench: Workbench, clip: MotionClip, layout: GapLayout) -> Strip:
    sides = [read_piece(bench, clip, piece) for piece in (layout.left, layout.right)]
    return strip_between(sides[0], layout.tokens, sides[1], layout.spans)


def read_piece(bench: Workbench, clip: MotionClip, piece: Piece | None) -> np.ndarray:
    """Token ids [N, C] of a piece of `clip`, which is all the encoder is shown."""
    if piece is None:
        return np.zeros((0, bench.layout.columns), dtype=np.int64)
    return bench.read_tokens(held(cut(clip, piece.start, piece.stop), piece.held_before, piece.held_after))


def _settle_gap(bench: Workbench, draft: _Draft, layout: GapLayout, filled: Filled, reach: int) -> None:
    gap, before = layout.gap, _tokens(layout.left) * FRAMES_PER_TOKEN
    left = cut(draft.clip, max(0, gap.start - 2), gap.start) if layout.left else None
    piece = layout.right
    right = cut(draft.clip, gap.stop, min(gap.stop + 2, piece.stop)) if piece else None
    length = gap.stop - gap.start
    first = before - (len(left) if left else 0)
    last = before + length + (len(right) if right else 0)
    raw = cut(calmed(bench.to_clip(filled.tokens)), first, last)
    draft.clip = replaced(draft.clip, gap.start, settle(raw, left, right, reach))
    draft.confidence[gap.start : gap.stop] = per_frame(filled.confidence)[before : before + length]
