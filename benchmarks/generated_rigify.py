"""How long a motion takes onto a generated Rigify rig, from the clip to its keys; and reading it back.

python benchmarks/generated_rigify.py [RIG.blend] [--frames 196] [--times 5]

Without a file the human meta-rig is generated first (a few seconds, not counted).
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import bpy

from blender_mmm import apply
from blender_mmm.engine_door import resample
from blender_mmm.files.exporting import enable_add_on
from blender_mmm.files.quiet import quiet_output
from blender_mmm.retarget.from_rig import from_rig
from blender_mmm.scene.rig_reader import read_posed, read_rest
from tests.retarget.motions import make_motion


def open_rig(path: Path | None) -> bpy.types.Object:
    """The rig in `path`, or a new one."""
    with quiet_output():
        if path is not None:
            bpy.ops.wm.open_mainfile(filepath=str(path))
        else:
            bpy.ops.wm.read_factory_settings(use_empty=True)
            enable_add_on("rigify")
            bpy.ops.object.armature_human_metarig_add()
            bpy.ops.pose.rigify_generate()
    return next(obj for obj in bpy.context.scene.objects if obj.type == "ARMATURE" and "root" in obj.data.bones)


def seconds_of(action: Callable[[], object], times: int) -> tuple[float, float]:
    """Least wall and processor seconds of `action`."""
    walls, works = [], []
    for _ in range(times):
        wall, work = time.perf_counter(), time.process_time()
        action()
        walls.append(time.perf_counter() - wall)
        works.append(time.process_time() - work)
    return min(walls), min(works)


def main(arguments: Sequence[str]) -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rig", nargs="?", type=Path)
    parser.add_argument("--frames", type=int, default=196)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args(arguments)
    rig = open_rig(options.rig)
    motion = make_motion()
    times = np.linspace(0.0, len(motion) - 1, options.frames)
    clip = resample.sample(motion, times, motion.fps)
    wall, work = seconds_of(lambda: apply.apply_clip(rig, clip, apply.ApplyOptions(1, clip.fps)), options.times)
    print(f"{len(clip)} frames onto {len(rig.data.bones)} bones: {wall:.3f} s (processor {work:.3f} s), best of all")
    rest, bone_map = read_rest(rig), apply.check_target(rig)
    frames = range(1, len(clip) + 1)
    wall, work = seconds_of(lambda: from_rig(read_posed(rig, rest, frames), rest, bone_map, clip.fps), 1)
    print(f"read back, all constraints evaluated: {wall:.3f} s (processor {work:.3f} s)")
    sys.stdout.flush()
    os._exit(0)  # Blender's module may hang when it is taken down with add-ons in it


if __name__ == "__main__":
    main(sys.argv[1:])
