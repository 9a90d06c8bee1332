"""A motion of our own making: walks, waves the right hand, sits down; starts at the origin facing +z."""

from __future__ import annotations

import numpy as np

from blender_mmm.engine_door import clip as clips
from blender_mmm.engine_door import kinematics, rotations, skeleton

Joint = skeleton.Joint
X, Y, Z = np.eye(3)

#: Seconds at which the three parts begin and the motion ends.
PARTS = (0.0, 2.0, 4.0, 5.5)


def make_motion(fps: float = 20.0) -> clips.MotionClip:
    """About a hundred frames at `fps`; feet never sink below the floor."""
    time = np.arange(0.0, PARTS[-1], 1.0 / fps)
    walk = _fade(time, PARTS[1], falling=True)
    wave = _fade(time, PARTS[1]) * _fade(time, PARTS[2], falling=True)
    sit = _fade(time, PARTS[2] + 0.3)
    step = 2.0 * np.pi * time
    turns = np.broadcast_to(rotations.IDENTITY, (len(time), skeleton.JOINT_COUNT, 4)).copy()

    def turn(joint: Joint, axis: np.ndarray, angle: np.ndarray) -> None:
        turns[:, joint] = rotations.multiply(turns[:, joint], rotations.about_axis(axis, angle))

    for side, phase in (("LEFT", 0.0), ("RIGHT", np.pi)):
        swing = np.sin(step + phase)
        bent = 0.55 * (1.0 + np.sin(step + phase - 1.2)) * walk
        turn(Joint[f"{side}_HIP"], X, -0.45 * swing * walk - 1.5 * sit - 0.1)
        turn(Joint[f"{side}_KNEE"], X, bent + 1.6 * sit + 0.1)
        turn(Joint[f"{side}_ANKLE"], X, 0.2 * swing * walk - 0.1 * sit)
        sign = 1.0 if side == "LEFT" else -1.0
        raised = wave if side == "RIGHT" else 0.0 * wave
        turn(Joint[f"{side}_SHOULDER"], Y, -sign * 0.6 * np.sin(step + phase + np.pi) * walk * (1.0 - raised))
        turn(Joint[f"{side}_SHOULDER"], Z, -sign * (1.35 - 1.6 * raised))
        turn(Joint[f"{side}_ELBOW"], Y, -sign * (0.35 + 1.0 * raised + 0.3 * raised * np.sin(3.0 * step)))
        turn(Joint[f"{side}_WRIST"], X, 0.4 * raised + 0.2 * np.sin(step))
    turn(Joint.PELVIS, Y, 0.15 * np.sin(step) * walk + 0.5 * wave)
    for joint in (Joint.SPINE1, Joint.SPINE2):
        turn(joint, Y, -0.08 * np.sin(step) * walk)
        turn(joint, X, 0.15 * sit + 0.03)
    turn(Joint.NECK, X, np.full(len(time), 0.25))
    turn(Joint.HEAD, X, -0.25 + 0.2 * wave)
    turn(Joint.HEAD, Y, -0.5 * wave)
    return clips.MotionClip(_grounded(time, walk, turns), turns, np.zeros((len(time), 4)), fps)


def _fade(time: np.ndarray, start: float, falling: bool = False) -> np.ndarray:
    """From 0 to 1 in the half second after `start` [T], or back."""
    t = np.clip((time - start) / 0.5, 0.0, 1.0)
    smooth = t * t * (3.0 - 2.0 * t)
    return 1.0 - smooth if falling else smooth


def _grounded(time: np.ndarray, walk: np.ndarray, turns: np.ndarray) -> np.ndarray:
    """Root path [T, 3]: ahead while walking, as high as the lower foot needs."""
    root = np.zeros((len(time), 3))
    root[:, 2] = np.concatenate([[0.0], np.cumsum(1.2 * walk[1:] * np.diff(time))])
    feet = kinematics.forward_kinematics(root, turns)[:, list(skeleton.CONTACT_JOINTS), 1]
    rest = kinematics.forward_kinematics(np.zeros((1, 3)), np.broadcast_to(rotations.IDENTITY, (1, *turns.shape[1:])))
    resting = rest[0, list(skeleton.CONTACT_JOINTS), 1] + skeleton.REST_PELVIS_HEIGHT
    root[:, 1] = (resting - feet).max(axis=1)
    return root
