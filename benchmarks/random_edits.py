"""Random edits of random animations: does anything outside the ranges change?

    python benchmarks/random_edits.py [--edits N] [--seed S]

Rigs (our own, Rigify's meta-rig, Mixamo's names), frame rates, rotation modes, key layouts, ranges and kinds of edit
are drawn by chance; a made-up motion stands for the engine's. Counts keys that changed and evaluated bone matrices
that differ by a single bit outside the ranges, on whole frames and between them.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from blender_mmm import apply, edits
from blender_mmm.engine_door import clip as clips
from blender_mmm.engine_door import rotations, skeleton
from blender_mmm.files import rigs
from blender_mmm.files.rig_names import MIXAMO, RIGIFY
from blender_mmm.retarget.channels import to_channels
from blender_mmm.retarget.to_rig import place, to_rig
from blender_mmm.scene.action_channels import assign_new_action, channels_for, find_channels
from blender_mmm.scene.curve_book import CurveBook, to_path
from blender_mmm.scene.key_table import KeyTable, frames_of, read_keys
from blender_mmm.scene.rig_reader import read_rest

RATES = (24, 25, 30, 60)
RIGS = ("own", RIGIFY, MIXAMO)
LAYOUTS = ("every frame", "poses", "uneven", "wild")
PARTS = tuple(part.value for part in edits.EditPart)
BEYOND = 4  # frames outside the action that are looked at where it is not extended
SUBFRAMES = (0.0, 0.25, 0.5, 0.75)
INTERPOLATIONS = ("BEZIER", "BEZIER", "BEZIER", "LINEAR", "CONSTANT", "SINE", "BOUNCE")
HANDLES = ("AUTO_CLAMPED", "AUTO", "VECTOR", "ALIGNED", "FREE")


@dataclass
class Tally:
    """What was found over all edits."""

    edits: int = 0
    changed_keys: int = 0
    changed_whole: int = 0  # bone matrices on whole frames
    changed_between: int = 0  # bone matrices between whole frames, ranges whose ends are keyed
    cut_between: float = 0.0  # largest difference between whole frames where a range cut a segment
    added_outside: int = 0
    cut_edits: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return (
            f"{self.edits} edits {dict(self.kinds)}: {self.changed_keys} keys changed outside, "
            f"{self.changed_whole} bone matrices on whole frames, {self.changed_between} between frames; "
            f"{self.cut_edits} edits cut a segment ({self.added_outside} keys added there, "
            f"largest difference between frames {self.cut_between:.2g})"
        )


def make_motion(frames: int, random: np.random.Generator) -> clips.MotionClip:
    """Every joint swings about an axis of its own while the body walks a curve."""
    time = np.linspace(0.0, 2.0 * np.pi, frames)
    axes = rotations.normalize(random.normal(size=(skeleton.JOINT_COUNT, 3)))
    phase, speed = random.uniform(0, 6, skeleton.JOINT_COUNT), random.uniform(0.5, 3.0, skeleton.JOINT_COUNT)
    angles = 0.6 * np.sin(time[:, None] * speed + phase)
    turns = rotations.about_axis(np.broadcast_to(axes, (frames, *axes.shape)), angles)
    height = skeleton.REST_PELVIS_HEIGHT - 0.05 * np.sin(time) ** 2
    root = np.stack([0.2 * np.sin(time), height, 0.3 * time], axis=1)
    return clips.MotionClip(root, rotations.continuous(turns), np.zeros((frames, 4)))


def make_rig(kind: str, random: np.random.Generator) -> Any:
    """An armature of that kind, with rotation modes drawn by chance."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    rig = apply.create_character(bpy.context) if kind == "own" else rigs.open_rig(kind)
    modes = ("QUATERNION", "XYZ", "ZXY", "AXIS_ANGLE")
    same = random.choice(modes) if random.random() < 0.7 else None
    for bone in rig.pose.bones:
        bone.rotation_mode = str(same or random.choice(modes))
    return rig


