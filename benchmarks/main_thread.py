"""How long the add-on holds Blender's main thread during a job: the button, the looks at the engine, the keys.

    python benchmarks/main_thread.py [--engine PYTHON] [--jobs 5]

Without --engine a Python with torch is looked for as the add-on does. The longest single hold is what an animator can
feel as a hitch; on a machine busy with other work the thread's own CPU time tells what it would be on a free one. The
timer's calls are made here as Blender would make them, every PUMP_INTERVAL.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import bpy  # noqa: E402

import blender_mmm  # noqa: E402
from blender_mmm import apply, preferences  # noqa: E402
from blender_mmm import session as sessions  # noqa: E402
from blender_mmm.jobs.environment import EngineSettings  # noqa: E402
from blender_mmm.properties import read_scene_fps, to_longest_frames  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", default="", help="the engine's Python")
    parser.add_argument("--text", default="a person walks forward")
    parser.add_argument("--jobs", type=int, default=5)
    options = parser.parse_args()
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    settings = EngineSettings(python=options.engine)
    with mock.patch.object(preferences, "read_engine_settings", lambda: settings):
        blender_mmm.register()
        try:
            report(measure(options.text, options.jobs))
        finally:
            blender_mmm.unregister()


Hold = tuple[float, float]  # seconds on the clock, and of them CPU time of the main thread


def measure(text: str, jobs: int) -> dict[str, list[Hold]]:
    """How long each call held the thread, by what was called."""
    holds: dict[str, list[Hold]] = {
        "button": [],
        "look": [],
        "look with keys": [],
        "of it apply": [],
        "of it undo": [],
    }
    apply.create_character(bpy.context)
    mmm = bpy.context.scene.mmm
    mmm.text, mmm.use_auto_length = text, False
    mmm.frames = to_longest_frames(read_scene_fps(bpy.context.scene))
    for _ in range(jobs):
        holds["button"].append(timed(bpy.ops.mmm.generate))
        job = sessions.get_session().jobs[0]
        while sessions.get_session().is_pending(job):
            applied: list[Hold] = []
            with timing_of(apply, "apply_clip", applied):
                look = timed(sessions.tick)
            holds["look with keys" if applied else "look"].append(look)
            holds["of it apply"] += applied
            if applied:
                holds["of it undo"].append(timed(lambda: bpy.ops.ed.undo_push(message="again")))
            time.sleep(sessions.PUMP_INTERVAL)
        assert job.failure is None, job.failure
    return holds


def timed(call) -> Hold:
    began, worked = time.perf_counter(), time.thread_time()
    call()
    return time.perf_counter() - began, time.thread_time() - worked


def timing_of(module, name: str, into: list[Hold]):
    """Patch a function so that how long its calls took is added to `into`."""
    original = getattr(module, name)

    def measured(*arguments):
        results = []
        into.append(timed(lambda: results.append(original(*arguments))))
        return results[0]

    return mock.patch.object(module, name, measured)


def report(holds: dict[str, list[Hold]]) -> None:
    frames = bpy.context.scene.mmm.frames
    print(f"Blender {bpy.app.version_string}, {os.cpu_count()} cores, {frames} frames; milliseconds")
    print(f"{'':15}{'calls':>7}{'median':>9}{'longest':>9}{'CPU median':>12}{'longest':>9}")
    for what, calls in holds.items():
        if calls:
            walls, works = (sorted(1000 * value for value in column) for column in zip(*calls, strict=True))
            middle = len(calls) // 2
            print(f"{what:15}{len(calls):7}{walls[middle]:9.2f}{walls[-1]:9.2f}{works[middle]:12.2f}{works[-1]:9.2f}")


if __name__ == "__main__":
    main()
