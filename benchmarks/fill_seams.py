"""In-betweening of real motion: what the exact step costs in sliding feet, and how seams move.

python benchmarks/fill_seams.py --data FOLDER [--clips 64] [--out FOLDER]

The middle half of clips of the validation split is filled from both ends with their text. Skating is measured
inside the gap before the exact step (the in-fill and its own idea of the frames beside it) and after it; the jump of
joint velocities at the seams is compared with real motion's own. --out keeps source and result as .npz for
probe_sheet.py.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import islice
from pathlib import Path

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine.editing import fill as filling
from engine.evaluation.motion_metrics import measure, seam_jump
from engine.motion.clip import MotionClip
from engine.motion.kinematics import forward_kinematics
from engine.motion.pieces import cut
from engine.motion.skeleton import MAX_FRAMES
from engine.pipeline import MotionPipeline
from engine.protocol.requests import FillRequest, Gap
from engine.training.cmu import Source, read_sources


class Watched:
    """The exact step, remembering what it was given."""

    def __init__(self) -> None:
        self.settle = filling.settle
        self.raw: MotionClip | None = None

    def __call__(self, raw: MotionClip, left: MotionClip, right: MotionClip, reach: int) -> MotionClip:
        self.raw = cut(raw, len(left) - 1, len(raw) - len(right) + 1)
        return self.settle(raw, left, right, reach)


def sources(data: Path, count: int) -> list[Source]:
    """Clips of the validation split that have a text and fill a window, evenly chosen."""
    fitting = [
        source
        for source in read_sources(data, frozenset({"val"}))
        if source.captions and len(source.clip) >= 100 and not source.flags & {"rejected"}
    ]
    return list(islice(fitting, 0, None, max(1, len(fitting) // count)))[:count]


def joints_of(clip: MotionClip) -> np.ndarray:
    """Joint positions [T, 22, 3] m."""
    return forward_kinematics(clip.root, clip.rotations)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=64)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    pipeline, watched = MotionPipeline.load(device="cpu"), Watched()
    filling.settle = watched
    real, before, after, jumps, usual, seconds = [], [], [], [], [], []
    for source in sources(options.data, options.clips):
        clip = cut(source.clip, 0, min(len(source.clip), MAX_FRAMES))
        start, stop = len(clip) // 4, len(clip) - len(clip) // 4
        began = time.perf_counter()
        take = pipeline.run(FillRequest(clip, (Gap(start, stop, source.captions[0].text),), 0))[0]
        seconds.append(time.perf_counter() - began)
        assert watched.raw is not None
        inside = slice(start - 1, stop + 1)
        truth, joints = joints_of(clip), joints_of(take.clip)
        real.append(truth[inside])
        before.append(joints_of(watched.raw))
        after.append(joints[inside])
        jumps += [seam_jump(joints, at) for at in (start, stop)]
        usual += [seam_jump(truth, at) for at in range(1, len(truth) - 1)]
        if options.out is not None:
            options.out.mkdir(parents=True, exist_ok=True)
            for name, made in (("0real", clip), ("1filled", take.clip)):
                np.savez(
                    options.out / f"{source.name}_{name}.npz", root=made.root, rotations=made.rotations, fps=made.fps
                )
    for name, motions in (("real", real), ("before the exact step", before), ("after it", after)):
        print(f"{name:24} skating {measure(motions).skate_mm:6.2f} mm a frame, {measure(motions).skate_ratio:.3f}")
    print(f"velocity jump at seams: 95 % {np.percentile(jumps, 95):.2f}, worst {max(jumps):.2f} m/s")
    print(f"real motion's jumps:    95 % {np.percentile(usual, 95):.2f} m/s")
    print(f"seconds a fill: median {np.median(seconds):.2f}")


if __name__ == "__main__":
    main()