def animate(rig: Any, layout: str, frames: int, start: int, random: np.random.Generator) -> None:
    """Keys of a made-up motion on `rig`, set as `layout` says."""
    rest, bone_map = read_rest(rig), apply.check_target(rig)
    channels = to_channels(to_rig(make_motion(frames, random), rest, bone_map, place(rest, bone_map)), rest)
    target = channels_for(rig, assign_new_action(rig, "Hand"))
    poses = pick_frames(frames, random)
    absent = set(random.choice([c.bone for c in channels], 3)) if layout in ("uneven", "wild") else set()
    for channel in channels:
        if channel.bone in absent:
            continue
        chosen = np.arange(frames) if layout == "every frame" else poses
        if layout in ("uneven", "wild"):
            chosen = pick_frames(frames, random)
        curve = target.fcurves.new(to_path(channel.bone, channel.property), index=channel.index)
        set_keys(curve, chosen + start, channel.values[chosen], layout == "wild", random)


def pick_frames(frames: int, random: np.random.Generator) -> np.ndarray:
    """Some frames, most of the time with the first and the last."""
    inner = random.choice(np.arange(1, frames - 1), size=random.integers(2, 9), replace=False)
    ends = [0, frames - 1] if random.random() < 0.8 else []
    return np.unique(np.concatenate([inner, np.array(ends, dtype=int)]))


def set_keys(curve: Any, times: np.ndarray, values: np.ndarray, wild: bool, random: np.random.Generator) -> None:
    """Keys as Blender's own tools leave them; wild ones lie off whole frames, with all sorts of handles."""
    points = curve.keyframe_points
    points.add(len(times))
    off = random.choice([0.0, 0.0, 0.25, 0.4], len(times)) if wild else 0.0
    points.foreach_set("co", np.stack([times + off, values], axis=1).astype(np.float32).ravel())
    for point in points:
        point.interpolation = "BEZIER"
        point.handle_left_type = point.handle_right_type = "AUTO_CLAMPED"
    curve.update()
    if wild:  # from where Blender put the handles
        for point in points:
            point.interpolation = str(random.choice(INTERPOLATIONS))
            point.handle_left_type = point.handle_right_type = str(random.choice(HANDLES))
            if point.handle_right_type == "FREE":
                point.handle_left[1] += random.normal() * 0.1
                point.handle_right[1] += random.normal() * 0.1
        curve.update()
    if wild and random.random() < 0.3:
        curve.modifiers.new("NOISE").strength = 0.1
    if wild and random.random() < 0.1:
        curve.extrapolation = "LINEAR"


def pick_ranges(rig: Any, start: int, frames: int, random: np.random.Generator) -> list[tuple[int, int]]:
    """One to three half-open ranges in, across or beside the action; some between keys, some of a frame or two."""
    edges = sorted(random.choice(np.arange(start - 3, start + frames + 4), size=6, replace=False).tolist())
    found = [(edges[0], edges[1]), (edges[2], edges[3]), (edges[4], edges[5])][: random.integers(1, 4)]
    if random.random() < 0.3:
        first = int(random.integers(start + 2, start + frames - 6))
        found = [(first, first + int(random.integers(1, 4)))]
    if random.random() < 0.4:
        times = frames_of(read_keys(next(iter(find_channels(rig).fcurves)))).astype(int)
        pairs = [(a + 1, b) for a, b in pairwise(times) if b - a > 1]
        found = [pairs[int(random.integers(len(pairs)))]] if pairs else found
    return [(int(a), int(b)) for a, b in found]


def invent(prepared: edits.PreparedEdit, random: np.random.Generator) -> clips.MotionClip:
    """What an engine might answer: known frames as they were, anything in between."""
    request = prepared.request
    clip = request.clip
    root, turns = clip.root.copy(), clip.rotations.copy()
    gaps = request.gaps if prepared.kind is edits.EditKind.FILL else (request,)
    for gap in gaps:
        other = make_motion(gap.stop - gap.start, random) if gap.stop - gap.start > 1 else clip
        turns[gap.start : gap.stop] = other.rotations[: gap.stop - gap.start]
        root[gap.start : gap.stop] += random.normal(size=3) * 0.1
    return clips.MotionClip(root, rotations.continuous(turns), clip.contacts, clip.fps)


def read_matrices(rig: Any, times: np.ndarray) -> np.ndarray:
    """Evaluated bone matrices [T, B, 16] float32."""
    matrices = np.empty((len(times), len(rig.pose.bones) * 16), dtype=np.float32)
    for row, time in enumerate(times):
        bpy.context.scene.frame_set(int(np.floor(time)), subframe=float(time - np.floor(time)))
        rig.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones.foreach_get("matrix", matrices[row])
    return matrices.reshape(len(times), -1, 16)


