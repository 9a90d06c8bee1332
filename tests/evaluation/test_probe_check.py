"""The probes are tried on real motion, and on what a step on the way makes of it."""

from __future__ import annotations

import numpy as np

from engine.evaluation.probe_check import ProbeCheck, check_probes
from engine.features.representation import rows_from_clip
from engine.motion.clip import MotionClip
from engine.motion.skeleton import JOINT_COUNT, REST_PELVIS_HEIGHT
from engine.training.cmu import Caption
from engine.training.dataset import Motion, MotionSet

FRAMES = 80


def walking(ahead: float) -> np.ndarray:
    """Rows of a stiff figure that glides ahead by so many metres a frame."""
    rotations = np.zeros((FRAMES + 1, JOINT_COUNT, 4))
    rotations[..., 0] = 1.0
    root = np.zeros((FRAMES + 1, 3))
    root[:, 1], root[:, 2] = REST_PELVIS_HEIGHT, ahead * np.arange(FRAMES + 1)
    return rows_from_clip(MotionClip(root, rotations, np.zeros((FRAMES + 1, 4)))).astype(np.float32)


def checked(retold=None) -> ProbeCheck:  # type: ignore[no-untyped-def]
    rows = np.concatenate([walking(0.05), walking(0.0)])
    walks = (Caption("a person walks forward", 0.0, 4.0),)
    data = MotionSet(rows, (Motion("a", "train", 0, FRAMES, walks), Motion("b", "train", FRAMES, 2 * FRAMES, ())))
    return next(one for one in check_probes(data, retold=retold) if one.probe.name == "walks forward")


def test_motion_so_captioned_passes_and_other_motion_does_not() -> None:
    check = checked()
    assert (check.named, check.named_pass) == (2, 1.0)  # itself and its mirror image
    assert (check.others, check.others_pass) == (2, 0.0)
    assert check.apart < 1e-6, "it is its own mirror image"


def test_what_a_step_takes_away_is_seen() -> None:
    assert checked(lambda rows: rows * np.where(np.arange(rows.shape[1]) == 2, 0.1, 1.0)).named_pass == 0.0
