"""How long it takes to bring a clip onto a rig, step by step.

    python benchmarks/write_keys.py [--frames N] [--repeats R]

Prints milliseconds (median of the repeats) for each rig: reading it, retargeting, writing the keys,
and apply_clip as a whole. The aim for writing is 50 ms at 196 frames.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from blender_mmm import apply
from blender_mmm.engine_door import clip as clips
from blender_mmm.engine_door import rotations, skeleton
from blender_mmm.retarget.channels import to_channels
from blender_mmm.retarget.to_rig import place, to_rig
from blender_mmm.scene.action_writer import write_action
from blender_mmm.scene.rig_reader import read_pose, read_rest


def make_clip(frames: int) -> clips.MotionClip:
    """Every joint swings."""
    time_line = np.linspace(0.0, 12.0, frames)
    angles = 0.6 * np.sin(time_line[:, None] + np.arange(skeleton.JOINT_COUNT))
    axes = rotations.normalize(np.random.default_rng(0).normal(size=(skeleton.JOINT_COUNT, 3)))
    turns = rotations.about_axis(np.broadcast_to(axes, (frames, *axes.shape)), angles)
    root = np.stack([time_line * 0, time_line * 0 + skeleton.REST_PELVIS_HEIGHT, time_line], axis=1)
    return clips.MotionClip(root, turns, np.zeros((frames, 4)))


def make_rigify() -> Any:
    bpy.ops.preferences.addon_enable(module="rigify")
    bpy.ops.object.armature_human_metarig_add()
    return bpy.context.object


def make_euler_character() -> Any:
    rig = apply.create_character(bpy.context)
    for bone in rig.pose.bones:
        bone.rotation_mode = "XYZ"
    return rig


def measure(rig: Any, clip: clips.MotionClip, repeats: int) -> dict[str, float]:
    """Median milliseconds of each step."""
    times: dict[str, list[float]] = {"read": [], "retarget": [], "write": [], "apply_clip": []}
    options = apply.ApplyOptions(start_frame=1, scene_fps=float(skeleton.MODEL_FPS))
    for _ in range(repeats):
        ticks = [time.perf_counter()]
        bone_map, rest = apply.check_target(rig), read_rest(rig)
        placement = place(rest, bone_map, read_pose(rig, rest))
        ticks.append(time.perf_counter())
        channels = to_channels(to_rig(clip, rest, bone_map, placement), rest)
        ticks.append(time.perf_counter())
        write_action(rig, channels, 1, "Benchmark")
        ticks.append(time.perf_counter())
        apply.apply_clip(rig, clip, options)
        ticks.append(time.perf_counter())
        for step, seconds in zip(times, np.diff(ticks), strict=True):
            times[step].append(float(seconds))
    return {step: float(np.median(seconds) * 1000) for step, seconds in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=skeleton.MAX_FRAMES)
    parser.add_argument("--repeats", type=int, default=7)
    arguments = parser.parse_args()
    rigs: dict[str, Callable[[], Any]] = {
        "own, quaternion": lambda: apply.create_character(bpy.context),
        "own, Euler": make_euler_character,
        "Rigify meta-rig": make_rigify,
    }
    print(f"Blender {bpy.app.version_string}, {arguments.frames} frames, median of {arguments.repeats}, ms")
    for name, make in rigs.items():
        bpy.ops.wm.read_factory_settings(use_empty=True)
        steps = measure(make(), make_clip(arguments.frames), arguments.repeats)
        print(f"{name:16}", "  ".join(f"{step} {value:6.1f}" for step, value in steps.items()))
    # A module still registered at exit crashes or hangs older versions.
    if "rigify" in bpy.context.preferences.addons:
        bpy.ops.preferences.addon_disable(module="rigify")


if __name__ == "__main__":
    main()
