"""How well val clips come over to every rig of the zoo, as a table; and how long a generated Rigify rig takes.

python benchmarks/retarget_zoo.py --data ../shared/data/cmu [--clips 20] [--frames 196] [RIG...]

Each row is the worst over all clips: degrees for limb directions, head, hands, feet, Euler steps (every bone in Euler
modes), backward bends of knees and elbows beyond the source's own, and the round trip rig -> clip -> rig (degrees and
millimetres of a body of our size).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.val_clips import read_val_clips
from blender_mmm.engine_door import clip as clips
from tests.retarget.quality import Quality, measure
from tests.retarget.zoo_rigs import bone_map, level_hands
from tests.zoo import ZOO, rest

COLUMNS = ("limbs", "head", "hands", "feet", "euler", "backwards", "turn", "shift")


def worst(motions: Sequence[clips.MotionClip], name: str) -> list[float]:
    """The largest figure of each column."""
    rig, mapped, hands = rest(name), bone_map(name), level_hands(name)
    found: list[Quality] = [measure(motion, rig, mapped, hands) for motion in motions]
    figures = [max(getattr(quality, column) for quality in found) for column in COLUMNS]
    figures[-1] *= 1000.0
    return figures


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rigs", nargs="*", default=list(ZOO))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=20)
    parser.add_argument("--frames", type=int, default=196, help="at most, of each clip")
    options = parser.parse_args(arguments)
    motions = [
        clips.MotionClip(*(array[: options.frames] for array in (clip.root, clip.rotations, clip.contacts)), clip.fps)
        for _, clip in read_val_clips(options.data, options.clips)
    ]
    print(f"{len(motions)} clips, {sum(map(len, motions))} frames; worst of each")
    print(f"{'rig':26s}" + "".join(f"{column:>10s}" for column in (*COLUMNS[:-1], "shift mm")))
    rows = []
    for name in options.rigs:
        rows.append(worst(motions, name))
        print(f"{name:26s}" + "".join(f"{figure:10.3f}" for figure in rows[-1]), flush=True)
    print(f"{'all':26s}" + "".join(f"{figure:10.3f}" for figure in np.max(rows, axis=0)))


if __name__ == "__main__":
    main(sys.argv[1:])
