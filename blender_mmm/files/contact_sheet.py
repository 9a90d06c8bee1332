"""A contact sheet: one picture from which an animator can judge a motion.

About ten poses from the right side and from the front over a floor with the world's grid, then the path
from above, the height of the pelvis and the speed. Left is blue, right is orange.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np

from . import palette
from .curves import draw_curves
from .ground_map import draw_ground_map
from .outcome import Outcome
from .pictures import get_font, get_pillow
from .recording import Recorder, Recording
from .stage import Track, spread
from .tile_layout import TileLayout, View, choose_pose_count, lay_rows
from .tile_paint import TilePicture, paint_tiles
from .whole_file import whole_file

WIDTH: Final = 1600  # pixels
_ROW_HEIGHT: Final = 420  # at most
_VIEWS: Final = (View.SIDE, View.FRONT)
_MARGIN: Final = 16
_HEADER: Final = 64
_TITLE: Final = 22  # over each row of poses
_LABELS: Final = 30  # under it
_FOOTER: Final = 300
_MAP_WIDTH: Final = 460
_ROUGH_POSES: Final = 6


def write(outcome: Outcome, path: Path) -> None:
    """The sheet of what was made."""
    caption = f"{outcome.text}   (seed {outcome.seed})"
    write_contact_sheet(outcome.obj, path, outcome.first_frame, outcome.last_frame, caption)


def check_ready() -> None:
    """Raise FileError if a package is missing."""
    get_pillow()


def write_contact_sheet(
    obj: bpy.types.Object, path: str | Path, first_frame: int, last_frame: int, caption: str
) -> None:
    """Write the sheet of the armature `obj` over first_frame..last_frame (scene frames, both shown) as .png.

    The scene is left as it was. Raises FileError with a sentence.
    """
    check_ready()
    recorder = Recorder(obj, first_frame, last_frame)
    recording = recorder.read(_choose_poses(recorder))
    track = recorder.read_track(recording.frames)
    extent = recording.to_extent(recording.centres)
    layout = lay_rows(extent, len(recording.frames), _VIEWS, WIDTH - 2 * _MARGIN, _ROW_HEIGHT)
    picture = TilePicture(recording.figures, recording.centres, track.positions[:, :2], layout, extent)
    sheet = _compose(paint_tiles(picture), _Sheet(layout, recording.frames, track), caption)
    with whole_file(Path(path)) as beside:
        sheet.save(beside, format="PNG")


def _choose_poses(recorder: Recorder) -> list[int]:
    """Frames to show: fewer and larger where the motion needs much room."""
    rough: Recording = recorder.read(spread(_ROUGH_POSES, recorder.first, recorder.last).tolist())
    count = choose_pose_count(rough.to_extent(rough.centres), WIDTH - 2 * _MARGIN)
    return [int(frame) for frame in spread(count, recorder.first, recorder.last)]


@dataclass(frozen=True)
class _Sheet:
    """What is written around the tiles."""

    layout: TileLayout
    frames: np.ndarray  # [P] scene frames of the poses
    track: Track

    @property
    def marks(self) -> np.ndarray:
        """Indices [P] of the poses in the track."""
        return np.searchsorted(self.track.frames, self.frames)


def _compose(tiles: Any, sheet: _Sheet, caption: str) -> Any:
    Image, ImageDraw, _ = get_pillow()
    row = sheet.layout.cell[1]
    block = _TITLE + row + _LABELS
    height = _HEADER + len(_VIEWS) * block + _FOOTER + 2 * _MARGIN
    paper = Image.new("RGB", (WIDTH, height), palette.PAPER)
    draw = ImageDraw.Draw(paper)
    _draw_header(draw, sheet.track, caption)
    for index, view in enumerate(_VIEWS):
        top = _HEADER + index * block + _TITLE
        paper.paste(tiles.crop((0, index * row, tiles.width, (index + 1) * row)), (_MARGIN, top))
        draw.text((_MARGIN, top - _TITLE + 4), view.value, fill=palette.FAINT_INK, font=get_font(15))
        _draw_labels(draw, sheet, top + row)
    _paste_footer(paper, sheet, height - _FOOTER - _MARGIN)
    return paper


def _draw_header(draw: Any, track: Track, caption: str) -> None:
    draw.text((_MARGIN, 10), _fitted(draw, caption, WIDTH - 2 * _MARGIN), fill=palette.INK, font=get_font(26))
    span = f"frames {track.frames[0]} to {track.frames[-1]}, {track.seconds[-1]:.2f} s, {track.distance:.2f} m of path"
    draw.text((_MARGIN, 42), span, fill=palette.FAINT_INK, font=get_font(15))
    place = WIDTH - _MARGIN
    for word, colour in (("right", palette.RIGHT), ("left", palette.LEFT)):
        draw.text((place, 42), f"{word} side", fill=colour, font=get_font(15), anchor="ra")
        place -= 80


def _fitted(draw: Any, text: str, width: int) -> str:
    """`text`, cut so that it fits."""
    if draw.textlength(text, font=get_font(26)) <= width:
        return text
    while text and draw.textlength(text + "...", font=get_font(26)) > width:
        text = text[:-1]
    return text.rstrip() + "..."


def _draw_labels(draw: Any, sheet: _Sheet, top: int) -> None:
    for number, (frame, mark) in enumerate(zip(sheet.frames, sheet.marks, strict=True), start=1):
        middle = _MARGIN + (number - 0.75) * sheet.layout.cell[0]
        draw.text((middle, top + 9), f"{number}", fill=palette.INK, font=get_font(15), anchor="rm")
        said = f"  f {frame}, {sheet.track.seconds[mark]:.2f} s"
        draw.text((middle, top + 9), said, fill=palette.FAINT_INK, font=get_font(14), anchor="lm")


def _paste_footer(paper: Any, sheet: _Sheet, top: int) -> None:
    place = draw_ground_map(sheet.track, sheet.marks, (_MAP_WIDTH, _FOOTER), font_size=14)
    paper.paste(place, (_MARGIN, top))
    left = _MAP_WIDTH + 2 * _MARGIN
    curves = draw_curves(sheet.track, sheet.marks, (WIDTH - left - _MARGIN, _FOOTER), font_size=14)
    paper.paste(curves, (left, top))
