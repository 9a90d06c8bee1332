"""What the Generate panel asks for, kept in the scene with the settings of the other panels."""

from __future__ import annotations

import bpy
from bpy.props import BoolProperty, CollectionProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

from ..engine_door import requests
from .edits import MMM_EditSettings
from .feet import MMM_FeetSettings
from .options import MMM_Options
from .rates import read_scene_fps, to_longest_frames
from .story import MMM_StorySettings

RECENT_TEXTS = 10


def _get_seconds(settings: MMM_SceneSettings) -> float:
    return settings.frames / read_scene_fps(settings.id_data)


def _set_seconds(settings: MMM_SceneSettings, seconds: float) -> None:
    settings.frames = max(1, round(seconds * read_scene_fps(settings.id_data)))


class MMM_RecentText(bpy.types.PropertyGroup):
    """A text that was generated from before."""

    text: StringProperty(name="Text")


class MMM_SceneSettings(bpy.types.PropertyGroup):
    """What to generate."""

    text: StringProperty(
        name="Text",
        description="What the character does, in a sentence. Say left, right, forward or backwards where it matters",
        options={"TEXTEDIT_UPDATE"},
    )
    use_auto_length: BoolProperty(
        name="Automatic Length", description="Let the model choose how long the motion takes", default=True
    )
    frames: IntProperty(
        name="Frames", description="Length of the motion in frames of the scene", default=96, min=1, soft_max=600
    )
    seconds: FloatProperty(
        name="Seconds",
        description="The same length in seconds",
        get=_get_seconds,
        set=_set_seconds,
        min=0.01,
        soft_max=requests.MAX_SECONDS,
        subtype="TIME_ABSOLUTE",
        unit="TIME_ABSOLUTE",
        precision=2,
        step=10,
    )
    seed: IntProperty(
        name="Seed",
        description="The same text, length and seed give the same motion; another seed another take",
        default=0,
        min=0,
        max=requests.MAX_SEED,
    )
    from_current_pose: BoolProperty(
        name="From Current Pose",
        description="Go on from the pose the armature has at the current frame, instead of starting anew",
        default=False,
    )
    edits: PointerProperty(type=MMM_EditSettings)
    story: PointerProperty(type=MMM_StorySettings)
    options: PointerProperty(type=MMM_Options)
    feet: PointerProperty(type=MMM_FeetSettings)
    recent: CollectionProperty(type=MMM_RecentText, options={"HIDDEN"})


def remember_text(settings: MMM_SceneSettings, text: str) -> None:
    """Put `text` on top of the recent ones."""
    known = [entry.text for entry in settings.recent]
    kept = [text, *(old for old in known if old != text)][:RECENT_TEXTS]
    settings.recent.clear()
    for entry in kept:
        settings.recent.add().text = entry


def collect_request(scene: bpy.types.Scene) -> requests.GenerateRequest:
    """What the panel asks for, checked; raises RequestError with a sentence."""
    settings = scene.mmm
    fps = read_scene_fps(scene)
    longest = to_longest_frames(fps)
    if not settings.use_auto_length and settings.frames > longest:
        raise requests.RequestError(
            f"The length is {settings.frames} frames; the longest motion is {longest} frames "
            f"({requests.MAX_SECONDS:g} s). Choose a shorter one."
        )
    seconds = None if settings.use_auto_length else settings.frames / fps
    return requests.GenerateRequest(settings.text, seconds, settings.seed).checked()
