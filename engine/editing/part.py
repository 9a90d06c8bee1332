"""A body part made new over legs and a root that keep their bits.

Where the text may well tell of these very legs, the part is made to go with them: arms swing with the steps. Where it
tells of others (somebody throws, and here a figure stands), a network that has to heed the legs throws softly, as
people do whose legs do not help. There a whole body is made, legs of its own with it, and its part laid over the legs
that stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ..features.body_parts import UPPER_JOINTS
from ..motion.clip import MotionClip
from ..motion.pieces import cut
from ..motion.rotations import between, continuous, from_vector, inverse, multiply, normalize, rotate, to_vector
from ..motion.seams import settle
from ..motion.skeleton import FRAMES_PER_TOKEN, Joint
from ..planning.body_part import PartRange, lay_part, plan_part, with_whole_body
from ..planning.plan import Strip, TokenPlan
from ..planning.windows import fill_windows
from ..protocol.events import Take
from ..protocol.requests import PartRequest, RequestError, take_seed
from .fill import read_piece
from .strips import Filled, fill_strips, per_frame, per_token
from .workbench import Workbench, generator_of

#: Frames on both sides over which a new back is brought onto the pelvis that stays.
_SLOW_FRAMES: Final = 8
#: By so much (rad) the pelvis that stays may lean unlike the one a back was made on, and the back leans as it was made.
_LEANS: Final = np.radians(8.0)


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
    bench.make_parts()
    seeds = [take_seed(request.seed, number) for number in range(request.takes)]
    strip = _strip(bench, request, laid)
    if tells_of_others(bench, [strip.window(start, stop) for start, stop in windows], request.part):
        strip = with_whole_body(strip)
    else:
        bench.guide_part()
    generators = [generator_of(seed) for seed in seeds]
    # How sure the network is of legs that nobody will see is nobody's concern.
    filled = fill_strips(bench, [strip] * len(seeds), windows, generators, request.part)
    return tuple(_take(bench, request, laid, one, seed) for one, seed in zip(filled, seeds, strict=True))


def _strip(bench: Workbench, request: PartRequest, laid: PartRange) -> Strip:
    whole, left, right = (read_piece(bench, request.clip, piece) for piece in (laid.whole, laid.left, laid.right))
    return plan_part(laid, bench.layout, request.part, request.text, whole, left, right)


def tells_of_others(bench: Workbench, plans: Sequence[TokenPlan], part: str) -> bool:
    """Whether the plans' text makes the rest of the body, as it stays, less likely than no text does."""
    return any(bench.text_odds(plans, rest) < 0.0 for rest in bench.layout.parts if rest != part)


def _take(bench: Workbench, request: PartRequest, laid: PartRange, filled: Filled, seed: int) -> Take:
    source, start, stop = request.clip, request.start, request.stop
    left = cut(source, max(0, start - 2), start) if laid.left else None
    right = cut(source, stop, min(stop + 2, len(source))) if laid.right else None
    before = laid.before * FRAMES_PER_TOKEN
    first = before - (len(left) if left else 0)
    last = before + stop - start + (len(right) if right else 0)
    made = cut(bench.to_clip(filled.tokens), first, last)
    made = on_pelvis(made, source.rotations[start - (len(left) if left else 0) :][: len(made), Joint.PELVIS])
    # Joints are met one by one, so what this does to root and legs changes nothing of the part.
    met = settle(made, left, right, request.blend)
    rotations = np.array(source.rotations)
    rotations[start:stop, list(UPPER_JOINTS)] = met.rotations[:, list(UPPER_JOINTS)]
    confidence = np.ones(len(source), np.float32)
    confidence[start:stop] = per_frame(filled.confidence)[before : before + stop - start]
    return Take(MotionClip(source.root, rotations, source.contacts, source.fps), per_token(confidence), seed)


def on_pelvis(made: MotionClip, pelvis: np.ndarray) -> MotionClip:
    """`made` on another pelvis [T, 4], as many frames, which its back follows slowly only.

    Each pelvis sways a little by itself. A back made for the one would shake on the other. And where both lean a little
    differently, a back that followed would bow, or lean back, as nobody does who throws or waves.
    """
    apart = continuous(multiply(pelvis, inverse(made.rotations[:, Joint.PELVIS])))
    bell = np.hanning(2 * _SLOW_FRAMES + 3)[1:-1]
    padded = np.pad(apart, ((_SLOW_FRAMES, _SLOW_FRAMES), (0, 0)), mode="edge")
    slowly = normalize(np.stack([np.convolve(column, bell, mode="valid") for column in padded.T], axis=1))
    back = multiply(_less_tilted(slowly), multiply(made.rotations[:, Joint.PELVIS], made.rotations[:, Joint.SPINE1]))
    rotations = np.array(made.rotations)
    rotations[:, Joint.PELVIS], rotations[:, Joint.SPINE1] = pelvis, multiply(inverse(pelvis), back)
    return MotionClip(made.root, continuous(rotations), made.contacts, made.fps)


def _less_tilted(turns: np.ndarray) -> np.ndarray:
    """Rotations [T, 4] that tilt what is upright by up to _LEANS less, and turn it about the vertical as much."""
    up = np.array([0.0, 1.0, 0.0])
    tilt = between(np.broadcast_to(up, (len(turns), 3)), rotate(turns, up))
    vectors = to_vector(tilt)
    angles = np.linalg.norm(vectors, axis=1, keepdims=True)
    less = from_vector(vectors * np.maximum(angles - _LEANS, 0.0) / np.maximum(angles, 1e-9))
    return multiply(less, multiply(inverse(tilt), turns))
