"""What Blender knows of us: classes, the scene's settings, the handler. Undone in reverse."""

from __future__ import annotations

from typing import Final

import bpy
from bpy.props import PointerProperty

from . import preferences
from .operators.cancel import MMM_OT_cancel
from .operators.dismiss_notice import MMM_OT_dismiss_notice
from .operators.generate import MMM_OT_generate
from .operators.randomize_seed import MMM_OT_randomize_seed
from .operators.use_text import MMM_OT_use_text
from .panels.generate_panel import MMM_PT_generate
from .panels.recent_texts import MMM_MT_recent_texts
from .properties import CLASSES as PROPERTY_CLASSES
from .properties import MMM_ObjectSettings, MMM_SceneSettings
from .session import close_session, drop_jobs_on_load, use_settings

CLASSES: Final = (
    preferences.MMM_AddonPreferences,
    *PROPERTY_CLASSES,
    MMM_OT_generate,
    MMM_OT_cancel,
    MMM_OT_randomize_seed,
    MMM_OT_use_text,
    MMM_OT_dismiss_notice,
    MMM_MT_recent_texts,
    MMM_PT_generate,
)


def register() -> None:
    """Make everything known."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Scene.mmm = PointerProperty(type=MMM_SceneSettings)
    bpy.types.Object.mmm = PointerProperty(type=MMM_ObjectSettings)
    bpy.app.handlers.load_post.append(drop_jobs_on_load)
    use_settings(preferences.read_engine_settings)


def unregister() -> None:
    """End the engine and take everything back."""
    close_session()
    use_settings()
    if drop_jobs_on_load in bpy.app.handlers.load_post:
        bpy.app.handlers.load_post.remove(drop_jobs_on_load)
    del bpy.types.Object.mmm
    del bpy.types.Scene.mmm
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
