"""A generated motion onto an armature in the scene: what the session and the command line share."""

from __future__ import annotations

from dataclasses import dataclass, replace

import bpy
import numpy as np

from .engine_door import clip as clips
from .engine_door import contacts, resample, skeleton
from .retarget.bone_map import BoneMap, UnmappedRigError, find_bone_map
from .retarget.channels import to_channels
from .retarget.feet import FootLockOptions, carries_legs, find_steps, lock_feet
from .retarget.legs import LEGS, rest_floor
from .retarget.rest_alignment import fit_rig
from .retarget.rig import RigRest
from .retarget.to_rig import place, to_rig
from .scene import new_rig
from .scene.action_writer import write_action
from .scene.key_reduction import ReductionError
from .scene.rig_reader import RigReadError, frame_of, read_pose, read_rest
from .scene.switches import set_switches
from .scene.user_presets import read_user_presets

Joint = skeleton.Joint

__all__ = [
    "ApplyOptions",
    "ApplyReport",
    "TargetError",
    "apply_clip",
    "check_object",
    "check_target",
    "create_character",
    "find_map",
    "notes_on",
    "scene_of",
    "steered_legs",
    "tell_steps",
    "why_feet_slide",
]


class TargetError(ValueError):
    """The object cannot take a motion; the message says why and what to do."""


@dataclass(frozen=True)
class ApplyOptions:
    """Where on the timeline a clip goes."""

    start_frame: int
    scene_fps: float
    frames: int | None = None  # scene frames to write; None = as many as the clip holds
    action_name: str = "MMM"
    in_place: bool = False  # without the way over the floor
    on_root_bone: bool = False  # the rig's root bone takes the way over the floor, not its pelvis
    reduce_error: float | None = None  # rad or armature units; None: a key on every frame
    foot_lock: float = 0.0  # 0..1: how firmly standing feet are held in place


@dataclass(frozen=True)
class ApplyReport:
    """What was written."""

    action_name: str
    first_frame: int
    last_frame: int
    notes: tuple[str, ...] = ()


def check_target(obj: bpy.types.Object | None) -> BoneMap:
    """Which bones a motion would move; raises TargetError when `obj` cannot take one. Changes nothing."""
    check_object(obj)
    return find_map(read_rest(obj))


def apply_clip(obj: bpy.types.Object, clip: clips.MotionClip, options: ApplyOptions) -> ApplyReport:
    """Write `clip` to a new Action on the armature `obj`, going on from where it stands at the start frame.

    Raises TargetError (scene unharmed). Frame, mode and selection stay as they were.
    """
    check_object(obj)
    rest = read_rest(obj)
    bone_map = find_map(rest)
    resampled = resample.resample(_in_place(clip) if options.in_place else clip, options.scene_fps, options.frames)
    with frame_of(scene_of(obj), options.start_frame):
        switched = set_switches(obj, bone_map.switches)
        try:
            pose = read_pose(obj, rest)
        except RigReadError as error:
            raise TargetError(str(error)) from error
        placement = place(rest, bone_map, pose, options.on_root_bone)
        poses = to_rig(resampled, rest, bone_map, placement)
        told = ""
        if options.foot_lock > 0.0 and not options.in_place:
            told = why_feet_slide(obj, rest, bone_map)
            if not told:
                ground = rest_floor(rest, fit_rig(rest, bone_map)) + placement.lift
                lock = FootLockOptions(options.scene_fps, options.foot_lock, ground)
                stepping = find_steps(poses, rest, bone_map, None, lock, pose)
                poses = lock_feet(poses, rest, bone_map, None, lock, pose)
                told = tell_steps(stepping, options.start_frame)
        try:
            channels = to_channels(poses, rest)
            written = write_action(obj, channels, options.start_frame, options.action_name, options.reduce_error)
        except ReductionError as error:
            raise TargetError(str(error)) from error
    last = options.start_frame + len(resampled) - 1
    notes = notes_on(obj, rest, bone_map, written.replaced)
    if told:
        notes += (told,)
    if switched:
        notes += (f"Set so that the motion steers the rig: {', '.join(switched)}.",)
    return ApplyReport(written.name, options.start_frame, last, notes)


def why_feet_slide(obj: bpy.types.Object, rest: RigRest, bone_map: BoneMap) -> str:
    """A sentence on why feet cannot be held on this rig; "" where they can."""
    held = steered_legs(obj, rest, bone_map)
    if held:
        return (
            f"Standing feet were not held in place: constraints or drivers move the legs ({', '.join(held)}). "
            "Switch the legs to FK to have them held."
        )
    if not carries_legs(rest, bone_map):
        pelvis = bone_map.bones[Joint.PELVIS]
        return f"Standing feet were not held in place: the legs do not hang on “{pelvis}”."
    return ""


