"""Properties: what the panels ask for, kept in the scene, and the takes, kept with the object. Values only."""

from __future__ import annotations

from .bones import MMM_BoneFields
from .edits import MMM_EditSettings, MMM_MarkedRange
from .feet import MMM_FeetSettings
from .options import MMM_Options
from .rates import read_scene_fps, to_longest_frames
from .scene_settings import RECENT_TEXTS, MMM_RecentText, MMM_SceneSettings, collect_request, remember_text
from .story import MMM_StoryLine, MMM_StorySettings
from .takes import MMM_ObjectSettings, MMM_Take

#: In the order in which Blender wants them: what is pointed to before what points.
CLASSES = (
    MMM_RecentText,
    MMM_MarkedRange,
    MMM_EditSettings,
    MMM_StoryLine,
    MMM_StorySettings,
    MMM_Options,
    MMM_FeetSettings,
    MMM_SceneSettings,
    MMM_Take,
    MMM_BoneFields,
    MMM_ObjectSettings,
)

__all__ = [
    "CLASSES",
    "RECENT_TEXTS",
    "MMM_BoneFields",
    "MMM_EditSettings",
    "MMM_FeetSettings",
    "MMM_MarkedRange",
    "MMM_ObjectSettings",
    "MMM_Options",
    "MMM_RecentText",
    "MMM_SceneSettings",
    "MMM_StoryLine",
    "MMM_StorySettings",
    "MMM_Take",
    "collect_request",
    "read_scene_fps",
    "remember_text",
    "to_longest_frames",
]
