"""A cycle of the engine's onto the armature: a copy of the action that holds one round and repeats it."""

from __future__ import annotations

import bpy
import numpy as np

from ..engine_door import clip as clips
from ..engine_door import requests, resample, seams
from ..retarget.from_rig import place_of_source
from ..retarget.to_rig import to_rig
from ..scene.action_channels import channels_in
from ..scene.curve_book import Address, CurveBook, to_address
from ..scene.cycles import Cycle, repeat_action, write_cycle
from ..scene.frame_range import FrameRange
from ..scene.switch_keys import write_still_switches
from .joining import Joint, join_channels
from .records import PreparedEdit
from .source import Source
from .switching import Handover
from .writing import own_values, put_in_use

#: Frames before the seam over which what does not close fades.
_CLOSING_FRAMES = 8
#: Metres; a root that ends less than this from where it started stands in place.
_IN_PLACE = 1e-3
_FULL_TURN = 2.0 * np.pi


def write_loop(
    handover: Handover, prepared: PreparedEdit, clip: clips.MotionClip, name: str | None = None
) -> bpy.types.Action:
    """Give the armature a copy of its action with one round of `clip`, repeated by Cycles modifiers."""
    source = handover.source
    (frames,) = prepared.ranges
    assert isinstance(prepared.request, requests.LoopRequest)
    cycles = _body_cycles(handover, prepared.clock, clip, frames, prepared.request.in_place)
    copy = source.action.copy()
    try:
        book = CurveBook(source.obj, channels_in(copy, source.slot))
        for curve in list(channels_in(copy, source.slot).fcurves):
            address = to_address(curve)
            if address not in cycles:
                write_cycle(curve, frames, _other_cycle(source, curve, address, frames))
        for address, cycle in cycles.items():
            if book.find(address) is not None or np.ptp(cycle.values) > 0.0:
                write_cycle(book.ensure(address), frames, cycle)
        write_still_switches(source.obj, channels_in(copy, source.slot), handover.switches, frames)
        repeat_action(copy, frames)
    except BaseException:
        bpy.data.actions.remove(copy)
        raise
    return put_in_use(source, copy, name)


def _body_cycles(
    handover: Handover, clock: resample.FrameClock, clip: clips.MotionClip, frames: FrameRange, in_place: bool
) -> dict[Address, Cycle]:
    """Channels of the mapped bones over one round, on a body that stands at the range's start."""
    source = handover.source
    whole = np.arange(frames.start, frames.stop)
    held = np.repeat(handover.read_posed(whole[:1]), len(whole), axis=0)
    placement = place_of_source(source.rest, source.bone_map, held)
    times = np.clip(clock.to_model(whole), 0.0, len(clip) - 1.0)
    poses = to_rig(resample.sample(clip, times, clock.scene_fps), source.rest, source.bone_map, placement)
    channels: dict[tuple[str, str], dict[int, np.ndarray]] = {}
    for channel in join_channels(poses, source.rest, Joint(False, False, 0), own_values(source, whole)):
        channels.setdefault((channel.bone, channel.property), {})[channel.index] = channel.values
    cycles: dict[Address, Cycle] = {}
    for (bone, name), values in channels.items():
        for index, cycle in _cycles_of(name, values, in_place).items():
            cycles[bone, name, index] = cycle
    return cycles


def _cycles_of(name: str, channels: dict[int, np.ndarray], in_place: bool) -> dict[int, Cycle]:
    """Rounds of one property's channels: index -> values [N]."""
    if name == "location":
        return {index: _moving(values, in_place) for index, values in channels.items()}
    if name == "rotation_quaternion":
        flips = sum(values[0] * values[-1] for values in channels.values()) < 0.0
        # The opposite quaternion is the same turn: nothing is gained by a round.
        return {index: _closed(values, -values[0] if flips else values[0]) for index, values in channels.items()}
    angles = {0} if name == "rotation_axis_angle" else {0, 1, 2}
    return {index: _turning(values) if index in angles else _closed(values) for index, values in channels.items()}


def _moving(values: np.ndarray, in_place: bool) -> Cycle:
    """A location: what it gains in a round is kept, unless it is next to nothing or not wanted."""
    return _closed(values) if in_place or abs(values[-1] - values[0]) < _IN_PLACE else Cycle(values, gains=True)


def _turning(values: np.ndarray) -> Cycle:
    """An angle, which may gain whole turns in a round."""
    turns = float(np.round((values[-1] - values[0]) / _FULL_TURN))
    return _closed(values, values[0] + turns * _FULL_TURN, gains=turns != 0.0)


def _closed(values: np.ndarray, last: float | None = None, gains: bool = False) -> Cycle:
    """A channel that ends exactly at `last` (at its first value by default); the last frames bend towards it."""
    target = values[0] if last is None else last
    bent = values + seams.fade_offsets(len(values), None, np.array(target - values[-1]), reach=_CLOSING_FRAMES)
    bent[-1] = target
    return Cycle(bent, gains)


def _other_cycle(source: Source, curve: bpy.types.FCurve, address: Address | None, frames: FrameRange) -> Cycle:
    """What the loop does not move: bones that carry the body stand still, all else repeats what it did."""
    whole = np.arange(frames.start, frames.stop)
    values = np.array([curve.evaluate(frame) for frame in whole.tolist()])
    if address is not None and address[0] in source.carriers:
        return Cycle(np.full(len(whole), values[0]))
    if curve.data_path.endswith("location"):
        return _moving(values, False)
    if all(point.interpolation == "CONSTANT" for point in curve.keyframe_points):
        return Cycle(values, steps=True)
    return _closed(values)
