"""A range made cyclic: its seam made anew, its turn taken out, its travel kept as offset or taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ..motion.calming import calmed
from ..motion.clip import MotionClip
from ..motion.kinematics import forward_kinematics
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

#: Seams tried for a take; the smoothest is taken. One seam in twelve has a jerk in it, and they are short to make.
_ATTEMPTS: Final = 4


def close_loop(bench: Workbench, request: LoopRequest) -> tuple[Take, ...]:
    """The request's takes."""
    layout = lay_loop(request.start, request.stop)
    left, right = (read_piece(bench, request.clip, piece) for piece in (layout.left, layout.right))
    span = TextSpan(request.text, 0, len(left) + layout.tokens + len(right))
    strip = strip_between(left, layout.tokens, right, (span,))
    seeds = [take_seed(request.seed, number) for number in range(request.takes)]
    windows = fill_windows(len(left), layout.tokens, len(right))
    chances = [generator_of(seed, attempt) for seed in seeds for attempt in range(_ATTEMPTS)]
    filled = fill_strips(bench, [strip] * len(chances), windows, chances)
    return tuple(
        _take(bench, request, layout, filled[_ATTEMPTS * number : _ATTEMPTS * (number + 1)], seed)
        for number, seed in enumerate(seeds)
    )


def _take(bench: Workbench, request: LoopRequest, layout: LoopLayout, attempts: Sequence[Filled], seed: int) -> Take:
    body = cut(request.clip, layout.start, layout.stop)
    start = layout.left.tokens * FRAMES_PER_TOKEN
    rounds = [_seam(body, calmed(bench.to_clip(one.tokens)), start, layout.seam) for one in attempts]
    best = min(range(len(rounds)), key=lambda number: _roughness(body, *rounds[number]))
    seam, turn = rounds[best]
    clip = _round_of(joined([body, seam]), turn, layout.behind, request.in_place)
    sure = np.ones(len(clip), np.float32)
    made = per_frame(attempts[best].confidence)[start : start + layout.seam]
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


def _roughness(body: MotionClip, seam: MotionClip, onward: Placement) -> float:
    """Largest change of a joint's velocity (m a frame a frame) where the seam leads from one round to the next."""
    edges = cut(body, len(body) - 2, len(body)), place(cut(body, 0, 2), onward)
    whole = joined([edges[0], seam, edges[1]])
    changes = np.diff(forward_kinematics(whole.root, whole.rotations), n=2, axis=0)
    return float(np.linalg.norm(changes, axis=-1).max())


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
