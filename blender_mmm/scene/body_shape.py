"""The shape of the character's body: rounded parts that follow one bone each. Arrays only.

Clip axes (y up, metres), in the T-pose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..engine_door import rotations, skeleton

Joint = skeleton.Joint

_AROUND: Final = 20  # corners of a ring
_CAP_RINGS: Final = 6  # rings of a rounded end
_UP: Final = np.array([0.0, 1.0, 0.0])
_FORWARD: Final = np.array([0.0, 0.0, 1.0])

#: Joint positions of the T-pose with the soles on the floor [22, 3].
REST_POSITIONS: Final = np.zeros((skeleton.JOINT_COUNT, 3))
for _joint in range(skeleton.JOINT_COUNT):
    _parent = skeleton.PARENTS[_joint]
    _start = np.array([0.0, skeleton.REST_PELVIS_HEIGHT, 0.0]) if _parent < 0 else REST_POSITIONS[_parent]
    REST_POSITIONS[_joint] = _start + skeleton.REST_OFFSETS[_joint]
REST_POSITIONS.flags.writeable = False

#: What a bone points at where that is not its only child; the others are leaves (see LEAVES).
POINTS_AT: Final = {
    Joint.PELVIS: Joint.SPINE1,
    Joint.SPINE1: Joint.SPINE2,
    Joint.SPINE2: Joint.SPINE3,
    Joint.SPINE3: Joint.NECK,
    Joint.NECK: Joint.HEAD,
    Joint.LEFT_COLLAR: Joint.LEFT_SHOULDER,
    Joint.RIGHT_COLLAR: Joint.RIGHT_SHOULDER,
    Joint.LEFT_SHOULDER: Joint.LEFT_ELBOW,
    Joint.RIGHT_SHOULDER: Joint.RIGHT_ELBOW,
    Joint.LEFT_ELBOW: Joint.LEFT_WRIST,
    Joint.RIGHT_ELBOW: Joint.RIGHT_WRIST,
    Joint.LEFT_HIP: Joint.LEFT_KNEE,
    Joint.RIGHT_HIP: Joint.RIGHT_KNEE,
    Joint.LEFT_KNEE: Joint.LEFT_ANKLE,
    Joint.RIGHT_KNEE: Joint.RIGHT_ANKLE,
    Joint.LEFT_ANKLE: Joint.LEFT_FOOT,
    Joint.RIGHT_ANKLE: Joint.RIGHT_FOOT,
}

#: Bones without a child: where they end, from their joint, metres.
LEAVES: Final = {
    Joint.HEAD: (0.0, 0.2, 0.0),
    Joint.LEFT_WRIST: (0.17, 0.0, 0.0),
    Joint.RIGHT_WRIST: (-0.17, 0.0, 0.0),
    Joint.LEFT_FOOT: (0.0, 0.0, 0.07),
    Joint.RIGHT_FOOT: (0.0, 0.0, 0.07),
}


def bone_end(joint: Joint) -> np.ndarray:
    """Where the joint's bone ends [3]."""
    if joint in LEAVES:
        end: np.ndarray = REST_POSITIONS[joint] + np.array(LEAVES[joint])
        return end
    child: np.ndarray = REST_POSITIONS[POINTS_AT[joint]]
    return child


@dataclass(frozen=True)
class Part:
    """A rounded tube from `start` to `end`; half-widths there along `side` and across it, metres."""

    joint: Joint
    start: tuple[float, float, float]
    end: tuple[float, float, float]
    start_size: tuple[float, float]
    end_size: tuple[float, float]
    material: int = 0  # 0 = body, 1 = joints
    side: tuple[float, float, float] = (1.0, 0.0, 0.0)


@dataclass(frozen=True)
class BodyShape:
    """A mesh in parts. Clip axes, metres."""

    points: np.ndarray  # [V, 3]
    faces: list[tuple[int, ...]]  # outward, counter-clockwise
    joints: np.ndarray  # [V] the joint each point follows
    materials: np.ndarray  # [F]


def to_body_shape() -> BodyShape:
    """The whole body."""
    points: list[np.ndarray] = []
    faces: list[tuple[int, ...]] = []
    joints: list[int] = []
    materials: list[int] = []
    for part in _parts():
        new_points, new_faces = _tube(part)
        offset = len(joints)
        points.append(new_points)
        faces += [tuple(corner + offset for corner in face) for face in new_faces]
        joints += [int(part.joint)] * len(new_points)
        materials += [part.material] * len(new_faces)
    return BodyShape(np.concatenate(points), faces, np.array(joints), np.array(materials))


def _parts() -> Iterator[Part]:
    yield from _trunk()
    for side in ("LEFT", "RIGHT"):
        yield from _arm(side)
        yield from _leg(side)


