"""What an in-fill must beat: plain interpolation, and the best piece of real motion pasted in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..features.representation import POSITIONS, clip_from_rows, rows_from_clip
from ..motion import rotations as rot
from ..motion.clip import MotionClip
from ..training.dataset import MotionSet

#: Every so many rows of the training set a piece may start.
_STRIDE = 4


def interpolated(clip: MotionClip, start: int, stop: int) -> MotionClip:
    """`clip` with frames [start, stop) between their neighbours: root on a line, rotations by slerp."""
    share = (np.arange(start, stop) - (start - 1)) / (stop - start + 1)
    root, rotations = clip.root.copy(), clip.rotations.copy()
    root[start:stop] = (1 - share)[:, None] * clip.root[start - 1] + share[:, None] * clip.root[stop]
    before = np.broadcast_to(clip.rotations[start - 1], rotations[start:stop].shape)
    after = np.broadcast_to(clip.rotations[stop], before.shape)
    rotations[start:stop] = rot.slerp(before, after, np.broadcast_to(share[:, None], before.shape[:2]))
    return MotionClip(root, rotations, clip.contacts, clip.fps)


@dataclass(frozen=True)
class NearestPiece:
    """Finds the stretch of real motion whose ends stand most like the ends of a gap."""

    data: MotionSet
    starts: np.ndarray  # rows at which a piece may start
    stops: np.ndarray  # end of the motion that each of them lies in
    poses: np.ndarray  # float32 [rows / stride, 63] joints in the heading frame, of rows 0, stride ...

    @classmethod
    def of_training(cls, data: MotionSet) -> NearestPiece:
        """Pieces of the train split, never of what is measured."""
        motions = data.of_split("train")
        starts = [np.arange(-(-m.start // _STRIDE) * _STRIDE, m.stop, _STRIDE) for m in motions]
        stops = [np.full(len(s), m.stop) for s, m in zip(starts, motions, strict=True)]
        return cls(data, np.concatenate(starts), np.concatenate(stops), np.array(data.rows[::_STRIDE, POSITIONS]))

    def pasted(self, clip: MotionClip, start: int, stop: int) -> MotionClip:
        """`clip` with frames [start, stop) taken from that stretch, laid on where the gap begins."""
        ends = rows_from_clip(clip)[[start - 1, min(stop, len(clip) - 2)], POSITIONS].astype(np.float32)
        # A piece spans the frame before the gap, the gap, and the frame after it.
        span = stop - start + 1
        fits = self.starts + span < self.stops
        first = self.starts[fits] // _STRIDE
        last = first + round(span / _STRIDE)
        fits_rows = last < len(self.poses)
        first, last = first[fits_rows], last[fits_rows]
        away = [((self.poses - end) ** 2).sum(1) for end in ends]
        best = int(first[np.argmin(away[0][first] + away[1][last])]) * _STRIDE
        piece = clip_from_rows(np.asarray(self.data.rows[best : best + span]))
        return _laid_on(clip, piece, start, stop)


def _laid_on(clip: MotionClip, piece: MotionClip, start: int, stop: int) -> MotionClip:
    """Frames 1... of `piece` in place of [start, stop), turned and moved so that its frame 0 stands on start - 1."""
    turn = rot.about_y(rot.heading(clip.rotations[start - 1, 0]) - rot.heading(piece.rotations[0, 0]))
    path = rot.rotate(turn, piece.root - piece.root[0])
    count = stop - start
    root, rotations = clip.root.copy(), clip.rotations.copy()
    root[start:stop] = path[1 : count + 1] + clip.root[start - 1]
    root[start:stop, 1] = piece.root[1 : count + 1, 1]
    rotations[start:stop] = piece.rotations[1 : count + 1]
    rotations[start:stop, 0] = rot.multiply(turn, piece.rotations[1 : count + 1, 0])
    return MotionClip(root, rotations, clip.contacts, clip.fps)
