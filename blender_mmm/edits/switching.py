"""Who steers the limbs in the frames of an edit: where other controls did (IK), the bones we write take over."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..retarget.from_rig import from_rig, place_of_source
from ..retarget.presets import Switch
from ..retarget.rig import BonePoses, RigRest
from ..retarget.to_rig import to_rig
from ..scene.action_channels import channels_in
from ..scene.frame_range import FrameRange
from ..scene.key_splice import NewKeys
from ..scene.switch_keys import driven_bones, find_curve, is_turned, turned, write_switch_keys
from ..scene.switches import name_of, read_switch
from .errors import EditError
from .joining import Joint, Values, to_values
from .source import Source, fault_of

#: Parts of the longest bone, and of an axis; bones that are less far apart stand in the same place.
_SAME = 1e-3
_ONE_POSE = Joint(known_first=True, known_last=False, fade=0)


@dataclass(frozen=True)
class Shown:
    """What is seen on some frames, told by bones that may not steer there."""

    poses: BonePoses | None  # as they have to stand for it once they steer; None: they do already
    other: np.ndarray  # [N, K] bool: where the bones of `poses` do not steer, but stand elsewhere

    def rows(self, rows: Sequence[int]) -> Shown:
        """Some of the frames."""
        if self.poses is None:
            return self
        poses = replace(self.poses, rotations=self.poses.rotations[rows], locations=self.poses.locations[rows])
        return Shown(poses, self.other[rows])

    def bones(self, rows: Sequence[int] | slice = slice(None)) -> frozenset[str]:
        """Those that stand elsewhere on one of the frames `rows`."""
        if self.poses is None:
            return frozenset()
        return frozenset(np.array(self.poses.bones)[self.other[rows].any(axis=0)].tolist())

    def turns(self, bone: str) -> np.ndarray:
        """Local rotations [N, 4] for what is seen."""
        assert self.poses is not None
        return self.poses.rotations[:, self.poses.bones.index(bone)]

    def over(self, own: Values, rest: RigRest) -> Values:
        """Like `own` at the two frames, but what is seen where the bones stand elsewhere."""
        elsewhere = [self.bones([row]) for row in (0, -1)]

        def values(bone: str, name: str, width: int) -> np.ndarray:
            found = own(bone, name, width)
            for row in (0, -1) if name != "location" else ():
                if bone in elsewhere[row]:
                    mode = rest.rotation_modes[rest.bones.index(bone)]
                    found[row] = to_values(self.turns(bone)[row][None], mode, found[[row, row]], _ONE_POSE)[0]
            return found

        return values


@dataclass(frozen=True)
class Handover:
    """Switches to be turned in the frames of an edit. Lives no longer than one call."""

    source: Source
    switches: tuple[Switch, ...]
    fixed: tuple[Switch, ...] = ()  # not as they should be, but nothing follows them frame by frame

    def read_posed(self, frames: np.ndarray) -> np.ndarray:
        """Matrices [N, B, 4, 4] in armature space at scene `frames` [N], the switches turned."""
        if not self.switches:
            return self.source.read_posed(frames)
        with turned(self.source.obj, self._channels, self.switches):
            return self.source.read_posed(frames)

    def shown(self, frames: np.ndarray) -> Shown:
        """What is seen at scene `frames` [N], as the bones we write have to stand for it once they steer."""
        source = self.source
        if not self.switches:
            return Shown(None, np.zeros((len(frames), 0), dtype=bool))
        seen, posed = source.read_posed(frames), self.read_posed(frames)
        clip = from_rig(seen, source.rest, source.bone_map, 1.0)
        poses = to_rig(clip, source.rest, source.bone_map, place_of_source(source.rest, source.bone_map, posed))
        bones = [source.rest.bones.index(name) for name in poses.bones]
        size = float(source.rest.lengths.max())
        apart = np.abs(seen[:, bones] - posed[:, bones])
        other = (apart[..., :3].max(axis=(-2, -1)) > _SAME) | (apart[..., 3].max(axis=-1) > _SAME * size)
        return Shown(poses, other)

    def write(self, channels: Any, pieces: Sequence[NewKeys]) -> None:
        """Keys that turn the switches in the ranges of `pieces`, for the edited action's `channels`."""
        first, last = self.source.span
        write_switch_keys(self.source.obj, channels, self.switches, pieces, (math.floor(first), math.ceil(last)))

    def notes(self) -> tuple[str, ...]:
        """What the user should know."""
        notes = []
        if self.switches:
            names = ", ".join(map(name_of, self.switches))
            notes.append(f"Keyed in these frames so that the bones with new keys steer the rig: {names}.")
        if self.fixed:
            names = ", ".join(map(name_of, self.fixed))
            notes.append(f"The limbs may not follow: nothing reads {names} frame by frame. Set it by hand.")
        return tuple(notes)

    @property
    def _channels(self) -> Any:
        return channels_in(self.source.action, self.source.slot)


def find_handover(source: Source, ranges: Iterable[FrameRange], bones: Collection[str] | None = None) -> Handover:
    """What has to be turned so that `bones` (those of the edit by default) steer in `ranges`; raises EditError."""
    bones = source.bones if bones is None else bones
    place = source.rest.bones.index
    carried = {source.rest.bones[up] for bone in bones for up in source.rest.ancestors(place(bone))} | set(bones)
    frames = [frame for one in ranges for frame in range(one.start, one.stop)]
    channels = channels_in(source.action, source.slot)
    switches, fixed = [], []
    for switch in source.bone_map.switches:
        if read_switch(source.obj, switch) is None or is_turned(source.obj, channels, switch, frames):
            continue
        driven = driven_bones(source.obj, switch)
        if not driven:
            fixed.append(switch)
        elif driven & carried:
            _check(source, channels, switch)
            switches.append(switch)
    return Handover(source, tuple(switches), tuple(fixed))


def _check(source: Source, channels: Any, switch: Switch) -> None:
    curve = find_curve(source.obj, channels, switch)
    fault = fault_of(curve) if curve is not None else ""
    if fault:
        raise EditError(f"{fault.format(bones=name_of(switch))} Nothing was changed.")