def _at(joint: Joint, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> tuple[float, float, float]:
    """A point beside a joint; x counts outwards on either side of the body."""
    place = REST_POSITIONS[joint]
    outward = -1.0 if place[0] < 0 else 1.0
    return float(place[0] + outward * x), float(place[1] + y), float(place[2] + z)


def _trunk() -> Iterator[Part]:
    pelvis, spine1, spine2, spine3 = Joint.PELVIS, Joint.SPINE1, Joint.SPINE2, Joint.SPINE3
    yield Part(pelvis, _at(pelvis, y=-0.06, z=-0.01), _at(pelvis, y=0.045, z=-0.015), (0.135, 0.1), (0.14, 0.1))
    yield Part(spine1, _at(spine1, y=-0.06, z=0.022), _at(spine1, y=0.075, z=0.024), (0.118, 0.088), (0.118, 0.086), 1)
    yield Part(spine2, _at(spine2, y=-0.045), _at(spine2, y=0.03), (0.128, 0.094), (0.142, 0.1))
    yield Part(spine3, _at(spine3, y=0.025, z=0.0), _at(spine3, y=0.13, z=-0.022), (0.152, 0.108), (0.15, 0.095))
    neck, head = Joint.NECK, Joint.HEAD
    yield Part(neck, _at(neck, y=-0.04, z=-0.01), _at(neck, y=0.07, z=0.03), (0.052, 0.052), (0.047, 0.05), 1)
    yield Part(head, _at(head, y=0.035, z=0.022), _at(head, y=0.12, z=0.008), (0.064, 0.078), (0.079, 0.096))


def _arm(side: str) -> Iterator[Part]:
    names = ("COLLAR", "SHOULDER", "ELBOW", "WRIST")
    collar, shoulder, elbow, wrist = (skeleton.Joint[f"{side}_{name}"] for name in names)
    up = (0.0, 1.0, 0.0)
    yield Part(collar, _at(collar, x=0.0, y=0.01), _at(shoulder, x=-0.03, y=0.005), (0.055, 0.06), (0.05, 0.055), 0, up)
    yield _ball(shoulder, 0.056)
    yield Part(shoulder, _at(shoulder, x=0.035), _at(elbow, x=-0.035), (0.046, 0.048), (0.037, 0.04), 0, up)
    yield _ball(elbow, 0.038)
    yield Part(elbow, _at(elbow, x=0.035), _at(wrist, x=-0.03), (0.036, 0.039), (0.026, 0.031), 0, up)
    yield _ball(wrist, 0.027)
    yield Part(wrist, _at(wrist, x=0.035), _at(wrist, x=0.09), (0.018, 0.036), (0.019, 0.042), 0, up)
    yield Part(wrist, _at(wrist, x=0.1), _at(wrist, x=0.165), (0.015, 0.039), (0.011, 0.03), 0, up)
    yield Part(wrist, _at(wrist, x=0.04, z=0.03), _at(wrist, x=0.09, z=0.062), (0.014, 0.015), (0.011, 0.011), 0, up)


def _leg(side: str) -> Iterator[Part]:
    hip, knee, ankle, foot = (skeleton.Joint[f"{side}_{name}"] for name in ("HIP", "KNEE", "ANKLE", "FOOT"))
    yield _ball(hip, 0.082)
    yield Part(hip, _at(hip, x=0.015, y=-0.07), _at(knee, y=0.05), (0.077, 0.082), (0.051, 0.055))
    yield _ball(knee, 0.052)
    yield Part(knee, _at(knee, y=-0.055, z=-0.008), _at(ankle, y=0.065), (0.05, 0.056), (0.034, 0.038))
    yield _ball(ankle, 0.036)
    heel, ball = _at(ankle, x=0.002, y=-0.036, z=-0.028), _at(foot, x=-0.008, y=0.02, z=-0.012)
    yield Part(ankle, heel, ball, (0.035, 0.036), (0.044, 0.026))
    toes, tip = _at(foot, x=-0.003, y=0.016, z=0.012), _at(foot, y=0.012, z=0.055)
    yield Part(foot, toes, tip, (0.043, 0.022), (0.034, 0.016), 1)


def _ball(joint: Joint, radius: float) -> Part:
    return Part(joint, _at(joint, y=-1e-3), _at(joint, y=1e-3), (radius, radius), (radius, radius), 1)


def _tube(part: Part) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """Points [V, 3] and outward faces of one part: two half-ellipsoids and the wall between them."""
    start, end = np.array(part.start), np.array(part.end)
    axis = rotations.normalize(end - start)
    side = np.array(part.side) - axis * (np.array(part.side) @ axis)
    side = rotations.normalize(side)
    across = np.cross(axis, side)
    angles = np.linspace(0.0, 2.0 * np.pi, _AROUND, endpoint=False)
    rings = []
    for rise, center, size in _profile(start, end, part):
        width = np.cos(rise)
        reach = np.sin(rise) * min(size)
        ring = np.cos(angles)[:, None] * side * size[0] + np.sin(angles)[:, None] * across * size[1]
        rings.append(center + axis * reach + width * ring)
    points = np.concatenate(rings)
    return points, _faces(len(rings))


def _profile(start: np.ndarray, end: np.ndarray, part: Part) -> Iterator[tuple[float, np.ndarray, tuple[float, float]]]:
    steps = np.linspace(0.0, np.pi / 2.0, _CAP_RINGS + 1)
    # The poles are small rings rather than points: every face stays a quad, plus two lids.
    steps[-1] -= 0.08
    for rise in steps[::-1]:
        yield -float(rise), start, part.start_size
    for rise in steps:
        yield float(rise), end, part.end_size


def _faces(rings: int) -> list[tuple[int, ...]]:
    faces: list[tuple[int, ...]] = []
    for ring in range(rings - 1):
        for corner in range(_AROUND):
            after = (corner + 1) % _AROUND
            low, high = ring * _AROUND, (ring + 1) * _AROUND
            faces.append((low + corner, low + after, high + after, high + corner))
    faces.append(tuple(reversed(range(_AROUND))))
    faces.append(tuple(range((rings - 1) * _AROUND, rings * _AROUND)))
    return faces
