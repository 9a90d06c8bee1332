"""What an edit asks for and what is remembered until its motion arrives: names and values, nothing of bpy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from ..engine_door import requests, resample, skeleton
from ..scene.frame_range import FrameRange

Joint = skeleton.Joint


class EditKind(Enum):
    """What sort of edit."""

    FILL = "fill"
    PART = "part"
    LOOP = "loop"


class EditPart(Enum):
    """What of the upper body is written."""

    UPPER = "UPPER"
    ARMS = "ARMS"
    LEFT_ARM = "LEFT_ARM"
    RIGHT_ARM = "RIGHT_ARM"
    HEAD = "HEAD"


_LEFT_ARM: Final = (Joint.LEFT_COLLAR, Joint.LEFT_SHOULDER, Joint.LEFT_ELBOW, Joint.LEFT_WRIST)
_RIGHT_ARM: Final = (Joint.RIGHT_COLLAR, Joint.RIGHT_SHOULDER, Joint.RIGHT_ELBOW, Joint.RIGHT_WRIST)
_HEAD: Final = (Joint.NECK, Joint.HEAD)
_SPINE: Final = (Joint.SPINE1, Joint.SPINE2, Joint.SPINE3)

#: The joints whose bones an edit of a part writes.
PART_JOINTS: Final = {
    EditPart.UPPER: frozenset((*_SPINE, *_HEAD, *_LEFT_ARM, *_RIGHT_ARM)),
    EditPart.ARMS: frozenset((*_LEFT_ARM, *_RIGHT_ARM)),
    EditPart.LEFT_ARM: frozenset(_LEFT_ARM),
    EditPart.RIGHT_ARM: frozenset(_RIGHT_ARM),
    EditPart.HEAD: frozenset(_HEAD),
}

#: Scene frames over which a correction at the end of a range fades.
DEFAULT_BLEND_FRAMES: Final = 5


@dataclass(frozen=True)
class EditOptions:
    """How the motion is written."""

    keep_hand_keys: bool = False  # keys inside the range that are not of type GENERATED stay; the motion passes them
    reduce_error: float | None = None  # rad or armature units; None: a key on every frame
    action_name: str | None = None  # of the copy that is written to; that of the action by default


@dataclass(frozen=True)
class PreparedEdit:
    """An edit between the button and the result."""

    kind: EditKind
    request: requests.JobRequest
    object_name: str
    session_uid: int  # of the object
    action_name: str  # the action in use when the edit was asked for
    slot: str  # which slot of it; "" below Blender 4.4
    ranges: tuple[FrameRange, ...]
    clock: resample.FrameClock
    blend_frames: int = DEFAULT_BLEND_FRAMES
    part: EditPart | None = None  # None: the whole body

    @property
    def first_frame(self) -> float:
        """Scene frame of the first model frame of the request's clip."""
        return self.clock.first_frame

    @property
    def scene_fps(self) -> float:
        """Scene frames a second when the edit was asked for."""
        return self.clock.scene_fps

    def frame_of(self, model_frame: float) -> float:
        """Scene frame of a model frame of the result."""
        return float(self.clock.to_scene(model_frame))
