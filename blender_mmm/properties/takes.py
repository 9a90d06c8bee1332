"""The takes of an armature: results of jobs, each an Action, kept with the object."""

from __future__ import annotations

import bpy
from bpy.props import BoolProperty, CollectionProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

from ..session import show_take
from .bones import MMM_BoneFields


class MMM_Take(bpy.types.PropertyGroup):
    """One of several results."""

    action: PointerProperty(type=bpy.types.Action, name="Action")
    uid: IntProperty(name="Number", description="Finds the job that made it, while Blender runs")
    text: StringProperty(name="Text", description="What was asked for")
    seed: IntProperty(name="Seed", description="The seed it was made with")
    keep: BoolProperty(name="Keep", description="Keep this take when the others are dropped", default=False)
    first_frame: IntProperty(name="First Frame")
    last_frame: IntProperty(name="Last Frame")
    confidence: StringProperty(
        name="Confidence", description="How sure the model was of each block of 0.2 s: a digit from 0 to 9 each"
    )
    confidence_start: FloatProperty(name="Start of Confidence", description="Scene frame where the first block begins")
    confidence_step: FloatProperty(name="Step of Confidence", description="Scene frames a block", default=5.0)


def _show_chosen(settings: MMM_ObjectSettings, context: bpy.types.Context) -> None:
    """A click on a take makes the armature play it."""
    if 0 <= settings.take_index < len(settings.takes):
        show_take(settings.id_data, settings.takes[settings.take_index].action)


class MMM_ObjectSettings(bpy.types.PropertyGroup):
    """What is kept with an armature."""

    bones: PointerProperty(type=MMM_BoneFields)
    takes: CollectionProperty(type=MMM_Take)
    take_index: IntProperty(name="Take", description="The take that plays", update=_show_chosen)
