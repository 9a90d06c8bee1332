"""The motion of a rig's own action, bone by bone, and new keys for some of its bones; without the engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import bpy
import numpy as np

from .. import apply
from ..engine_door import skeleton
from ..retarget.legs import leg_bones
from ..retarget.rest_alignment import RigFit, fit_rig
from ..retarget.rig import BonePoses
from ..scene.frame_range import FrameRange
from ..scene.key_splice import NewKeys
from .errors import EditError
from .joining import Joint, join_channels, to_quaternions
from .source import Source, check_cycles, open_source
from .switching import Handover, Shown, find_handover
from .window import is_open_left, is_open_right

#: Seconds beside a range that are looked at too: what stands at its edge stood before.
_CONTEXT_SECONDS = 1.0
_PROPERTIES = {"QUATERNION": ("rotation_quaternion", 4), "AXIS_ANGLE": ("rotation_axis_angle", 4)}


@dataclass(frozen=True)
class RigMotion:
    """What an armature does around the frames that are to change. Lives no longer than one call."""

    source: Source
    fit: RigFit
    fps: float
    target: FrameRange  # to be written
    frames: np.ndarray  # [T] whole scene frames: the target and what is around it
    posed: np.ndarray  # [T, B, 4, 4] armature space
    known_first: bool  # there is animation before the target, which must be met
    known_last: bool
    handover: Handover
    shown: Shown  # over `frames`

    @property
    def elsewhere(self) -> frozenset[str]:
        """Bones that do not steer their limbs yet, in the target or right beside it."""
        start, stop = self._span
        return self.shown.bones(slice(start, stop))

    def turns(self, bone: int) -> np.ndarray:
        """The bone's own rotation as quaternions [T, 4]: its channels, or what is seen where it does not steer."""
        if self.source.rest.bones[bone] in self.elsewhere:
            return self.shown.turns(self.source.rest.bones[bone])
        mode = self.source.rest.rotation_modes[bone]
        name, width = _PROPERTIES.get(mode, ("rotation_euler", 3))
        return to_quaternions(self._values(bone, name, width), mode)

    def locations(self, bone: int) -> np.ndarray:
        """The bone's own location channels [T, 3]."""
        return self._values(bone, "location", 3)

    def _values(self, bone: int, name: str, width: int) -> np.ndarray:
        addresses = [(self.source.rest.bones[bone], name, index) for index in range(width)]
        return np.stack([self.source.book.values(address, self.frames) for address in addresses], axis=1)

    @property
    def _span(self) -> tuple[int, int]:
        """Rows of the target and the known frames right beside it."""
        start = self.target.start - int(self.known_first) - int(self.frames[0])
        return start, self.target.stop + int(self.known_last) - int(self.frames[0])

    @property
    def mover(self) -> int:
        """The bone that carries the body: the pelvis, or what it is stuck to."""
        rest, pelvis = self.source.rest, self.fit.bones[skeleton.Joint.PELVIS]
        return next((bone for bone in [pelvis, *rest.ancestors(pelvis)] if not rest.connected[bone]), pelvis)

    def envelope(self, blend: int) -> np.ndarray:
        """Share [T] of a change at each frame: nothing outside the target, eased in where there is animation."""
        rise = np.ones(len(self.frames))
        if self.known_first:
            rise = np.minimum(rise, (self.frames - self.target.start + 1) / (blend + 1))
        if self.known_last:
            rise = np.minimum(rise, (self.target.stop - self.frames) / (blend + 1))
        rise = np.clip(rise, 0.0, 1.0)
        eased: np.ndarray = rise * rise * (3.0 - 2.0 * rise)
        return eased

    def to_edits(self, poses: BonePoses) -> dict[tuple[str, str, int], Sequence[NewKeys]]:
        """Keys that make the bones do as `poses` (over `frames`) within the target."""
        start, stop = self._span
        part = BonePoses(poses.bones, poses.rotations[start:stop], poses.moved_bones, poses.locations[start:stop])

        def own(bone: str, name: str, width: int) -> np.ndarray:
            values = self.source.book.values
            return np.stack([values((bone, name, index), ends) for index in range(width)], axis=1)

        ends = self.frames[[start, stop - 1]]
        shown = self.shown.rows([start, stop - 1])
        elsewhere = shown.bones([-1]) if self.known_last else frozenset()
        joint = Joint(self.known_first, self.known_last, 1)
        edits: dict[tuple[str, str, int], Sequence[NewKeys]] = {}
        for channel in join_channels(part, self.source.rest, joint, shown.over(own, self.source.rest)):
            values = channel.values[int(self.known_first) : int(self.known_first) + len(self.target)]
            holds = channel.turns_differ or channel.bone in elsewhere
            keys = NewKeys(self.target, values, self.known_first, self.known_last, holds_last=holds)
            edits[channel.bone, channel.property, channel.index] = [keys]
        return edits


def read_rig_motion(
    obj: bpy.types.Object | None, scene: bpy.types.Scene, target: FrameRange | None, legs_only: bool = False
) -> RigMotion:
    """The motion around `target` (the whole action by default); raises EditError with a sentence.

    legs_only: nothing but legs is to be written, besides the bone that carries the body.
    """
    source = open_source(obj)
    fps = float(scene.render.fps / scene.render.fps_base)
    first, last = math.floor(source.span[0]), math.ceil(source.span[1])
    target = FrameRange(first, last + 1) if target is None else target
    if target.start > last or target.stop <= first or not len(target):
        raise EditError(
            f"The frames {target} lie outside the action, whose keys go from {first} to {last}. "
            "Choose frames inside it."
        )
    target = FrameRange(max(target.start, first), min(target.stop, last + 1))
    check_cycles(source, target.start, target.stop - 1)
    known_first, known_last = not is_open_left(target, source.span), not is_open_right(target, source.span)
    context = round(_CONTEXT_SECONDS * fps)
    frames = np.arange(max(first, target.start - context), min(last + 1, target.stop + context))
    fit = fit_rig(source.rest, source.bone_map)
    legs = {source.rest.bones[bone] for side in leg_bones(fit) for bone in side.all}
    handover = find_handover(source, [target], legs if legs_only else None)
    posed, shown = source.read_posed(frames), handover.shown(frames)
    return RigMotion(source, fit, fps, target, frames, posed, known_first, known_last, handover, shown)


def check_free_legs(motion: RigMotion) -> None:
    """Raises EditError when constraints or drivers, not keys, decide where the legs are."""
    source = motion.source
    held = apply.steered_legs(source.obj, source.rest, source.bone_map)
    if held:
        raise EditError(
            f"Constraints or drivers move the legs ({', '.join(held)}), so keys on these bones would not show. "
            "Switch the legs to FK, or bake the action with Visual Keying (Pose > Animation > Bake Action) first."
        )


def to_local_turns(
    motion: RigMotion, bones: Sequence[int], turned: Callable[[int, np.ndarray], np.ndarray]
) -> tuple[tuple[str, ...], np.ndarray]:
    """Names and new local rotations [T, K, 4] of `bones`; turned: bone, own local rotations -> new ones."""
    names = tuple(motion.source.rest.bones[bone] for bone in bones)
    return names, np.stack([turned(bone, motion.turns(bone)) for bone in bones], axis=1)
