"""How long the add-on holds Blender's main thread during a job: the button, the looks at the engine, the keys.

    python benchmarks/main_thread.py [--engine PYTHON] [--jobs 5] [--edit fill|regenerate_part|make_loop] [--rig rigify]

Without --engine a Python with torch is looked for as the add-on does. The longest single hold is what an animator can
feel as a hitch; on a machine busy with other work the thread's own CPU time tells what it would be on a free one. The
timer's calls are made here as Blender would make them, every PUMP_INTERVAL. With --edit a motion of the longest length
is made first and the button changes its middle half; "button" is then the reading of the rig, "panel" one look of the
sidebar at the chosen frames.
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
from blender_mmm import apply, edits, preferences  # noqa: E402
from blender_mmm import session as sessions  # noqa: E402
from blender_mmm.jobs.environment import EngineSettings  # noqa: E402
from blender_mmm.operators import range_check  # noqa: E402
from blender_mmm.properties import read_scene_fps, to_longest_frames  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", default="", help="the engine's Python")
    parser.add_argument("--text", default="a person walks forward")
    parser.add_argument("--jobs", type=int, default=5)
    parser.add_argument("--edit", default="generate", choices=("generate", "fill", "regenerate_part", "make_loop"))
    parser.add_argument("--rig", default="", choices=("", "rigify"))
    options = parser.parse_args()
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    settings = EngineSettings(python=options.engine)
    with mock.patch.object(preferences, "read_engine_settings", lambda: settings):
        blender_mmm.register()
        try:
            set_up(options)
            report(measure(options.edit, options.jobs))
        finally:
            blender_mmm.unregister()


Hold = tuple[float, float]  # seconds on the clock, and of them CPU time of the main thread


def set_up(options: argparse.Namespace) -> None:
    """The armature, and for edits the motion and the frames to change."""
    if options.rig:
        bpy.ops.preferences.addon_enable(module=options.rig)
        bpy.ops.object.armature_human_metarig_add()
    else:
        apply.create_character(bpy.context)
    scene = bpy.context.scene
    mmm = scene.mmm
    mmm.text, mmm.use_auto_length = options.text, False
    mmm.frames = to_longest_frames(read_scene_fps(scene))
    if options.edit == "generate":
        return
    bpy.ops.mmm.generate()
    shared = sessions.get_session()
    shared.wait(shared.jobs[0])
    scene.use_preview_range = True
    scene.frame_preview_start, scene.frame_preview_end = mmm.frames // 4, 3 * mmm.frames // 4
    mmm.edits.source, mmm.edits.part_text = "PREVIEW", "a person waves the right hand"


def measure(edit: str, jobs: int) -> dict[str, list[Hold]]:
    """How long each call held the thread, by what was called."""
    holds: dict[str, list[Hold]] = {
        "panel": [],
        "button": [],
        "look": [],
        "look with keys": [],
        "of it apply": [],
        "of it undo": [],
    }
    for _ in range(jobs):
        if edit != "generate":
            range_check.forget()
            holds["panel"].append(timed(lambda: range_check.find_chosen(bpy.context)))
        holds["button"].append(timed(getattr(bpy.ops.mmm, edit)))
        job = sessions.get_session().jobs[0]
        while sessions.get_session().is_pending(job):
            applied: list[Hold] = []
            with timing_of(*(apply, "apply_clip") if edit == "generate" else (edits, "apply_edit"), applied):
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
