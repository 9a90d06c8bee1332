"""Stick-figure sheets of many clips at once, drawn from joints alone: one row per clip, for judging probes.

python benchmarks/probe_sheet.py DIR_OR_NPZ... --out sheet.png [--poses 10] [--rows 12]

Each clip shows about ten poses from its right side and from its front, its path from above, the height
of its pelvis and its speed. Left limbs are blue, right limbs orange. More clips than --rows make further
sheets: sheet-2.png and so on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from blender_mmm.files import palette
from blender_mmm.files.curves import draw_curves
from blender_mmm.files.ground_map import draw_ground_map
from blender_mmm.files.pictures import get_font, get_pillow
from blender_mmm.files.stage import Stage, Track
from engine.motion.kinematics import forward_kinematics
from engine.motion.skeleton import JOINT_NAMES, MODEL_FPS, PARENTS, Joint

WIDTH: Final = 1600  # pixels
STRIP_WIDTH: Final = 1020
STRIP_HEIGHT: Final = 138  # of one view
MAP_WIDTH: Final = 250
HEADER: Final = 24
GAP: Final = 8
SUPERSAMPLING: Final = 2
BODY_WIDTH: Final = 0.05  # metres, thickness of a drawn limb


@dataclass(frozen=True)
class ProbeClip:
    """A motion as positions."""

    label: str
    joints: np.ndarray  # [T, 22, 3] metres, y up
    fps: float


class ProbeError(ValueError):
    """A file that holds no motion."""


def read_probe(path: Path) -> ProbeClip:
    """The motion of an .npz: `joints`, or `root` with `rotations`; raises ProbeError with a sentence."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError) as error:
        raise ProbeError(f"{path} cannot be read as .npz: {error}.") from error
    if "joints" in arrays:
        joints = arrays["joints"]
    elif {"root", "rotations"} <= arrays.keys():
        joints = forward_kinematics(arrays["root"], arrays["rotations"])
    else:
        raise ProbeError(f"{path} has neither joints nor root and rotations.")
    text = str(arrays.get("text", path.stem))
    seed = f", seed {int(arrays['seed'])}" if "seed" in arrays else ""
    return ProbeClip(f"{text}{seed}  ({path.stem})", joints, float(arrays.get("fps", MODEL_FPS)))


def to_z_up(joints: np.ndarray) -> np.ndarray:
    """y up, facing +z -> z up, facing -y."""
    return np.stack([joints[..., 0], -joints[..., 2], joints[..., 1]], axis=-1)


def to_staged(clip: ProbeClip) -> tuple[np.ndarray, Track]:
    """Joints [T, 22, 3] and track on the stage: starts at the origin, faces forward."""
    world = to_z_up(clip.joints)
    across = world[:, Joint.RIGHT_HIP] - world[:, Joint.LEFT_HIP]
    ahead = np.stack([-across[:, 1], across[:, 0], np.zeros(len(across))], axis=1)
    origin = np.array([*world[0, Joint.PELVIS, :2], 0.0])
    forward = ahead[0, :2] / max(np.linalg.norm(ahead[0, :2]), 1e-9)
    stage = Stage(origin, forward)
    joints = stage.to_stage(world)
    frames = np.arange(len(joints))
    return joints, Track(frames, frames / clip.fps, joints[:, Joint.PELVIS], stage.to_heading(ahead))


def draw_strip(joints: np.ndarray, poses: np.ndarray, view: str, size: tuple[int, int]) -> Any:
    """A row of stick figures, each centred on its pelvis over a floor that moves under it. view: side or front."""
    Image, ImageDraw, _ = get_pillow()
    k = SUPERSAMPLING
    picture = Image.new("RGB", (size[0] * k, size[1] * k), palette.PAPER)
    draw = ImageDraw.Draw(picture)
    flat = joints[poses]
    across = flat[..., 1] if view == "side" else -flat[..., 0]
    depth = flat[..., 0] if view == "side" else flat[..., 1]  # larger is nearer
    centre = across[:, Joint.PELVIS]
    cell = size[0] * k / len(poses)
    top, bottom = max(1.85, float(flat[..., 2].max()) + 0.15), min(0.0, float(flat[..., 2].min()))
    around = flat[..., :2] - flat[:, Joint.PELVIS : Joint.PELVIS + 1, :2]
    reach = 2 * float(np.abs(around).max()) + 0.1  # of both views: they share one scale
    scale = min(size[1] * k / (top - bottom + 0.1), cell / reach)
    floor = size[1] * k - (0.06 - bottom) * scale
    for i in range(len(poses)):
        middle = cell * (i + 0.5)
        _draw_floor(draw, middle, floor, cell, scale, float(centre[i]))
        xs, ys = middle + (across[i] - centre[i]) * scale, floor - flat[i, :, 2] * scale
        _draw_figure(draw, np.stack([xs, ys], axis=1), depth[i], scale)
    return picture.resize(size, Image.Resampling.LANCZOS)


