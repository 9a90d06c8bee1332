"""The motions of the fake engine: a swinging figure, and edits that keep every frame they must keep."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.motion import clip as clips
from engine.motion import rotations, skeleton
from engine.protocol import events, requests

Joint = skeleton.Joint
STEP = 0.05  # metres a frame
UPPER = [joint for joint in Joint if joint.name.split("_")[-1] in ("COLLAR", "SHOULDER", "ELBOW", "WRIST", "HEAD")]


def make_takes(request: requests.JobRequest) -> tuple[events.Take, ...]:
    """One take a seed, each a little different."""
    return tuple(_take(request, number) for number in range(request.takes))


def _take(request: requests.JobRequest, number: int) -> events.Take:
    seed = requests.take_seed(request.seed, number)
    match request:
        case requests.GenerateRequest():
            made = swing(seconds_of(request.text, request.seconds), seed)
        case requests.FillRequest():
            made = request.clip
            for gap in request.gaps:
                made = shaken(made, gap.start, gap.stop, seed, list(Joint)[1:])
        case requests.PartRequest():
            made = shaken(request.clip, request.start, request.stop, seed, UPPER)
        case requests.LoopRequest():
            made = looped(request)
        case requests.StoryRequest():
            return _story(request, number)
    tokens = -(-len(made) // skeleton.FRAMES_PER_TOKEN)
    return events.Take(made, np.random.default_rng(seed).uniform(0.1, 1.0, tokens).astype(np.float32), seed)


def seconds_of(text: str, seconds: float | None) -> float:
    return seconds or (9.8 if "long" in text else 2.0)


def swing(seconds: float, seed: int) -> clips.MotionClip:
    """Arms hang down, legs and arms swing; how much depends on the seed."""
    frames = max(1, round(seconds * skeleton.MODEL_FPS))
    angle = np.random.default_rng(seed).uniform(0.4, 0.7) * np.sin(np.arange(frames) / 3)
    half = {  # half of the angles about x and z
        Joint.LEFT_HIP: (angle / 2, 0.0),
        Joint.RIGHT_HIP: (-angle / 2, 0.0),
        Joint.LEFT_KNEE: (np.maximum(0.1, angle / 2), 0.0),
        Joint.RIGHT_KNEE: (np.maximum(0.1, -angle / 2), 0.0),
        Joint.LEFT_SHOULDER: (-angle / 2, -0.6),
        Joint.RIGHT_SHOULDER: (angle / 2, 0.6),
    }
    turns = np.zeros((frames, skeleton.JOINT_COUNT, 4))
    turns[..., 0] = 1.0
    for joint, (x, z) in half.items():
        turned = [np.cos(x) * np.cos(z), np.sin(x) * np.cos(z), -np.sin(x) * np.sin(z), np.cos(x) * np.sin(z)]
        turns[:, joint] = np.stack(turned, axis=-1)
    root = np.zeros((frames, 3))
    root[:, 1] = 0.95
    root[:, 2] = np.arange(frames) * STEP
    return clips.MotionClip(root, turns, np.zeros((frames, len(skeleton.CONTACT_JOINTS))))


def shaken(clip: clips.MotionClip, start: int, stop: int, seed: int, joints: list[Joint]) -> clips.MotionClip:
    """Other frames in [start, stop), none at its ends; all else is kept to the bit."""
    turns = clip.rotations.copy()
    rise = np.sin(np.pi * (np.arange(start, stop) - start + 0.5) / (stop - start))
    half = 0.25 * np.random.default_rng(seed).uniform(0.5, 1.0) * rise
    turn = np.stack([np.cos(half), np.sin(half), 0 * half, 0 * half], axis=-1)
    for joint in joints:
        turns[start:stop, joint] = rotations.multiply(clip.rotations[start:stop, joint], turn)
    return replace(clip, rotations=turns)


def looped(request: requests.LoopRequest) -> clips.MotionClip:
    """The range with its first pose at its end, too."""
    part = slice(request.start, request.stop)
    root = request.clip.root[part].copy()
    if request.in_place:
        root[:, [0, 2]] = root[0, [0, 2]]
    step = (root[-1] - root[0]) / max(1, len(root) - 1)
    turns, contacts = request.clip.rotations[part], request.clip.contacts[part]
    return clips.MotionClip(
        np.concatenate([root, [root[-1] + [step[0], root[0][1] - root[-1][1], step[2]]]]),
        np.concatenate([turns, turns[:1]]),
        np.concatenate([contacts, contacts[:1]]),
    )


def _story(request: requests.StoryRequest, number: int) -> events.Take:
    parts = [
        swing(seconds_of(segment.text, segment.seconds), requests.take_seed(segment.seed, number))
        for segment in request.segments
    ]
    root = np.concatenate([part.root for part in parts])
    root[:, 2] = np.arange(len(root)) * STEP
    if request.opening is not None:
        root = root + request.opening.root[-1] + [0.0, -root[0, 1], STEP]
    made = clips.MotionClip(
        root,
        np.concatenate([part.rotations for part in parts]),
        np.concatenate([part.contacts for part in parts]),
    )
    marks = tuple(int(n) for n in np.cumsum([0, *(len(part) for part in parts)])[:-1])
    confidence = np.full(-(-len(made) // skeleton.FRAMES_PER_TOKEN), 0.6, dtype=np.float32)
    return events.Take(made, confidence, requests.take_seed(request.seed, number), marks)
