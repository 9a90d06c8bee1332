"""How long reading a rig for an edit and writing the answer hold Blender.

    python benchmarks/edit_speed.py [--seconds S] [--fps F] [--repeats R]

Milliseconds (median of the repeats; processor time, since other programs may run) for each rig: prepare_fill, which
reads the clip around a gap, and apply_edit, which copies the action and writes the gap. A gap of S seconds in the
middle of an action three times as long, keyed on every frame. The aim is 100 ms each for 10 s.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from random_edits import animate, make_rig

from blender_mmm import edits
from blender_mmm.files import rigs
from blender_mmm.files.rig_names import MIXAMO, RIGIFY


def measure(kind: str, seconds: float, fps: int, repeats: int) -> dict[str, float]:
    """Median milliseconds of each step."""
    random = np.random.default_rng(0)
    rig, scene = make_rig(kind, random), bpy.context.scene
    scene.render.fps = fps
    frames = round(seconds * fps)
    animate(rig, "every frame", 3 * frames, 1, random)
    spans = [(frames, 2 * frames)]
    times: dict[str, list[float]] = {"prepare_fill": [], "apply_edit": [], "apply_edit, reduced": []}
    for _ in range(repeats):
        ticks = [time.process_time()]
        prepared = edits.prepare_fill(rig, scene, edits.to_ranges(rig, scene, spans))
        ticks.append(time.process_time())
        edits.apply_edit(rig, prepared, prepared.request.clip)
        ticks.append(time.process_time())
        edits.apply_edit(rig, prepared, prepared.request.clip, edits.EditOptions(reduce_error=0.005))
        ticks.append(time.process_time())
        for step, taken in zip(times, np.diff(ticks), strict=True):
            times[step].append(float(taken))
    return {step: float(np.median(taken) * 1000) for step, taken in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--fps", type=int, default=24)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    print(f"Blender {bpy.app.version_string}, a gap of {arguments.seconds:g} s at {arguments.fps} fps, ms")
    for kind in ("own", RIGIFY, MIXAMO):
        steps = measure(kind, arguments.seconds, arguments.fps, arguments.repeats)
        print(f"{kind:8}", "  ".join(f"{step} {value:6.1f}" for step, value in steps.items()))
    rigs.close_rigs()


if __name__ == "__main__":
    main()
