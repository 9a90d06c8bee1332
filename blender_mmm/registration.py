"""What Blender knows of us: classes, the scene's and the objects' settings, handlers. Undone in reverse."""

from __future__ import annotations

from typing import Final

import bpy
from bpy.props import PointerProperty

from . import operators, panels, preferences
from .panels.confidence_strip import add_strip, remove_strip
from .properties import CLASSES as PROPERTY_CLASSES
from .properties import MMM_ObjectSettings, MMM_SceneSettings
from .session import close_session, drop_jobs_on_load, use_settings

CLASSES: Final = (preferences.MMM_AddonPreferences, *PROPERTY_CLASSES, *operators.CLASSES, *panels.CLASSES)


def register() -> None:
    """Make everything known."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Scene.mmm = PointerProperty(type=MMM_SceneSettings)
    bpy.types.Object.mmm = PointerProperty(type=MMM_ObjectSettings)
    bpy.app.handlers.load_post.append(drop_jobs_on_load)
    add_strip()
    use_settings(preferences.read_engine_settings)


def unregister() -> None:
    """End the engine and take everything back."""
    close_session()
    use_settings()
    remove_strip()
    if drop_jobs_on_load in bpy.app.handlers.load_post:
        bpy.app.handlers.load_post.remove(drop_jobs_on_load)
    del bpy.types.Object.mmm
    del bpy.types.Scene.mmm
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
