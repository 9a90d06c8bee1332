"""A story: what happens, one thing after the other."""

from __future__ import annotations

import bpy
from bpy.props import BoolProperty, CollectionProperty, FloatProperty, IntProperty, StringProperty

from ..engine_door import requests


class MMM_StoryLine(bpy.types.PropertyGroup):
    """One segment of a story."""

    text: StringProperty(name="Text", description="What the character does in this segment")
    use_auto_length: BoolProperty(
        name="Automatic Length", description="Let the model choose how long this segment takes", default=True
    )
    seconds: FloatProperty(
        name="Seconds",
        description="How long this segment takes",
        default=4.0,
        min=0.25,
        max=requests.MAX_SECONDS,
        subtype="TIME_ABSOLUTE",
        unit="TIME_ABSOLUTE",
        precision=1,
        step=50,
    )
    seed: IntProperty(
        name="Seed", description="Another seed, another take of this segment", min=0, max=requests.MAX_SEED
    )
    transition_seed: IntProperty(
        name="Transition Seed",
        description="Another seed, another way from this segment to the next",
        min=0,
        max=requests.MAX_SEED,
    )


class MMM_StorySettings(bpy.types.PropertyGroup):
    """The list of segments, and what is made beside the keys."""

    lines: CollectionProperty(type=MMM_StoryLine)
    index: IntProperty(name="Segment")
    add_markers: BoolProperty(
        name="Markers", description="Put a named marker on the timeline where each segment begins", default=True
    )
    add_strips: BoolProperty(
        name="NLA Strips",
        description="Lay each segment as a strip on a track of its own in the NLA editor",
        default=False,
    )
