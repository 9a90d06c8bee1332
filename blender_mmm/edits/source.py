"""The animation an edit starts from: checked, and read as a clip."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from .. import apply
from ..engine_door import clip as clips
from ..engine_door import resample, skeleton
from ..retarget.bone_map import BoneMap
from ..retarget.from_rig import from_rig
from ..retarget.rig import RigRest
from ..scene.action_channels import channels_in, slot_of
from ..scene.curve_book import CurveBook, has_cycles
from ..scene.rig_reader import RigReadError, read_posed, read_rest
from .errors import EditError
from .records import PART_JOINTS, EditPart

_NAMED = 4  # so many bones are named in a message
_MOVING = ("location", "rotation_quaternion", "rotation_euler", "rotation_axis_angle")


@dataclass(frozen=True)
class Source:
    """An armature and the action it plays. Holds bpy objects: it lives no longer than one call."""

    obj: bpy.types.Object
    action: bpy.types.Action
    slot: str
    book: CurveBook
    rest: RigRest
    bone_map: BoneMap
    span: tuple[float, float]  # first and last frame with a key
    bones: frozenset[str]  # those that the edit writes

    @property
    def carriers(self) -> set[str]:
        """Bones without a joint that mapped ones hang on."""
        carrying = {self.rest.bones[bone] for bone in self.bone_map.carrying(self.rest)}
        return carrying - set(self.bone_map.bones)

    def read_clip(self, frames: np.ndarray) -> clips.MotionClip:
        """The posed bones at scene `frames` [N] as a clip of N model frames."""
        return from_rig(self.read_posed(frames), self.rest, self.bone_map, float(skeleton.MODEL_FPS))

    def read_posed(self, frames: np.ndarray) -> np.ndarray:
        """Matrices [N, B, 4, 4] in armature space at scene `frames` [N]; raises EditError without numbers.

        Only of mapped bones and those that they hang on; of others perhaps.
        """
        try:
            return read_posed(self.obj, self.rest, frames.tolist(), self.bone_map.carrying(self.rest))
        except RigReadError as error:
            raise EditError(str(error)) from error


def fps_of(scene: bpy.types.Scene) -> float:
    """Frames a second."""
    return float(scene.render.fps / scene.render.fps_base)


def check_action(obj: bpy.types.Object | None) -> None:
    """Raises EditError (or TargetError) with a sentence when the animation of `obj` cannot be edited."""
    open_source(obj)


def open_source(obj: bpy.types.Object | None, part: EditPart | None = None) -> Source:
    """The animation of `obj`, ready to be edited on the bones of `part` (None: the whole body); raises EditError."""
    apply.check_object(obj)
    assert obj is not None
    apply.scene_of(obj)
    action = _get_action(obj)
    slot = slot_of(obj)
    channels = channels_in(action, slot)
    book = CurveBook(obj, channels) if channels is not None else None
    span = book.span() if book is not None else None
    if book is None or span is None:
        raise EditError(
            f"The action “{action.name}” holds no keys for the bones of “{obj.name}”. "
            "Set keys on at least one pose, or generate a motion first."
        )
    rest = read_rest(obj)
    bone_map = apply.find_map(rest)
    bones = _bones_of(rest, bone_map, part)
    _check_curves(book, bones)
    return Source(obj, action, slot, book, rest, bone_map, span, bones)


def _bones_of(rest: RigRest, bone_map: BoneMap, part: EditPart | None) -> frozenset[str]:
    """Bones that stand for the joints of `part`; with the whole body also the one that carries it."""
    mapped = {joint: bone for joint, bone in enumerate(bone_map.bones) if bone is not None}
    if part is not None:
        bones = frozenset(bone for joint, bone in mapped.items() if joint in PART_JOINTS[part])
        if not bones:
            raise EditError(f"“{rest.name}” has no bones for this part of the body. Choose another part.")
        return bones
    pelvis = rest.bones.index(mapped[skeleton.Joint.PELVIS])
    mover = next((bone for bone in [pelvis, *rest.ancestors(pelvis)] if not rest.connected[bone]), pelvis)
    return frozenset((*mapped.values(), rest.bones[mover]))


def _get_action(obj: bpy.types.Object) -> bpy.types.Action:
    data = obj.animation_data
    action = data.action if data is not None else None
    if action is None:
        strips = data is not None and any(len(track.strips) for track in data.nla_tracks)
        if strips:
            raise EditError(
                f"The animation of “{obj.name}” lies in NLA strips. Bake it to an action first "
                "(Object > Animation > Bake Action), then edit that."
            )
        raise EditError(f"“{obj.name}” has no animation to edit. Set some keys or generate a motion first.")
    if action.library is not None:
        raise EditError(
            f"The action “{action.name}” is linked from {action.library.filepath} and cannot be edited here. "
            "Make it local first (Object > Relations > Make Local)."
        )
    if data.action_influence != 1.0 or data.action_blend_type != "REPLACE":
        raise EditError(
            f"The action “{action.name}” is blended with NLA strips. "
            "Set its blending to Replace with influence 1 first."
        )
    return action


def _check_curves(book: CurveBook, bones: frozenset[str]) -> None:
    """Raises EditError when a curve of `bones` must not or cannot be written."""
    faults: dict[str, set[str]] = {}
    for (bone, name, _), curve in book:
        if bone not in bones or name not in _MOVING:
            continue
        fault = fault_of(curve)
        if fault:
            faults.setdefault(fault, set()).add(bone)
    for fault, found in faults.items():
        names = sorted(found)
        listed = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
        raise EditError(f"{fault.format(bones=listed)} Nothing was changed.")


def fault_of(curve: bpy.types.FCurve) -> str:
    """Why the curve must not or cannot be written, with a place for the names of `bones`; "" when it can."""
    group = curve.group
    if curve.lock or (group is not None and group.lock):
        return "The curves of {bones} are locked. Unlock them in the Graph Editor or Dope Sheet first."
    if curve.mute or (group is not None and group.mute):
        return "The curves of {bones} are muted and do not move the bones. Unmute or delete them first."
    if len(curve.sampled_points):
        return "The curves of {bones} are baked to samples. Turn them back into keys first (Key > Samples to Keys)."
    return ""


def check_cycles(source: Source, first: int, last: int) -> None:
    """Raises EditError when frames `first` to `last` reach to where a curve that would be written repeats itself."""
    for (bone, name, _), curve in source.book:
        points = curve.keyframe_points
        if bone not in source.bones or name not in _MOVING or not has_cycles(curve) or not len(points):
            continue
        if first < points[0].co[0] or last > points[-1].co[0]:
            raise EditError(
                f"The curves of “{bone}” repeat themselves (Cycles modifier) in the frames {first} to {last}. "
                "Bake the action or remove the modifier first."
            )


def read_window(source: Source, clock: resample.FrameClock, count: int) -> clips.MotionClip:
    """The clip of `count` model frames."""
    return source.read_clip(clock.to_scene(np.arange(count)))
