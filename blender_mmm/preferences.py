"""Preferences: which Python, device and weights the engine uses, and whether it may fetch files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from .jobs.environment import EngineSettings

if TYPE_CHECKING:
    from .session import Session

#: The name under which Blender lists the extension: the package this file is in.
ADDON_ID: Final = str(__package__)
DEVICES: Final = (
    ("auto", "Automatic", "The graphics card if the engine can use it, otherwise the processor"),
    ("cuda", "CUDA", "The NVIDIA or AMD graphics card"),
    ("cpu", "CPU", "The processor; takes a second or two for a motion"),
)


def _restart_engine(preferences: bpy.types.AddonPreferences, context: bpy.types.Context) -> None:
    """A changed setting holds from the next motion on."""
    from .session import find_session

    session: Session | None = find_session()
    if session:
        session.queue.restart_engine()


class MMM_AddonPreferences(bpy.types.AddonPreferences):
    """Settings of the extension, kept with Blender's own."""

    bl_idname = ADDON_ID

    engine_python: StringProperty(
        name="Engine Python",
        description="The Python that runs the motion engine; it needs torch, transformers and safetensors. "
        "Leave empty to have it found",
        subtype="FILE_PATH",
        update=_restart_engine,
    )
    device: EnumProperty(
        name="Device", description="What the motion engine computes on", items=DEVICES, update=_restart_engine
    )
    weights: StringProperty(
        name="Weights",
        description="Folder with other model weights. Leave empty for those that come with the extension",
        subtype="DIR_PATH",
        update=_restart_engine,
    )
    text_encoder: StringProperty(
        name="Text Encoder",
        description="Folder with the text encoder's files, on machines without a network. Leave empty to have it found",
        subtype="DIR_PATH",
        update=_restart_engine,
    )
    may_download: BoolProperty(
        name="Allow Downloads",
        description="Let the engine fetch the text encoder (about 90 MB, once) from the Hugging Face hub. "
        "Needs Blender's own Allow Online Access, too",
        default=False,
        update=_restart_engine,
    )

    def draw(self, context: bpy.types.Context) -> None:
        """Blender calls this in Preferences > Add-ons."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(self, "engine_python", placeholder="Automatic")
        layout.prop(self, "device")
        layout.prop(self, "weights", placeholder="Included")
        layout.prop(self, "text_encoder", placeholder="Automatic")
        row = layout.row()
        row.active = bpy.app.online_access
        row.prop(self, "may_download")
        if self.may_download and not bpy.app.online_access:
            layout.label(text="Blender's Allow Online Access (Preferences > System) is off", icon="INFO")


def read_engine_settings() -> EngineSettings:
    """The engine's settings as they stand; the defaults when the extension is not enabled, as in a script."""
    addon = bpy.context.preferences.addons.get(ADDON_ID)
    if addon is None or addon.preferences is None:
        return EngineSettings()
    chosen = addon.preferences
    return EngineSettings(
        python=_absolute(chosen.engine_python),
        device=chosen.device,
        weights=_absolute(chosen.weights),
        text_encoder=_absolute(chosen.text_encoder),
        private_home=_private_home(),
        online=bool(chosen.may_download and bpy.app.online_access),
    )


def _absolute(path: str) -> str:
    return bpy.path.abspath(path) if path else ""


def _private_home() -> str:
    try:
        return str(bpy.utils.extension_path_user(ADDON_ID))
    except ValueError:  # run from a checkout: no folder belongs to us
        return ""
