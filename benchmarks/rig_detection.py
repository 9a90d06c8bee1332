"""How many joints of each rig of the zoo are found, whole, with a fifth of the names spoilt, and with all of them.

    python benchmarks/rig_detection.py

Run from the repository's root; needs numpy only. The worst of SEEDS choices of names is told beside the mean.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from blender_mmm.engine_door import skeleton
from blender_mmm.retarget.bone_map import UnmappedRigError, find_bone_map
from tests.zoo import ZOO, expected, mangled, rest

SEEDS = 10


def count_right(name: str, share: float, seed: int) -> int:
    """Joints of the 22 that are mapped as they should be (or left out as they should be)."""
    rig, original = mangled(rest(name), share, seed)
    try:
        bones = find_bone_map(rig).bones
    except UnmappedRigError:
        return 0
    wanted = expected(name).values()
    return sum((original[bone] if bone else None) == want for bone, want in zip(bones, wanted, strict=True))


def main() -> None:
    """A line a rig."""
    print(f"{'rig':28} bones whole  20 % spoilt (worst)  all spoilt     ms")
    for name in ZOO:
        whole = count_right(name, 0.0, 0)
        fifth = [count_right(name, 0.2, seed) for seed in range(SEEDS)]
        none = count_right(name, 1.0, 0)
        rig = rest(name)
        start = time.process_time()
        find_bone_map(rig)
        spent = (time.process_time() - start) * 1000.0
        mean = sum(fifth) / len(fifth)
        print(f"{name:28} {len(rig):5} {whole:5} {mean:12.1f} ({min(fifth):2}) {none:16} {spent:8.1f}")
    print(f"of {skeleton.JOINT_COUNT} joints each")


if __name__ == "__main__":
    main()
