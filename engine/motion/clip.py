"""MotionClip: the one form in which motion crosses a border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .skeleton import CONTACT_JOINTS, JOINT_COUNT, MODEL_FPS


class ClipError(ValueError):
    """Arrays that do not make a motion; the message says which and what was expected."""


@dataclass(frozen=True)
class MotionClip:
    """Motion on the 22-joint skeleton: metres, y up, quaternions (w, x, y, z).

    A canonical clip starts with the pelvis over the origin, facing +z; +x is the character's left.
    """

    root: np.ndarray  # [T, 3] metres, position of the pelvis joint in the world
    rotations: np.ndarray  # [T, 22, 4] parent-relative (pelvis: world); rest pose = identity
    contacts: np.ndarray  # [T, 4] in 0..1: left ankle, left toe, right ankle, right toe on the floor
    fps: float = float(MODEL_FPS)

    def __post_init__(self) -> None:
        frames = len(self.root)
        expected = {
            "root": (frames, 3),
            "rotations": (frames, JOINT_COUNT, 4),
            "contacts": (frames, len(CONTACT_JOINTS)),
        }
        for name, shape in expected.items():
            array = getattr(self, name)
            if array.shape != shape:
                raise ClipError(f"{name} has shape {array.shape}; expected {shape}.")
            if not np.isfinite(array).all():
                raise ClipError(f"{name} holds values that are not numbers (NaN or infinite).")
        if frames == 0:
            raise ClipError("A motion needs at least one frame.")
        if not (np.isfinite(self.fps) and self.fps > 0):
            raise ClipError(f"The frame rate must be positive, not {self.fps}.")

    def __len__(self) -> int:
        return len(self.root)

    @property
    def seconds(self) -> float:
        """Length in seconds, counting every frame once."""
        return len(self) / self.fps