def read_tables(rig: Any) -> dict[Any, KeyTable]:
    return {address: read_keys(curve) for address, curve in CurveBook(rig, find_channels(rig))}


def compare_keys(before: dict[Any, KeyTable], after: dict[Any, KeyTable], inside: Any) -> tuple[int, int]:
    """Keys outside the ranges that changed or went, and keys that came there."""
    changed = added = 0
    for address, new in after.items():
        old = before.get(address, new[:0])
        kept, now = old[~inside(frames_of(old))], new[~inside(frames_of(new))]
        still = np.isin(frames_of(now), frames_of(kept))
        added += int((~still).sum())
        same = now[still]
        if len(same) != len(kept):
            changed += abs(len(same) - len(kept))
            continue
        changed += sum(one.tobytes() != two.tobytes() for one, two in zip(same, kept, strict=True))
    return changed + len(set(before) - set(after)), added


def try_edit(number: int, seed: int, tally: Tally) -> None:
    """One random edit of one random animation."""
    random = np.random.default_rng((seed, number))
    kind, rate, layout = RIGS[number % 3], int(random.choice(RATES)), LAYOUTS[number // 3 % 4]
    rig = make_rig(kind, random)
    scene = bpy.context.scene
    scene.render.fps = rate
    start, frames = int(random.integers(-60, 90)), int(random.integers(40, 100))
    animate(rig, layout, frames, start, random)
    prepared = prepare(rig, scene, pick_ranges(rig, start, frames, random), random)
    if prepared is None:
        return
    span = CurveBook(rig, find_channels(rig)).span()
    assert span is not None
    ranges = prepared.ranges

    def inside(times: np.ndarray) -> np.ndarray:
        return np.any([(times >= r.start) & (times < r.stop) for r in ranges], axis=0)

    def touched(times: np.ndarray) -> np.ndarray:
        return np.any([(times > r.start - 1) & (times < r.stop) for r in ranges], axis=0)

    # Beyond its last key a straight curve goes on by the slope to the key before, which may be a new one.
    straight = any(curve.extrapolation == "LINEAR" for _, curve in CurveBook(rig, find_channels(rig)))
    beyond = 0 if straight else BEYOND
    first, last = np.ceil(span[0]), np.floor(span[1])
    whole = np.arange(
        first - (beyond if ranges[0].start > span[0] else 0), last + 1 + (beyond if ranges[-1].stop <= span[1] else 0)
    )
    between = (whole[:-1, None] + np.array(SUBFRAMES[1:])).ravel()
    times = np.concatenate([whole, between[(between > span[0]) & (between < span[1])]])
    times = times[~touched(times)]
    before, tables = read_matrices(rig, times), read_tables(rig)
    edits.apply_edit(rig, prepared, invent(prepared, random))
    after = read_matrices(rig, times)
    changed, added = compare_keys(tables, read_tables(rig), inside)
    differs = (before != after).any(axis=2)
    on_whole = times == np.floor(times)
    tally.edits += 1
    tally.kinds[prepared.kind.value] += 1
    tally.changed_keys += changed
    tally.changed_whole += int(differs[on_whole].sum())
    tally.added_outside += added
    if added:
        tally.cut_edits += 1
        tally.cut_between = max(tally.cut_between, float(np.abs(before - after).max(initial=0.0)))
    else:
        tally.changed_between += int(differs[~on_whole].sum())


def prepare(rig: Any, scene: Any, spans: list[tuple[int, int]], random: np.random.Generator) -> Any:
    """A fill or an edit of a part, with a text or without; None where it cannot be asked for."""
    text = "a person waves" if random.random() < 0.5 else ""
    blend = int(random.integers(0, 9))
    try:
        ranges = edits.to_ranges(rig, scene, spans)
        if random.random() < 0.25:
            part = str(random.choice(PARTS))
            return edits.prepare_part(rig, scene, ranges[0], part, "a person waves", blend_frames=blend)
        return edits.prepare_fill(rig, scene, ranges, (text,), blend_frames=blend)
    except edits.EditError as error:
        print(f"refused: {error}")
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    tally, number = Tally(), 0
    while tally.edits < arguments.edits:
        try_edit(number, arguments.seed, tally)
        number += 1
    print(f"Blender {bpy.app.version_string}: {tally}")
    rigs.close_rigs()
    if tally.changed_keys or tally.changed_whole or tally.changed_between:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
