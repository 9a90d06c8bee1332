"""Edits of real motion: filling the middle half, and a new upper body over fixed legs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..features.representation import clip_from_rows, rows_from_clip
from ..motion.clip import MotionClip
from ..motion.kinematics import forward_kinematics
from ..motion.skeleton import FRAMES_PER_TOKEN, Joint
from ..pipeline import MotionPipeline
from ..protocol.requests import FillRequest, Gap, PartRequest
from ..training.dataset import MotionSet
from . import text_metrics as tm
from .baselines import NearestPiece, interpolated
from .motion_metrics import joint_error, kinetics, measure, seam_jump
from .prompts import Prompt, real_rows
from .scorer import Scorer

#: Shorter motion has no half worth filling.
_SHORTEST: Final = 16 * FRAMES_PER_TOKEN
LOWER: Final = (
    Joint.PELVIS, Joint.LEFT_HIP, Joint.RIGHT_HIP, Joint.LEFT_KNEE, Joint.RIGHT_KNEE,
    Joint.LEFT_ANKLE, Joint.RIGHT_ANKLE, Joint.LEFT_FOOT, Joint.RIGHT_FOOT,
)  # fmt: skip

Filler = Callable[[MotionClip, int, int, str, int], MotionClip]
Row = dict[str, float]


@dataclass(frozen=True)
class EditCase:
    """A real motion, what is said of it, and the gap [start, stop)."""

    prompt: Prompt
    clip: MotionClip
    start: int
    stop: int


def edit_cases(data: MotionSet, prompts: Sequence[Prompt], limit: int | None = None) -> list[EditCase]:
    """One case per motion that is long enough, with its first caption; `limit` of them, spread evenly."""
    once: dict[str, Prompt] = {}
    for prompt in prompts:
        if prompt.frames >= _SHORTEST:
            once.setdefault(prompt.motion, prompt)
    chosen = list(once.values())
    if limit is not None and limit < len(chosen):
        chosen = [chosen[i * len(chosen) // limit] for i in range(limit)]
    return [_case(data, prompt) for prompt in chosen]


def _case(data: MotionSet, prompt: Prompt) -> EditCase:
    quarter = prompt.frames // 4 // FRAMES_PER_TOKEN * FRAMES_PER_TOKEN
    return EditCase(prompt, clip_from_rows(real_rows(data, prompt)), quarter, prompt.frames - quarter)


def fillers(data: MotionSet, pipeline: MotionPipeline | None) -> dict[str, Filler]:
    """Ways to fill a gap by name; `ours` with and without text where a pipeline is given."""
    nearest = NearestPiece.of_training(data)
    ways: dict[str, Filler] = {
        "real": lambda clip, start, stop, text, seed: clip,
        "interpolated": lambda clip, start, stop, text, seed: interpolated(clip, start, stop),
        "nearest piece": lambda clip, start, stop, text, seed: nearest.pasted(clip, start, stop),
    }
    if pipeline is not None:
        ways["ours"] = _filled_by(pipeline, with_text=True)
        ways["ours, no text"] = _filled_by(pipeline, with_text=False)
    return ways


def _filled_by(pipeline: MotionPipeline, with_text: bool) -> Filler:
    def fill(clip: MotionClip, start: int, stop: int, text: str, seed: int) -> MotionClip:
        gap = Gap(start, stop, text if with_text else "")
        return pipeline.run(FillRequest(clip, (gap,), seed))[0].clip

    return fill


def fill_figures(
    cases: Sequence[EditCase], way: Filler, scorer: Scorer, data: MotionSet
) -> tuple[Row, list[MotionClip]]:
    """Figures of one way to fill all gaps, and the clips; everything but `fid` and `r3` of the gap alone."""
    made = [way(c.clip, c.start, c.stop, c.prompt.text, seed) for seed, c in enumerate(cases)]
    joints = [_joints(clip) for clip in made]
    truth = [_joints(case.clip) for case in cases]
    gaps = [motion[c.start : c.stop] for motion, c in zip(joints, cases, strict=True)]
    true_gaps = [motion[c.start : c.stop] for motion, c in zip(truth, cases, strict=True)]
    scale = kinetics(true_gaps).std(0)
    seams = [seam_jump(motion, at) for motion, c in zip(joints, cases, strict=True) for at in (c.start, c.stop)]
    animator = measure(gaps)
    row = {
        "joint_error_mm": joint_error(true_gaps, gaps),
        "fid_kinetic": tm.frechet_distance(kinetics(true_gaps) / scale, kinetics(gaps) / scale),
        "skate_ratio": animator.skate_ratio,
        "skate_mm": animator.skate_mm,
        "jerk": animator.jerk,
        "seam_jump_p95": float(np.percentile(seams, 95)),
        **_space(cases, made, scorer, data),
    }
    return row, made


def part_figures(
    cases: Sequence[EditCase], pipeline: MotionPipeline, scorer: Scorer, data: MotionSet
) -> tuple[Row, list[MotionClip]]:
    """A new upper body for every case by its own caption; how far legs and root moved (must be 0)."""
    made = [
        pipeline.run(PartRequest(c.clip, "upper", 0, len(c.clip), c.prompt.text, seed))[0].clip
        for seed, c in enumerate(cases)
    ]
    moved = max(lower_moved(case.clip, new) for new, case in zip(made, cases, strict=True))
    changed = joint_error([_joints(case.clip) for case in cases], [_joints(clip) for clip in made])
    animator = measure([_joints(clip) for clip in made])
    row = {"lower_moved": moved, "joint_change_mm": changed, "jerk": animator.jerk, **_space(cases, made, scorer, data)}
    return row, made


def lower_moved(before: MotionClip, after: MotionClip) -> float:
    """Largest change of a number of the root's place or a lower joint's rotation; 0: not a bit."""
    legs = list(LOWER)
    root = np.abs(after.root - before.root).max()
    return float(max(root, np.abs(after.rotations[:, legs] - before.rotations[:, legs]).max()))


def _space(cases: Sequence[EditCase], made: Sequence[MotionClip], scorer: Scorer, data: MotionSet) -> Row:
    """R-precision of the captions among whole clips, and FID against the real ones."""
    texts = scorer.texts([case.prompt.text for case in cases])
    made_rows = [rows_from_clip(clip).astype(np.float32) for clip in made]
    true_rows = [real_rows(data, case.prompt)[:-1] for case in cases]
    motions, real = scorer.motions(made_rows), scorer.motions(true_rows)
    names = [case.prompt.motion for case in cases]

    def once(random: np.random.Generator) -> dict[str, float]:
        parts = tm.pools(names, random)
        hits = [np.mean([tm.r_precision(texts[p], m[p]) for p in parts], axis=0)[2] for m in (motions, real)]
        return {"r3": float(hits[0]), "r3_real": float(hits[1])}

    figures = {name: value.mean for name, value in tm.repeat(once, 20, 0).items()}
    return {
        **figures,
        "fid": tm.frechet_distance(scorer.movements(true_rows).points, scorer.movements(made_rows).points),
    }


def _joints(clip: MotionClip) -> np.ndarray:
    return forward_kinematics(clip.root, clip.rotations)