def tell_steps(stepping: np.ndarray, start_frame: int) -> str:
    """A sentence on the steps [T, 2] bool that feet were given; "" without any."""
    runs = [(start, stop) for side in (0, 1) for start, stop in contacts.find_runs(stepping[:, side])]
    if not runs:
        return ""
    places = ", ".join(f"{start_frame + start} to {start_frame + stop - 1}" for start, stop in sorted(runs))
    return f"Feet that slid too far to be held take short steps that the motion did not have, in the frames {places}."


def steered_legs(obj: bpy.types.Object, rest: RigRest, bone_map: BoneMap) -> list[str]:
    """Bones of the legs that constraints or drivers, not their keys, put in place; limits do not count."""
    legs = [bone_map.bones[joint] for joints in LEGS for joint in joints]
    return [name for name in legs if name is not None and _is_steered(obj.pose.bones[name], rest)]


def _is_steered(bone: bpy.types.PoseBone, rest: RigRest) -> bool:
    constraints = [constraint for constraint in bone.constraints if not constraint.mute]
    if not constraints:
        return bone.name in rest.steered_bones  # by a driver
    return any(c.influence > 0.0 and not c.type.startswith("LIMIT") for c in constraints)


def _in_place(clip: clips.MotionClip) -> clips.MotionClip:
    """`clip` without its way over the floor; its ups and downs stay."""
    root = clip.root.copy()
    root[:, [0, 2]] = root[0, [0, 2]]
    return replace(clip, root=root)


def create_character(context: bpy.types.Context) -> bpy.types.Object:
    """Our own armature with a visible body at the 3D cursor, active and selected."""
    return new_rig.create_character(context)


def check_object(obj: bpy.types.Object | None) -> None:
    """Raises TargetError when `obj` is no armature that can be animated here."""
    if obj is None:
        raise TargetError("There is no armature to animate. Select one, or let a new character be made.")
    if obj.type != "ARMATURE":
        raise TargetError(f"“{obj.name}” is not an armature. Select the armature that moves it.")
    if obj.library is not None:
        raise TargetError(
            f"“{obj.name}” is linked from {obj.library.filepath} and cannot be animated here. "
            "Make a library override of it first (Object > Library Override > Make)."
        )
    if obj.override_library is not None and obj.override_library.is_system_override:
        raise TargetError(
            f"“{obj.name}” is a library override that is not editable. "
            "Make it editable first (Object > Library Override > Make, or in the Outliner)."
        )
    if obj.animation_data is not None and obj.animation_data.use_tweak_mode:
        raise TargetError(
            f"An NLA strip of “{obj.name}” is being tweaked. Leave tweak mode (Tab in the NLA editor), then try again."
        )


def find_map(rest: RigRest) -> BoneMap:
    """Which bones a motion would move; raises TargetError when they cannot be told."""
    try:
        return find_bone_map(rest, presets=read_user_presets())
    except UnmappedRigError as error:
        raise TargetError(str(error)) from error


def scene_of(obj: bpy.types.Object) -> bpy.types.Scene:
    """The current scene where it holds the object, else the first that does."""
    users = obj.users_scene
    current = bpy.context.scene
    if not users:
        raise TargetError(f"“{obj.name}” is in no scene. Link it to a collection first.")
    return current if current in users else users[0]


def notes_on(obj: bpy.types.Object, rest: RigRest, bone_map: BoneMap, replaced: str | None = None) -> tuple[str, ...]:
    """What the user should know about how the rig takes a motion. replaced: the action it used before."""
    notes = []
    if replaced is not None:
        notes.append(f"The action “{replaced}” was replaced and kept; it is in the list of actions.")
    missing = bone_map.missing()
    if missing:
        names = ", ".join(joint.name.lower().replace("_", " ") for joint in missing)
        notes.append(f"This rig has no bones for: {names}.")
    mapped = [bone for bone in bone_map.bones if bone is not None]
    locked = [bone for bone in mapped if rest.locked_rotation[rest.bones.index(bone)].any()]
    if locked:
        notes.append(f"Locked rotations were left as they are: {', '.join(locked)}.")
    held = [bone for bone in mapped if any(not c.mute and c.influence > 0 for c in obj.pose.bones[bone].constraints)]
    if held:
        notes.append(f"Constraints act on top of the motion: {', '.join(held)}.")
    if obj.data.pose_position == "REST":
        notes.append("The armature shows its rest position; switch it to Pose Position to see the motion.")
    data = obj.animation_data
    if data.action_influence < 1.0 or data.action_blend_type != "REPLACE":
        notes.append("The NLA settings blend this action; set it to Replace with influence 1 to see it whole.")
    return tuple(notes)
