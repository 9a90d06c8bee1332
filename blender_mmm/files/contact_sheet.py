"""A contact sheet: one picture from which an animator can judge a motion.

About ten poses from the right side and from the front over a floor with the world's grid, then the path
from above, the height of the pelvis and the speed. Left is blue, right is orange.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

import bpy

from . import palette
from .curves import draw_curves
from .ground_map import draw_ground_map
from .pictures import get_font, get_pillow
from .recording import Recording, read_recording
from .stage import spread
from .tile_layout import Extent, TileLayout, View, choose_pose_count, lay_rows
from .tile_render import render_tiles
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


def write_contact_sheet(
    obj: bpy.types.Object, path: str | Path, first_frame: int, last_frame: int, caption: str
) -> None:
    """Write the sheet of the armature `obj` over first_frame..last_frame (scene frames, both shown) as .png.

    The scene is left as it was. Raises FileError with a sentence.
    """
    get_pillow()  # before the work, not after it
    width = WIDTH - 2 * _MARGIN
    recording = read_recording(obj, _choose_poses(obj, first_frame, last_frame, width), first_frame, last_frame)
    extent = recording.to_extent(recording.centres)
    layout = lay_rows(extent, len(recording.frames), _VIEWS, width, _ROW_HEIGHT)
    sheet = _compose(_render(recording, layout, extent), recording, layout, caption)
    with whole_file(Path(path)) as beside:
        sheet.save(beside, format="PNG")


def _choose_poses(obj: bpy.types.Object, first: int, last: int, width: int) -> list[int]:
    """Frames to show: fewer and larger where the motion needs much room."""
    rough = read_recording(obj, spread(5, first, last).tolist(), first, last)
    count = choose_pose_count(rough.to_extent(rough.centres), width)
    return [int(frame) for frame in spread(count, first, last)]


def _render(recording: Recording, layout: TileLayout, extent: Extent) -> Any:
    """The tiles as a Pillow picture on white."""
    Image = get_pillow()[0]
    with tempfile.TemporaryDirectory(prefix="mmm-") as folder:
        rendered = Path(folder) / "tiles.png"
        path = recording.track.positions[:, :2]
        render_tiles(recording.figures, recording.centres, path, layout, extent, rendered)
        with Image.open(rendered) as picture:
            tiles = picture.convert("RGBA")
    paper = Image.new("RGBA", tiles.size, (*palette.PAPER, 255))
    return Image.alpha_composite(paper, tiles).convert("RGB")


def _compose(tiles: Any, recording: Recording, layout: TileLayout, caption: str) -> Any:
    Image, ImageDraw, _ = get_pillow()
    row = layout.cell[1]
    height = _HEADER + len(_VIEWS) * (_TITLE + row + _LABELS) + _FOOTER + 2 * _MARGIN
    sheet = Image.new("RGB", (WIDTH, height), palette.PAPER)
    draw = ImageDraw.Draw(sheet)
    _draw_header(draw, recording, caption)
    for index, view in enumerate(_VIEWS):
        top = _HEADER + index * (_TITLE + row + _LABELS) + _TITLE
        sheet.paste(tiles.crop((0, index * row, tiles.width, (index + 1) * row)), (_MARGIN, top))
        draw.text((_MARGIN, top - _TITLE + 4), view.value, fill=palette.FAINT_INK, font=get_font(15))
        _draw_labels(draw, recording, layout, top + row)
    _paste_footer(sheet, recording, height - _FOOTER - _MARGIN)
    return sheet


def _draw_header(draw: Any, recording: Recording, caption: str) -> None:
    track = recording.track
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


def _draw_labels(draw: Any, recording: Recording, layout: TileLayout, top: int) -> None:
    seconds = dict(zip(recording.track.frames.tolist(), recording.track.seconds, strict=True))
    for number, frame in enumerate(recording.frames.tolist(), start=1):
        middle = _MARGIN + (number - 0.5) * layout.cell[0]
        draw.text((middle, top + 9), f"{number}", fill=palette.INK, font=get_font(15), anchor="rm")
        said = f"  f {frame}, {seconds[frame]:.2f} s"
        draw.text((middle, top + 9), said, fill=palette.FAINT_INK, font=get_font(14), anchor="lm")


def _paste_footer(sheet: Any, recording: Recording, top: int) -> None:
    track = recording.track
    marks = track.frames.searchsorted(recording.frames)
    sheet.paste(draw_ground_map(track, marks, (_MAP_WIDTH, _FOOTER), font_size=14), (_MARGIN, top))
    left = _MAP_WIDTH + 2 * _MARGIN
    curves = draw_curves(track, marks, (WIDTH - left - _MARGIN, _FOOTER), font_size=14)
    sheet.paste(curves, (left, top))
