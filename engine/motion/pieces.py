"""Clips cut, put one after the other, held, carried on and mirrored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .clip import MotionClip
from .kinematics import mirror
from .rotations import continuous, inverse, multiply, normalize


def cut(clip: MotionClip, start: int, stop: int) -> MotionClip:
    """Frames [start, stop) of `clip`, where they are."""
    return MotionClip(clip.root[start:stop], clip.rotations[start:stop], clip.contacts[start:stop], clip.fps)


def joined(clips: Sequence[MotionClip]) -> MotionClip:
    """Clips of one frame rate one after the other, where they are."""
    root, rotations, contacts = (
        np.concatenate([getattr(clip, name) for clip in clips]) for name in ("root", "rotations", "contacts")
    )
    return MotionClip(root, rotations, contacts, clips[0].fps)


def replaced(clip: MotionClip, start: int, piece: MotionClip) -> MotionClip:
    """`clip` with `piece` in place of the frames from `start` on; every other frame keeps its bits."""
    arrays = []
    for name in ("root", "rotations", "contacts"):
        whole = np.array(getattr(clip, name))
        whole[start : start + len(piece)] = getattr(piece, name)
        arrays.append(whole)
    return MotionClip(arrays[0], arrays[1], arrays[2], clip.fps)


def held(clip: MotionClip, before: int = 0, after: int = 0) -> MotionClip:
    """`clip` with its first pose held for `before` frames ahead of it and its last for `after` frames behind."""
    order = np.clip(np.arange(-before, len(clip) + after), 0, len(clip) - 1)
    return MotionClip(clip.root[order], clip.rotations[order], clip.contacts[order], clip.fps)


def carried_on(clip: MotionClip) -> MotionClip:
    """`clip` and one frame more, which moves on as the last two did (one frame alone stands still)."""
    if len(clip) == 1:
        return held(clip, after=1)
    root = 2 * clip.root[-1:] - clip.root[-2:-1]
    step = multiply(clip.rotations[-1:], inverse(clip.rotations[-2:-1]))
    rotations = normalize(multiply(step, clip.rotations[-1:]))
    return joined([clip, MotionClip(root, rotations, clip.contacts[-1:], clip.fps)])


def mirrored(clip: MotionClip) -> MotionClip:
    """`clip` reflected in the plane x = 0; reflected again it has all of its bits."""
    half = clip.contacts.shape[1] // 2  # left, then right
    contacts = np.roll(clip.contacts, half, axis=1)
    return MotionClip(*mirror(clip.root, clip.rotations), contacts, clip.fps)


def following(clip: MotionClip, earlier: np.ndarray) -> MotionClip:
    """`clip` with signs of its quaternions chosen to follow `earlier` [22, 4] without a flip."""
    signed = continuous(np.concatenate([earlier[None], clip.rotations]))[1:]
    return MotionClip(clip.root, signed, clip.contacts, clip.fps)
