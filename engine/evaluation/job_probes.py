"""Probes of edits: does a new upper body do what it is told over given legs, and each segment of a story its part?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..motion.clip import MotionClip
from ..motion.kinematics import forward_kinematics
from ..motion.pieces import cut
from ..motion.skeleton import MODEL_FPS, Joint
from ..pipeline import MotionPipeline
from ..protocol.requests import GenerateRequest, LoopRequest, PartRequest, Segment, StoryRequest
from .figure import Figure
from .measure_edits import lower_moved
from .motion_metrics import measure, seam_jump, still
from .probes import Probe, ProbeResult, judge, probe_named

#: Legs that gestures are laid over: name and sentence.
GAITS: Final = (
    ("walking", "a person walks forward"),
    ("running", "a person runs"),
    ("standing", "a person stands still"),
)
_GAIT_SECONDS: Final = 6.0
#: Frames at either end of a gait that keep their arms.
_KEPT: Final = MODEL_FPS // 2
GESTURES: Final = ("waves the right hand", "claps", "punches", "raises both arms", "throws")

#: A minute of everyday actions, each with a probe of its own.
STORY: Final = (
    "walks forward", "runs (top speed)", "jumps", "turns around", "picks up", "waves the right hand",
    "punches", "crouches", "stretches", "spins", "dances", "walks backwards",
)  # fmt: skip
_SEGMENT_SECONDS: Final = 5.0


@dataclass(frozen=True)
class GestureResult:
    """One gesture over one gait."""

    gait: str
    result: ProbeResult
    moved: float  # largest change of a root or leg number; must be 0


def gesture_results(
    pipeline: MotionPipeline, seeds: Sequence[int], gaits: Sequence[tuple[str, str]] = GAITS
) -> list[GestureResult]:
    """Every gesture over every gait, a motion for each of `seeds`; all but half a second at both ends is made new."""
    results = []
    for gait, text in gaits:
        clips = [motion.clip for motion in pipeline.generate([_gait(text, seed) for seed in seeds])]
        results += [_gesture(pipeline, gait, seeds, clips, probe_named(name)) for name in GESTURES]
    return results


def _gait(text: str, seed: int) -> GenerateRequest:
    return GenerateRequest(text, _GAIT_SECONDS, seed)


def _gesture(
    pipeline: MotionPipeline, gait: str, seeds: Sequence[int], clips: Sequence[MotionClip], probe: Probe
) -> GestureResult:
    made_new, moved = [], 0.0
    for seed, clip in zip(seeds, clips, strict=True):
        start, stop = _KEPT, len(clip) - _KEPT
        made = pipeline.run(PartRequest(clip, "upper", start, stop, probe.text, seed))[0].clip
        moved = max(moved, lower_moved(clip, made))
        made_new.append(cut(made, start, stop))
    return GestureResult(gait, judge(probe, made_new), moved)


@dataclass(frozen=True)
class StoryResult:
    """A told story: each segment by its own probe, and what the seams do."""

    clip: MotionClip
    marks: tuple[int, ...]
    values: tuple[float, ...]  # of each segment's probe
    seams: tuple[float, ...]  # largest change of a joint's velocity at each segment's border, m/s
    usual: float  # 95th percentile of the same over all other frames
    skate_ratio: float
    standing: float  # share of the frames within a second of a border in which nobody moves

    @property
    def passed(self) -> int:
        """Segments that do what they were told."""
        return sum(probe_named(name).passes(value) for name, value in zip(STORY, self.values, strict=True))


def story_result(pipeline: MotionPipeline, seed: int) -> StoryResult:
    """Twelve segments of five seconds told in one go."""
    segments = tuple(
        Segment(probe_named(name).text, _SEGMENT_SECONDS, seed + number) for number, name in enumerate(STORY)
    )
    take = pipeline.run(StoryRequest(segments, None, seed))[0]
    ends = (*take.marks[1:], len(take.clip))
    values = [
        probe_named(name).measure(Figure.of_clip(cut(take.clip, start, stop)))
        for name, start, stop in zip(STORY, take.marks, ends, strict=True)
    ]
    joints = forward_kinematics(take.clip.root, take.clip.rotations)
    near = [max(seam_jump(joints, at + k) for k in range(-5, 6)) for at in take.marks[1:]]
    elsewhere = [seam_jump(joints, at) for at in range(1, len(joints) - 1)]
    return StoryResult(
        take.clip,
        take.marks,
        tuple(values),
        tuple(near),
        float(np.percentile(elsewhere, 95)),
        measure([joints]).skate_ratio,
        _standing(joints, take.marks[1:]),
    )


def _standing(joints: np.ndarray, borders: Sequence[int]) -> float:
    beside = np.concatenate([np.arange(at - MODEL_FPS, at + MODEL_FPS) for at in borders])
    return float(still(joints)[beside].mean())


@dataclass(frozen=True)
class LoopResult:
    """A motion made cyclic, its second round laid behind the first."""

    closed: float  # largest difference of a bone's rotation (quaternion number) between last and first frame
    seam: float  # change of a joint's velocity where the rounds meet, m/s
    usual: float  # 95th percentile of the source's own


def loop_result(pipeline: MotionPipeline, text: str, seed: int) -> LoopResult:
    """A motion of `text` made cyclic in place."""
    source = pipeline.generate([_gait(text, seed)])[0].clip
    loop = pipeline.run(LoopRequest(source, 10, len(source) - 10, True, text, seed))[0].clip
    ends = np.abs(np.abs((loop.rotations[0] * loop.rotations[-1]).sum(-1)) - 1.0).max()
    joints = forward_kinematics(loop.root, loop.rotations)
    twice = np.concatenate([joints[:-1], joints])
    own = forward_kinematics(source.root, source.rotations)
    usual = np.percentile([seam_jump(own, at) for at in range(1, len(own) - 1)], 95)
    apart = float(np.abs(joints[-1] - joints[0])[Joint.PELVIS].max())
    return LoopResult(max(float(ends), apart), seam_jump(twice, len(joints) - 1), float(usual))
