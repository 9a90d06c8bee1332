"""Frames of a film: the posed armature from its front right over the floor it crosses, as pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from . import palette
from .outcome import Outcome
from .pictures import get_font, get_pillow
from .recording import Recorder
from .stage import Track, spread
from .tile_layout import Extent, View, lay_grid
from .tile_paint import TilePicture, paint_tiles

_CELL: Final = (400, 400)  # pixels; even, as films demand
_COLUMNS: Final = 4
_BATCH: Final = 16
_PROBES: Final = 24  # poses that decide how large the figure is drawn
_STILL: Final = 0.6  # metres: a body that stays within them is filmed by a camera that stands
_FOLLOW_SECONDS: Final = 1.0  # how far the camera's way is smoothed


def read_film_frames(outcome: Outcome, fastest: float) -> tuple[float, Iterator[Any]]:
    """Frames a second, at most `fastest`, and the Pillow pictures in order."""
    recorder = Recorder(outcome.obj, outcome.first_frame, outcome.last_frame)
    step = max(1, int(np.ceil(recorder.fps / fastest - 1e-6)))
    frames = np.arange(outcome.first_frame, outcome.last_frame + 1, step)
    return recorder.fps / step, _pictures(recorder, frames, outcome.text)


def _pictures(recorder: Recorder, frames: np.ndarray, caption: str) -> Iterator[Any]:
    track = recorder.read_track(frames)
    camera = _camera_way(track)
    extent = _to_extent(recorder, track, camera)
    for start in range(0, len(frames), _BATCH):
        batch = frames[start : start + _BATCH]
        places = camera[np.searchsorted(track.frames, batch)]
        layout = lay_grid(extent, len(batch), View.THREE_QUARTER, _CELL, _COLUMNS)
        figures = recorder.read(batch.tolist()).figures
        tiles = paint_tiles(TilePicture(figures, places, track.positions[:, :2], layout, extent))
        for number, frame in enumerate(batch):
            second = float(track.seconds[np.searchsorted(track.frames, frame)])
            yield _cut(tiles, number, f"{second:.2f} s   {caption}")


def _camera_way(track: Track) -> np.ndarray:
    """Floor points [N, 2] the camera looks at: one for a body that stays, a smooth way for one that travels."""
    floor = track.positions[:, :2]
    low, high = floor.min(axis=0), floor.max(axis=0)
    if (high - low).max() <= _STILL:
        return np.broadcast_to((low + high) / 2, floor.shape)
    near = np.abs(track.seconds[:, None] - track.seconds[None]) <= _FOLLOW_SECONDS / 2
    return (near @ floor) / near.sum(axis=1, keepdims=True)


def _to_extent(recorder: Recorder, track: Track, camera: np.ndarray) -> Extent:
    probes = spread(_PROBES, recorder.first, recorder.last)
    probes = track.frames[np.unique(np.searchsorted(track.frames, probes).clip(max=len(track.frames) - 1))]
    return recorder.read(probes.tolist()).to_extent(camera[np.searchsorted(track.frames, probes)])


def _cut(tiles: Any, number: int, caption: str) -> Any:
    """One frame out of the tiles, with its caption."""
    ImageDraw = get_pillow()[1]
    left, top = number % _COLUMNS * _CELL[0], number // _COLUMNS * _CELL[1]
    frame = tiles.crop((left, top, left + _CELL[0], top + _CELL[1]))
    shown = caption if len(caption) <= 60 else caption[:57] + "..."
    ImageDraw.Draw(frame).text((8, 6), shown, fill=palette.INK, font=get_font(14))
    return frame
