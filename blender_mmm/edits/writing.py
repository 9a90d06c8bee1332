"""The engine's answer to an edit -> keys in a copy of the action, inside the ranges and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import bpy
import numpy as np

from .. import apply
from ..engine_door import clip as clips
from ..engine_door import resample
from ..retarget.feet import FootLockOptions, find_steps, lock_feet
from ..retarget.from_rig import place_of_source
from ..retarget.rig import BonePoses
from ..retarget.to_rig import to_rig
from ..scene.action_channels import assign_action, channels_in, slot_of
from ..scene.action_editing import write_edits
from ..scene.curve_book import Address, CurveBook, to_address
from ..scene.frame_range import FrameRange
from ..scene.key_reduction import ReductionError
from ..scene.key_splice import NewKeys
from ..scene.switch_keys import release_switches
from .errors import EditError
from .joining import Joint, Values, join_channels
from .source import Source
from .switching import Handover
from .window import is_open_left, is_open_right

Edits = Mapping[Address, Sequence[NewKeys]]


def edit_ranges(
    handover: Handover,
    clip: clips.MotionClip,
    clock: resample.FrameClock,
    ranges: Sequence[FrameRange],
    blend_frames: int,
    keep_hand_keys: bool = False,
    drops_later: bool = False,
    foot_lock: float = 0.0,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[Address, list[NewKeys]]:
    """What to write into `ranges` so that the armature moves as `clip` does. Writes nothing.

    foot_lock: how firmly standing feet are held, 0..1; eased in and out where animation is known. tell: gets a
    sentence on the steps that feet are given.
    """
    source = handover.source
    edits: dict[Address, list[NewKeys]] = {}
    for frames in merge_ranges(ranges):
        known_first = not is_open_left(frames, source.span)
        known_last = not is_open_right(frames, source.span) and not drops_later
        joint = Joint(known_first, known_last, blend_frames)
        whole = np.arange(frames.start - known_first, frames.stop + known_last)
        shown = handover.shown(whole[[0, -1]])
        own = shown.over(own_values(source, whole), source.rest)
        elsewhere = shown.bones([-1]) if known_last else frozenset()
        share = joint.shares(len(whole)) * foot_lock
        for channel in join_channels(_to_poses(handover, clip, clock, whole, share, tell), source.rest, joint, own):
            address = (channel.bone, channel.property, channel.index)
            keys = NewKeys(
                frames,
                channel.values[int(known_first) : int(known_first) + len(frames)],
                known_first,
                known_last,
                drops_later,
                channel.turns_differ or channel.bone in elsewhere,
                keep_hand_keys,
            )
            edits.setdefault(address, []).append(keys)
    return edits


def merge_ranges(ranges: Sequence[FrameRange]) -> list[FrameRange]:
    """Ranges that touch as one: there is no known frame between them."""
    merged: list[FrameRange] = []
    for frames in ranges:
        if merged and frames.start <= merged[-1].stop:
            merged[-1] = FrameRange(merged[-1].start, frames.stop)
        else:
            merged.append(frames)
    return merged


def _to_poses(
    handover: Handover,
    clip: clips.MotionClip,
    clock: resample.FrameClock,
    frames: np.ndarray,
    foot_lock: np.ndarray,
    tell: Callable[[str], None],
) -> BonePoses:
    """The clip at whole scene `frames` [T] on the rig, only the bones that the edit writes. foot_lock: [T] in 0..1."""
    source = handover.source
    rest, bone_map = source.rest, source.bone_map
    times = np.clip(clock.to_model(frames), 0.0, len(clip) - 1.0)
    placement = place_of_source(rest, bone_map, handover.read_posed(frames))
    sampled = resample.sample(clip, times, clock.scene_fps)
    poses = to_rig(sampled, rest, bone_map, placement)
    if foot_lock.any():
        lock = FootLockOptions(clock.scene_fps, envelope=foot_lock)
        stepping = find_steps(poses, rest, bone_map, None, lock, placement.held)
        if told := apply.tell_steps(stepping, int(frames[0])):
            tell(told)
        poses = lock_feet(poses, rest, bone_map, None, lock, placement.held)
    turned = [column for column, bone in enumerate(poses.bones) if bone in source.bones]
    moved = [column for column, bone in enumerate(poses.moved_bones) if bone in source.bones]
    return BonePoses(
        tuple(poses.bones[column] for column in turned),
        poses.rotations[:, turned],
        tuple(poses.moved_bones[column] for column in moved),
        poses.locations[:, moved],
    )


def own_values(source: Source, frames: np.ndarray) -> Values:
    """The bones' own channel values at the first and the last of `frames`."""
    ends = frames[[0, -1]]

    def values(bone: str, name: str, width: int) -> np.ndarray:
        return np.stack([source.book.values((bone, name, index), ends) for index in range(width)], axis=1)

    return values


