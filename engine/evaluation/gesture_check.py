"""How real gestures do in their probes once they are laid over other legs: as much as a network can learn from them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ..editing.part import on_pelvis
from ..features.body_parts import UPPER_JOINTS
from ..features.representation import clip_from_rows, rows_from_clip
from ..motion.clip import MotionClip
from ..motion.pieces import cut
from ..motion.skeleton import MAX_FRAMES, MODEL_FPS, Joint
from ..pipeline import MotionPipeline
from ..protocol.requests import GenerateRequest
from ..training.cmu import Caption
from ..training.dataset import MotionSet
from .job_probes import GAITS, GESTURES
from .probe_check import ProbeCheck, Retold, check_probes
from .probes import Probe, probe_named

#: Legs of the longest motion there is, so that every real gesture is shown to its end.
_SECONDS: Final = MAX_FRAMES / MODEL_FPS


@dataclass(frozen=True)
class GestureCheck:
    """One gesture as real people do it, over one gait."""

    gait: str
    check: ProbeCheck


def check_gestures(
    pipeline: MotionPipeline, data: MotionSet, gaits: Sequence[tuple[str, str]] = GAITS
) -> list[GestureCheck]:
    """Every gesture of the recordings, each laid as an edit would lay it over every gait's legs."""
    probes = [probe_named(name) for name in GESTURES]
    named = replace(data, motions=tuple(one for one in data.motions if _tells_of(one.captions, probes)))
    results = []
    for gait, text in gaits:
        legs = pipeline.generate([GenerateRequest(text, _SECONDS, 0)])[0].clip
        results += [GestureCheck(gait, check) for check in check_probes(named, retold=_over(legs), probes=probes)]
    return results


def laid_over(made: MotionClip, legs: MotionClip) -> MotionClip:
    """The upper body of `made` over root and legs of as many frames of `legs`, without the blend at an edit's ends."""
    under = cut(legs, 0, len(made))
    rotations = np.array(under.rotations)
    upper = list(UPPER_JOINTS)
    rotations[:, upper] = on_pelvis(cut(made, 0, len(under)), rotations[:, Joint.PELVIS]).rotations[:, upper]
    return MotionClip(under.root, rotations, under.contacts, under.fps)


def _over(legs: MotionClip) -> Retold:
    return lambda rows: rows_from_clip(laid_over(clip_from_rows(rows), legs))


def _tells_of(captions: Sequence[Caption], probes: Sequence[Probe]) -> bool:
    return any(re.search(probe.captions, caption.text.lower()) for caption in captions for probe in probes)
