"""How much feet slide before and after they are locked, on legs of several lengths.

    python benchmarks/foot_lock.py --data shared/data/cmu [--clips 30] [--generated 8] [--zoo]

Real motion: val clips. Generated motion: the shipped weights' answers to a few sentences. Each is retargeted onto our
skeleton with thighs and shins scaled, with and without the lock. A contact frame is one in which a toe joint is said
to stand (the published extraction's labels for real motion, the model's own for generated) in this and the last frame
and is lower than 5 cm in the source; it slides if the toe joint moves more than 2.5 cm over the ground from the last
frame. Distances are divided by the leg's scale, so that all rows compare. A foot that slides far while it is said to
stand is given steps; their frames are no contact any more, and their share stands in a column of its own.

--zoo: the same clips on every rig of the tests' zoo instead, a line each, with the worst that any rig became.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from blender_mmm.engine_door import clip as clips
from blender_mmm.engine_door import kinematics, rotations, skeleton
from blender_mmm.retarget.bone_map import BoneMap, find_bone_map
from blender_mmm.retarget.feet import FootLockOptions, find_steps, lock_feet, pose_legs
from blender_mmm.retarget.legs import leg_bones, rest_floor, to_leg_poses, to_sole
from blender_mmm.retarget.rest_alignment import fit_rig
from blender_mmm.retarget.rig import BonePoses, RigRest
from blender_mmm.retarget.to_rig import place, rest_pose, to_rig
from engine.motion.foot_lock import LegPoses, Sole
from engine.training.cmu import read_sources
from tests.retarget.zoo_rigs import bone_map
from tests.zoo import ZOO, rest

Joint = skeleton.Joint

LEGS: Final = (0.7, 1.0, 1.4)
LOW: Final = 0.05  # metres
SLIDES: Final = 0.025  # metres a frame
LABEL_SPEED: Final = 0.002  # squared metres a frame: the published extraction's bound
TOES: Final = (1, 3)  # columns of the contact channels
TEXTS: Final = (
    "a person walks forward",
    "a person runs forward",
    "a person walks in a circle",
    "a person jumps",
    "a person sits down",
    "a person walks backwards",
    "a person dances",
    "a person kicks with the right leg",
)


def make_rig(legs: float) -> RigRest:
    """Our skeleton with thighs and shins scaled, standing on the floor."""
    offsets = skeleton.REST_OFFSETS.copy()
    offsets[[Joint.LEFT_KNEE, Joint.RIGHT_KNEE, Joint.LEFT_ANKLE, Joint.RIGHT_ANKLE]] *= legs
    places = np.zeros((skeleton.JOINT_COUNT, 3))
    for joint in range(1, skeleton.JOINT_COUNT):
        places[joint] = places[skeleton.PARENTS[joint]] + offsets[joint]
    places[:, 1] -= places[Joint.LEFT_FOOT, 1]
    count = len(places)
    matrices = np.broadcast_to(np.eye(4), (count, 4, 4)).copy()
    matrices[:, :3, 3] = places
    return RigRest(
        name=f"legs x {legs:g}",
        bones=tuple(skeleton.JOINT_NAMES),
        parents=np.array(skeleton.PARENTS),
        matrices=matrices,
        lengths=np.full(count, 0.1),
        rotation_modes=("QUATERNION",) * count,
        inherits_rotation=np.ones(count, dtype=bool),
        local_location=np.ones(count, dtype=bool),
        connected=np.zeros(count, dtype=bool),
        locked_rotation=np.zeros((count, 3), dtype=bool),
        locked_location=np.zeros((count, 3), dtype=bool),
        world=np.eye(4),
    )


def real_clips(folder: Path, count: int) -> list[clips.MotionClip]:
    """Val clips spread over the set, from the origin on, with the published contact labels."""
    found = [source.clip for source in read_sources(folder, frozenset({"val"})) if len(source.clip) >= 40]
    chosen = found[:: max(1, len(found) // count)][:count]
    return [_labelled(_at_origin(_cut(clip, skeleton.MAX_FRAMES))) for clip in chosen]


def _cut(clip: clips.MotionClip, frames: int) -> clips.MotionClip:
    return replace(clip, root=clip.root[:frames], rotations=clip.rotations[:frames], contacts=clip.contacts[:frames])


def _at_origin(clip: clips.MotionClip) -> clips.MotionClip:
    back = rotations.about_y(-rotations.heading(clip.rotations[0, 0]))
    turns = clip.rotations.copy()
    turns[:, 0] = rotations.multiply(back, turns[:, 0])
    root = rotations.rotate(back, clip.root - clip.root[0] * [1.0, 0.0, 1.0])
    return replace(clip, root=root, rotations=rotations.continuous(turns))


def _labelled(clip: clips.MotionClip) -> clips.MotionClip:
    feet = _feet_of(clip)
    slow = ((np.diff(feet, axis=0) ** 2).sum(-1) < LABEL_SPEED).astype(float)
    return replace(clip, contacts=np.concatenate([slow, slow[-1:]]))


def _feet_of(clip: clips.MotionClip) -> np.ndarray:
    joints = kinematics.forward_kinematics(clip.root, clip.rotations)
    return joints[:, list(skeleton.CONTACT_JOINTS)]


def generated_clips(count: int) -> Iterator[clips.MotionClip]:
    """What the shipped weights make of the first texts."""
    with tempfile.TemporaryDirectory() as folder:
        for seed, text in enumerate(TEXTS[:count], start=1):
            path = Path(folder) / f"{seed}.npz"
            command = [sys.executable, "-m", "engine", "generate", text, "--seed", str(seed), "--out", str(path)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=Path(__file__).resolve().parents[1])
            with np.load(path) as packed:
                root, turns, contacts = (packed[name].astype(np.float64) for name in ("root", "rotations", "contacts"))
                yield clips.MotionClip(root, rotations.normalize(turns), contacts, float(packed["fps"]))


@dataclass
class Tally:
    """Counts over many clips."""

    contacts: int = 0
    slides: int = 0
    way: float = 0.0  # metres
    steps: int = 0
    knees: list[np.ndarray] | None = None

    def __str__(self) -> str:
        share, mean = self.slides / max(self.contacts, 1), self.way / max(self.contacts, 1)
        knees = np.concatenate(self.knees or [np.zeros(1)])
        typical, rare, worst = np.percentile(knees, [95, 99.9, 100])
        steps = self.steps / max(self.contacts + self.steps, 1)
        return (
            f"{100 * share:6.2f} %  {1000 * mean:6.2f} mm/frame  steps {100 * steps:4.1f} %  "
            f"knee {typical:4.0f} {rare:4.0f} {worst:4.0f} rad/s²"
        )


def measure(clip: clips.MotionClip, rest: RigRest, bone_map: BoneMap, tallies: tuple[Tally, Tally]) -> None:
    """Add one clip to the tallies of before and after."""
    poses = to_rig(clip, rest, bone_map, place(rest, bone_map))
    options = FootLockOptions(clip.fps)
    locked = lock_feet(poses, rest, bone_map, None, options)
    stepping = find_steps(poses, rest, bone_map, None, options)
    contact = (clip.contacts[:, TOES] >= 0.5) & (_feet_of(clip)[:, TOES, 1] < LOW)
    contact = contact[1:] & contact[:-1]
    for tally, some in zip(tallies, (poses, locked), strict=True):
        sides = _read_legs(some, rest, bone_map)
        toes = np.stack([leg.ankle + rotations.rotate(leg.foot, sole.toe_joint) for leg, sole in sides], axis=1)
        # Legs are read on our skeleton's size: what slides is as large as the leg is long.
        moved = np.linalg.norm(np.diff(toes[..., [0, 2]], axis=0), axis=-1) * clip.fps / skeleton.MODEL_FPS
        counted = contact if some is poses else contact & ~(stepping[1:] | stepping[:-1])
        tally.contacts += int(counted.sum())
        tally.steps += int(contact.sum() - counted.sum())
        tally.slides += int((counted & (moved > SLIDES)).sum())
        tally.way += float(moved[counted].sum())
        bends = np.stack([_knee(leg) for leg, _ in sides], axis=1)
        tally.knees = [*(tally.knees or []), np.abs(np.diff(bends, 2, axis=0)).ravel() * clip.fps**2]


def _read_legs(poses: BonePoses, rest: RigRest, bone_map: BoneMap) -> list[tuple[LegPoses, Sole]]:
    fit = fit_rig(rest, bone_map)
    posed = pose_legs(poses, rest, fit, rest_pose(rest))
    floor = rest_floor(rest, fit)
    return [(to_leg_poses(posed, rest, fit, side, floor), to_sole(rest, fit, side)) for side in leg_bones(fit)]


def _knee(leg: LegPoses) -> np.ndarray:
    """Bend of the knee [T], rad."""
    thigh, shin = rotations.normalize(leg.knee - leg.hip), rotations.normalize(leg.ankle - leg.knee)
    return np.arctan2(np.linalg.norm(np.cross(thigh, shin), axis=-1), (thigh * shin).sum(-1))


def print_zoo(motions: Sequence[clips.MotionClip]) -> None:
    """A line for each rig: sliding contact frames and mean slide before and after; knees."""
    print(f"zoo: {len(motions)} clips, {sum(map(len, motions))} frames; before -> after")
    worse = []
    for name in ZOO:
        tallies = (Tally(), Tally())
        for clip in motions:
            measure(clip, rest(name), bone_map(name), tallies)
        before, after = tallies
        print(f"  {name:26s} {before}  ->  {after}", flush=True)
        if after.slides > before.slides or after.way / after.contacts > before.way / before.contacts:
            worse.append(name)
    print(f"worse than before: {', '.join(worse) or 'none'}")


def print_table(name: str, motions: Sequence[clips.MotionClip]) -> None:
    print(f"{name}: {len(motions)} clips, {sum(map(len, motions))} frames")
    for legs in LEGS:
        rig = make_rig(legs)
        mapped = find_bone_map(rig)
        tallies = (Tally(), Tally())
        for clip in motions:
            measure(clip, rig, mapped, tallies)
        for word, tally in zip(("before", "after"), tallies, strict=True):
            print(f"  legs x {legs:3.1f}  {word:6}  {tally}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="the folder of the motion set; left out: no real motion")
    parser.add_argument("--clips", type=int, default=30, help="how many val clips")
    parser.add_argument("--generated", type=int, default=len(TEXTS), help="how many sentences")
    parser.add_argument("--zoo", action="store_true", help="real motion on the rigs of the tests' zoo")
    arguments = parser.parse_args()
    print("toe joints that slide more than 2.5 cm a frame, mean slide; knees' angular acceleration: 95 %, 99.9 %, most")
    if arguments.zoo:
        print_zoo(real_clips(arguments.data, arguments.clips))
        return
    if arguments.data is not None:
        print_table("real", real_clips(arguments.data, arguments.clips))
    print_table("generated", list(generated_clips(arguments.generated)))


if __name__ == "__main__":
    main()
