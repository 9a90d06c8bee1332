"""A body part made new over legs and a root that keep their bits."""

from __future__ import annotations

import numpy as np

from ..features.body_parts import UPPER_JOINTS
from ..motion.clip import MotionClip
from ..motion.pieces import cut
from ..motion.seams import settle
from ..motion.skeleton import FRAMES_PER_TOKEN
from ..planning.body_part import PartRange, lay_part, plan_part
from ..planning.plan import Strip
from ..planning.windows import fill_windows
from ..protocol.events import Take
from ..protocol.requests import PartRequest, RequestError, take_seed
from .fill import read_piece
from .strips import Filled, fill_strips, per_frame, per_token
from .workbench import Workbench, generator_of


def regenerate_part(bench: Workbench, request: PartRequest) -> tuple[Take, ...]:
    """The request's takes; raises RequestError where the weights do not tell body parts apart."""
    if request.part not in bench.layout.parts:
        raise RequestError(
            f"These weights have one code for the whole body, so the {request.part} body cannot be made new alone; "
            "use weights with separate body parts."
        )
    laid = lay_part(request.start, request.stop, len(request.clip))
    windows = fill_windows(laid.before, laid.tokens, laid.after)
    bench.expect(len(windows))
    bench.guide_part()
    seeds = [take_seed(request.seed, number) for number in range(request.takes)]
    strip = _strip(bench, request, laid)
    filled = fill_strips(bench, [strip] * len(seeds), windows, [generator_of(seed) for seed in seeds])
    return tuple(_take(bench, request, laid, one, seed) for one, seed in zip(filled, seeds, strict=True))


def _strip(bench: Workbench, request: PartRequest, laid: PartRange) -> Strip:
    whole, left, right = (read_piece(bench, request.clip, piece) for piece in (laid.whole, laid.left, laid.right))
    return plan_part(laid, bench.layout, request.part, request.text, whole, left, right)


def _take(bench: Workbench, request: PartRequest, laid: PartRange, filled: Filled, seed: int) -> Take:
    source, start, stop = request.clip, request.start, request.stop
    left = cut(source, max(0, start - 2), start) if laid.left else None
    right = cut(source, stop, min(stop + 2, len(source))) if laid.right else None
    before = laid.before * FRAMES_PER_TOKEN
    first = before - (len(left) if left else 0)
    last = before + stop - start + (len(right) if right else 0)
    # Joints are met one by one, so what this does to root and legs changes nothing of the part.
    met = settle(cut(bench.to_clip(filled.tokens), first, last), left, right, request.blend)
    rotations = np.array(source.rotations)
    rotations[start:stop, list(UPPER_JOINTS)] = met.rotations[:, list(UPPER_JOINTS)]
    confidence = np.ones(len(source), np.float32)
    confidence[start:stop] = per_frame(filled.confidence)[before : before + stop - start]
    return Take(MotionClip(source.root, rotations, source.contacts, source.fps), per_token(confidence), seed)
