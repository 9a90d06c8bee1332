"""The captions a weights set is asked for when it is measured, each with the real motion it describes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..motion.skeleton import FRAMES_PER_TOKEN, MAX_FRAMES, MODEL_FPS
from ..training.dataset import MotionSet

#: The published protocol measures motion of two seconds and more.
MIN_FRAMES = 2 * MODEL_FPS


@dataclass(frozen=True)
class Prompt:
    """A caption and the rows [start, start + frames) of the set that it describes."""

    motion: str  # name of the motion
    text: str
    start: int
    frames: int  # whole tokens


def prompts_of(data: MotionSet, *splits: str) -> tuple[Prompt, ...]:
    """Every caption of the splits whose motion lasts two seconds or more, cut to what the model can hold."""
    found = []
    for motion in data.of_split(*splits):
        for caption in motion.captions:
            start = motion.start + int(caption.start * MODEL_FPS)
            stop = min(motion.stop, motion.start + round(caption.stop * MODEL_FPS))
            frames = min(MAX_FRAMES, (stop - start) // FRAMES_PER_TOKEN * FRAMES_PER_TOKEN)
            if frames >= MIN_FRAMES:
                found.append(Prompt(motion.name, caption.text.strip(), start, frames))
    return tuple(found)


def one_each(prompts: Sequence[Prompt]) -> list[Prompt]:
    """The first prompt of each motion."""
    return list({prompt.motion: prompt for prompt in reversed(prompts)}.values())


def real_rows(data: MotionSet, prompt: Prompt) -> np.ndarray:
    """Rows [frames, 263] float32 of the motion that was captioned."""
    return np.asarray(data.rows[prompt.start : prompt.start + prompt.frames])