def _draw_floor(draw: Any, middle: float, floor: float, cell: float, scale: float, place: float) -> None:
    """The floor's line with a tick every half metre of the world, so that travel shows."""
    left, right = middle - cell * 0.46, middle + cell * 0.46
    draw.line([(left, floor), (right, floor)], fill=palette.FLOOR_METRE, width=2)
    reach = cell * 0.46 / scale
    for half in range(int(np.ceil((place - reach) * 2)), int(np.floor((place + reach) * 2)) + 1):
        x = middle + (half / 2 - place) * scale
        length = 0.07 if half % 2 == 0 else 0.035
        draw.line([(x, floor), (x, floor + length * scale)], fill=palette.FLOOR_METRE, width=2)


def _draw_figure(draw: Any, points: np.ndarray, depth: np.ndarray, scale: float) -> None:
    """points: [22, 2] pixels; far limbs first."""
    limbs = list(range(1, len(PARENTS)))
    limbs.sort(key=lambda j: depth[j] + depth[PARENTS[j]])
    width = max(2, round(BODY_WIDTH * scale))
    for joint in limbs:
        ends = [tuple(points[PARENTS[joint]]), tuple(points[joint])]
        draw.line(ends, fill=_colour(joint), width=width)
        _dot(draw, points[joint], width / 2, _colour(joint))
    _dot(draw, points[Joint.HEAD], 0.09 * scale, palette.mix(palette.MIDDLE, palette.INK, 0.3))


def _dot(draw: Any, centre: np.ndarray, radius: float, colour: palette.Colour) -> None:
    x, y = centre
    draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour)


def _colour(joint: int) -> palette.Colour:
    name = JOINT_NAMES[joint]
    return palette.LEFT if name.startswith("left") else palette.RIGHT if name.startswith("right") else palette.MIDDLE


def draw_row(clip: ProbeClip, poses: int) -> Any:
    """One clip: label, two strips, map and curves."""
    Image, ImageDraw, _ = get_pillow()
    joints, track = to_staged(clip)
    marks = np.unique(np.round(np.linspace(0, len(joints) - 1, poses)).astype(int))
    height = HEADER + 2 * STRIP_HEIGHT + 18
    row = Image.new("RGB", (WIDTH, height), palette.PAPER)
    draw = ImageDraw.Draw(row)
    draw.line([(0, 0), (WIDTH, 0)], fill=palette.FLOOR_METRE, width=1)
    draw.text((GAP, 4), _shorten(clip.label, 150), fill=palette.INK, font=get_font(16))
    figures = f"{track.seconds[-1]:.1f} s, {track.distance:.1f} m of path"
    draw.text((WIDTH - GAP, 4), figures, fill=palette.FAINT_INK, font=get_font(14), anchor="ra")
    for index, view in enumerate(("side", "front")):
        strip = draw_strip(joints, marks, view, (STRIP_WIDTH, STRIP_HEIGHT))
        row.paste(strip, (0, HEADER + index * (STRIP_HEIGHT + 16)))
    for i, mark in enumerate(marks):
        place = (STRIP_WIDTH / len(marks) * (i + 0.5), HEADER + STRIP_HEIGHT + 8)
        said = f"{i + 1}: {track.seconds[mark]:.1f} s"
        draw.text(place, said, fill=palette.FAINT_INK, font=get_font(12), anchor="mm")
    inner = height - HEADER - GAP
    row.paste(draw_ground_map(track, marks, (MAP_WIDTH, inner)), (STRIP_WIDTH + GAP, HEADER))
    rest = WIDTH - STRIP_WIDTH - MAP_WIDTH - 4 * GAP
    row.paste(draw_curves(track, marks, (rest, inner)), (STRIP_WIDTH + MAP_WIDTH + 3 * GAP, HEADER))
    return row


def _shorten(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 3] + "..."


def write_probe_sheet(clips: Sequence[ProbeClip], path: Path, poses: int = 10) -> None:
    """One picture with a row per clip."""
    Image = get_pillow()[0]
    rows = [draw_row(clip, poses) for clip in clips]
    sheet = Image.new("RGB", (WIDTH, sum(row.height for row in rows)), palette.PAPER)
    top = 0
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def find_files(places: Sequence[Path]) -> list[Path]:
    """Every .npz named, and those in folders named, in order."""
    found: list[Path] = []
    for place in places:
        found += sorted(place.glob("*.npz")) if place.is_dir() else [place]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0, or 2 after a sentence on stderr."""
    parser = argparse.ArgumentParser(description="Stick-figure sheets of many clips.")
    parser.add_argument("places", nargs="+", type=Path, help=".npz files or folders of them")
    parser.add_argument("--out", type=Path, required=True, help="the .png to write")
    parser.add_argument("--poses", type=int, default=10)
    parser.add_argument("--rows", type=int, default=12, help="clips per sheet")
    options = parser.parse_args(arguments)
    try:
        clips = [read_probe(path) for path in find_files(options.places)]
        if not clips:
            raise ProbeError("There is no .npz in the places named.")
    except ProbeError as error:
        print(error, file=sys.stderr)
        return 2
    for start in range(0, len(clips), options.rows):
        number = start // options.rows + 1
        path = options.out if number == 1 else options.out.with_stem(f"{options.out.stem}-{number}")
        write_probe_sheet(clips[start : start + options.rows], path, options.poses)
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
