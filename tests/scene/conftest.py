"""Rigs of every supported family in an empty scene, and motions to put on them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from blender_mmm.engine_door import clip as clips
from blender_mmm.engine_door import kinematics, rotations, skeleton

bpy = pytest.importorskip("bpy")

Joint = skeleton.Joint

#: Joint positions of a Mixamo-like character in centimetres, y up, facing +z, left half: parent, place.
MIXAMO_BODY = {
    "Hips": (None, (0, 98, 0)),
    "Spine": ("Hips", (0, 108, -1)),
    "Spine1": ("Spine", (0, 120, -2)),
    "Spine2": ("Spine1", (0, 133, -2.5)),
    "Neck": ("Spine2", (0, 149, -3)),
    "Head": ("Neck", (0, 158, 0)),
    "HeadTop_End": ("Head", (0, 178, 2)),
    "LeftShoulder": ("Spine2", (6, 144, -3)),
    "LeftArm": ("LeftShoulder", (18, 144, -5)),
    "LeftForeArm": ("LeftArm", (45, 144, -5)),
    "LeftHand": ("LeftForeArm", (71, 144, -5)),
    "LeftHandMiddle1": ("LeftHand", (80, 144, -4.6)),
    "LeftHandMiddle2": ("LeftHandMiddle1", (84, 144, -4.5)),
    "LeftUpLeg": ("Hips", (9, 92, 0)),
    "LeftLeg": ("LeftUpLeg", (9, 50, 0.2)),
    "LeftFoot": ("LeftLeg", (9, 8.5, -2.5)),
    "LeftToeBase": ("LeftFoot", (10, 1.6, 8)),
    "LeftToe_End": ("LeftToeBase", (10, 1.2, 16)),
}


def mixamo_joints(a_pose: bool = False) -> dict[str, tuple[str | None, np.ndarray]]:
    """Both sides of MIXAMO_BODY: name -> parent, place [3]; in the A-pose arms, elbows and legs differ."""
    left = {name: (parent, np.array(place, dtype=float)) for name, (parent, place) in MIXAMO_BODY.items()}
    if a_pose:
        _turn(left, "LeftArm", (0, 0, 1), -48.0)
        _turn(left, "LeftForeArm", (0, 1, 0), -14.0)
        _turn(left, "LeftUpLeg", (0, 0, 1), 7.0)
        _turn(left, "LeftFoot", (0, 0, 1), -7.0)
    body = dict(left)
    for name, (parent, place) in left.items():
        if name.startswith("Left"):
            twin = parent.replace("Left", "Right") if parent else None
            body[name.replace("Left", "Right")] = (twin, place * [-1, 1, 1])
    return body


def _turn(body: dict[str, tuple[str | None, np.ndarray]], joint: str, axis: Any, degrees: float) -> None:
    """Turn everything below `joint` about it."""
    turn = rotations.about_axis(np.array(axis, dtype=float), np.radians(degrees))
    below = [joint]
    for name, (parent, place) in list(body.items()):
        if parent in below:
            below.append(name)
            body[name] = (parent, body[joint][1] + rotations.rotate(turn, place - body[joint][1]))


def make_armature(
    joints: dict[str, tuple[str | None, np.ndarray]], name: str = "Rig", roll: Callable[[], float] | None = None
) -> Any:
    """An armature with a bone at every joint that has a child, pointing at its first child."""
    data = bpy.data.armatures.new(name)
    obj = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.objects.active = obj
    bpy.ops.object.mode_set(mode="EDIT")
    for joint, (parent, place) in joints.items():
        child = next((at for below, at in joints.values() if below == joint), None)
        if child is None:
            continue
        bone = data.edit_bones.new(joint)
        bone.head, bone.tail = place, child
        bone.roll = roll() if roll else 0.0
        if parent is not None:
            bone.parent = data.edit_bones[parent]
    bpy.ops.object.mode_set(mode="OBJECT")
    return obj


def make_mixamo(
    prefix: str = "mixamorig:", a_pose: bool = False, imported: bool = False, roll: Callable[[], float] | None = None
) -> Any:
    """A Mixamo rig facing -y: z up in metres, or (imported) y up in centimetres under a turned object."""
    joints = mixamo_joints(a_pose)
    if not imported:
        upright = np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]]) * 0.01
        joints = {name: (parent, upright @ place) for name, (parent, place) in joints.items()}
    named = {prefix + name: (prefix + parent if parent else None, place) for name, (parent, place) in joints.items()}
    obj = make_armature(named, "Mixamo", roll)
    if imported:
        obj.rotation_euler = (np.pi / 2.0, 0.0, 0.0)
        obj.scale = (0.01, 0.01, 0.01)
    return obj


def make_rigify() -> Any:
    if "rigify" not in bpy.context.preferences.addons:
        bpy.ops.preferences.addon_enable(module="rigify")
    bpy.ops.object.armature_human_metarig_add()
    return bpy.context.object


def make_clip(frames: int = 40, seed: int = 0, strength: float = 0.5, fps: float = 20.0) -> clips.MotionClip:
    """A smooth, lively motion that starts at the origin facing +z: every joint turns on its own."""
    random = np.random.default_rng(seed)
    time = np.linspace(0.0, 2.0 * np.pi, frames)
    axes = rotations.normalize(random.normal(size=(skeleton.JOINT_COUNT, 3)))
    phase, speed = random.uniform(0, 6, skeleton.JOINT_COUNT), random.uniform(0.5, 2.0, skeleton.JOINT_COUNT)
    phase[0] = 0.0  # the pelvis starts unturned
    angles = strength * np.sin(time[:, None] * speed + phase)
    turns = rotations.about_axis(np.broadcast_to(axes, (frames, *axes.shape)), angles)
    turns[:, 0] = rotations.multiply(rotations.about_y(0.4 * time), turns[:, 0])
    root = np.stack([0.2 * np.sin(time), skeleton.REST_PELVIS_HEIGHT - 0.05 * np.sin(time) ** 2, 0.3 * time], axis=1)
    return clips.MotionClip(root, rotations.continuous(turns), np.zeros((frames, 4)), fps)


def cmu_folder() -> Path:
    """The motion set beside the repository; skips the test where it is absent."""
    shared = os.environ.get("MMM_SHARED", Path(__file__).resolve().parents[3] / "shared")
    folder = Path(shared) / "data" / "cmu"
    if not (folder / "read_cmu.py").exists():
        pytest.skip("needs the CMU motion set beside the repository (shared/data/cmu)")
    return folder


def cmu_clips(words: str, count: int) -> list[clips.MotionClip]:
    """The first val clips whose captions hold `words`, moved to the origin and turned to +z."""
    folder = cmu_folder()
    sys.path.insert(0, str(folder))
    try:
        import read_cmu
    finally:
        sys.path.remove(str(folder))
    captions = read_cmu.captions(folder)
    found: list[clips.MotionClip] = []
    for name, root, turns in read_cmu.clips(folder, "val"):
        if any(words in str(entry["caption"]) for entry in captions.get(name, ())):
            found.append(canonical(root.astype(float), rotations.normalize(turns.astype(float))))
        if len(found) == count:
            break
    return found


def canonical(root: np.ndarray, turns: np.ndarray) -> clips.MotionClip:
    back = rotations.about_y(-rotations.heading(turns[0, 0]))
    root = rotations.rotate(back, root - root[0] * [1, 0, 1])
    turns = turns.copy()
    turns[:, 0] = rotations.multiply(back, turns[:, 0])
    return clips.MotionClip(root, rotations.continuous(turns), np.zeros((len(root), 4)))


def joint_paths(obj: Any, bones: tuple[str | None, ...], frames: range) -> np.ndarray:
    """World positions [F, 22, 3] of the bone heads as Blender evaluates them; NaN where there is no bone."""
    paths = np.full((len(frames), skeleton.JOINT_COUNT, 3), np.nan)
    scene = bpy.context.scene
    for row, frame in enumerate(frames):
        scene.frame_set(frame)
        evaluated = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
        for joint, bone in enumerate(bones):
            if bone is not None:
                paths[row, joint] = evaluated.matrix_world @ evaluated.pose.bones[bone].head
    return paths


def source_paths(clip: clips.MotionClip) -> np.ndarray:
    """The clip's joint positions [T, 22, 3] in Blender's axes."""
    positions = kinematics.forward_kinematics(clip.root, clip.rotations)
    return np.stack([positions[..., 0], -positions[..., 2], positions[..., 1]], axis=-1)


LIMB_ENDS = (
    (Joint.LEFT_HIP, Joint.LEFT_KNEE),
    (Joint.RIGHT_HIP, Joint.RIGHT_KNEE),
    (Joint.LEFT_KNEE, Joint.LEFT_ANKLE),
    (Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE),
    (Joint.LEFT_SHOULDER, Joint.LEFT_ELBOW),
    (Joint.RIGHT_SHOULDER, Joint.RIGHT_ELBOW),
    (Joint.LEFT_ELBOW, Joint.LEFT_WRIST),
    (Joint.RIGHT_ELBOW, Joint.RIGHT_WRIST),
)


def limb_angles(paths: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Angles [T, 8] in degrees between the limb segments of two bodies."""
    result = []
    for start, end in LIMB_ENDS:
        a = rotations.normalize(paths[:, end] - paths[:, start])
        b = rotations.normalize(source[:, end] - source[:, start])
        result.append(np.degrees(np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), (a * b).sum(-1))))
    return np.stack(result, axis=1)


@pytest.fixture
def lab() -> Iterator[SimpleNamespace]:
    """An empty scene and the helpers of this file."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    yield SimpleNamespace(
        make_armature=make_armature,
        make_mixamo=make_mixamo,
        make_rigify=make_rigify,
        make_clip=make_clip,
        cmu_clips=cmu_clips,
        joint_paths=joint_paths,
        source_paths=source_paths,
        limb_angles=limb_angles,
    )
    if "rigify" in bpy.context.preferences.addons:
        bpy.ops.preferences.addon_disable(module="rigify")
