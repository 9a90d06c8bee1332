"""A range made cyclic: its seam made anew, its turn taken out, its travel kept as offset or taken out."""

from __future__ import annotations

import numpy as np

from ..motion.clip import MotionClip
from ..motion.pieces import cut, joined
from ..motion.placing import Placement, place, placement_onto
from ..motion.seams import settle, turned
from ..motion.skeleton import FRAMES_PER_TOKEN
from ..planning.loop import LoopLayout, lay_loop
from ..planning.plan import TextSpan, strip_between
from ..planning.windows import fill_windows
from ..protocol.events import Take
from ..protocol.requests import LoopRequest, take_seed
from .fill import read_piece
from .strips import Filled, fill_strips, per_frame, per_token
from .workbench import Workbench, generator_of


def close_loop(bench: Workbench, request: LoopRequest) -> tuple[Take, ...]:
    """The request's takes."""
    layout = lay_loop(request.start, request.stop)
    left, right = (read_piece(bench, request.clip, piece) for piece in (layout.left, layout.right))
    span = TextSpan(request.text, 0, len(left) + layout.tokens + len(right))
    strip = strip_between(left, layout.tokens, right, (span,))
    seeds = [take_seed(request.seed, number) for number in range(request.takes)]
    windows = fill_windows(len(left), layout.tokens, len(right))
    filled = fill_strips(bench, [strip] * len(seeds), windows, [generator_of(seed) for seed in seeds])
    return tuple(_take(bench, request, layout, one, seed) for one, seed in zip(filled, seeds, strict=True))


def _take(bench: Workbench, request: LoopRequest, layout: LoopLayout, filled: Filled, seed: int) -> Take:
    body = cut(request.clip, layout.start, layout.stop)
    start = layout.left.tokens * FRAMES_PER_TOKEN
    seam, turn = _seam(body, bench.to_clip(filled.tokens), start, layout.seam)
    clip = _round_of(joined([body, seam]), turn, layout.behind, request.in_place)
    sure = np.ones(len(clip), np.float32)
    made = per_frame(filled.confidence)[start : start + layout.seam]
    sure[: layout.behind], sure[-1 - layout.ahead : -1] = made[layout.ahead :], made[: layout.ahead]
    sure[-1] = sure[0]
    return Take(clip, per_token(sure), seed)


def _seam(body: MotionClip, raw: MotionClip, start: int, frames: int) -> tuple[MotionClip, Placement]:
    """What leads from the body's end to its beginning, `frames` long, and where that next round stands."""
    raw = place(raw, placement_onto(raw, start - 1, body, len(body) - 1))
    stop = start + frames
    onward = placement_onto(body, 0, raw, stop)
    sides = cut(body, len(body) - 2, len(body)), place(cut(body, 0, 2), onward)
    return settle(cut(raw, start - 2, stop + 2), *sides, frames // 2), onward


def _round_of(cycle: MotionClip, onward: Placement, behind: int, in_place: bool) -> MotionClip:
    """One round and the first frame of the next, beginning `behind` frames before `cycle` does.

    A round that turned would go on in another direction each time, which no cycle offset can express: the turn
    is taken out evenly, all along.
    """
    count = len(cycle)
    share = np.arange(count + 1) / count
    next_start = place(cut(cycle, 0, 1), onward)
    straight = turned(joined([cycle, next_start]), -onward.turn * share)
    travel = straight.root[-1] - straight.root[0]
    travel[1] = 0.0
    order = np.arange(-behind, count - behind + 1)
    rounds, frames = np.divmod(order, count)
    root = straight.root[frames] + rounds[:, None] * travel
    if in_place:
        root = root - (order / count)[:, None] * travel
    rotations = straight.rotations[frames]
    return MotionClip(root, rotations, straight.contacts[frames], cycle.fps)