@contextmanager
def playing(obj: bpy.types.Object, action_name: str, slot: str) -> Iterator[None]:
    """`obj` with the action the edit was made for; if anything fails, with the one it had before."""
    action = bpy.data.actions.get(action_name)
    if action is None:
        raise EditError(f"The action “{action_name}” is gone. Nothing was changed; ask for the edit again.")
    apply.check_object(obj)
    data = obj.animation_data_create()
    before, before_slot = data.action, slot_of(obj)
    if before != action:
        assign_action(obj, action, slot)
        release_switches(obj, before)
    try:
        yield
    except BaseException:
        if data.action != before:
            if before is None:
                data.action = None
            else:
                assign_action(obj, before, before_slot)
            release_switches(obj, action)
        raise


def write_copy(
    handover: Handover, edits: Edits, name: str | None = None, reduce_error: float | None = None
) -> bpy.types.Action:
    """A copy of the action with `edits`, now in use; the action itself is kept as it was."""
    source = handover.source
    copy = source.action.copy()
    try:
        channels = channels_in(copy, source.slot)
        book = CurveBook(source.obj, channels)
        span = math.floor(source.span[0]), math.ceil(source.span[1])
        write_edits(book, edits, span, reduce_error)
        handover.write(channels, next(iter(edits.values()), ()))
    except BaseException as error:
        bpy.data.actions.remove(copy)
        if isinstance(error, ReductionError):
            raise EditError(str(error)) from error
        raise
    return put_in_use(source, copy, name)


def put_in_use(source: Source, copy: bpy.types.Action, name: str | None) -> bpy.types.Action:
    """Have the armature play `copy`; the action it was made from is kept."""
    if name is not None:
        copy.name = name
    _keep(source.action)
    assign_action(source.obj, copy, source.slot)
    return copy


def _keep(action: bpy.types.Action) -> None:
    """See that an action is saved with the file though nothing may use it any more."""
    if action.library is None:
        action.use_fake_user = True


def report(source: Source, copy: bpy.types.Action, frames: FrameRange, extra: Sequence[str] = ()) -> apply.ApplyReport:
    """What was written, and what the user should know."""
    notes = [f"The action “{source.action.name}” was kept as it was; it is in the list of actions.", *extra]
    notes += apply.notes_on(source.obj, source.rest, source.bone_map)
    driven = sorted(_driven(source))
    if driven:
        notes.append(f"Drivers still move: {', '.join(driven)}.")
    modified = sorted({bone for (bone, _, _), curve in source.book if bone in source.bones and len(curve.modifiers)})
    if modified:
        notes.append(f"Modifiers of the curves still act on: {', '.join(modified)}.")
    return apply.ApplyReport(str(copy.name), frames.start, frames.stop - 1, tuple(notes))


def _driven(source: Source) -> set[str]:
    found = (to_address(driver) for driver in source.obj.animation_data.drivers)
    return {address[0] for address in found if address is not None and address[0] in source.bones}
