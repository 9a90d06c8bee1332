"""How results are written, whichever panel asked for them."""

from __future__ import annotations

from typing import Final

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty

MOST_TAKES: Final = 8

ROOT_MODES: Final = (
    ("MOVE", "Root Motion", "The character moves through the scene as the motion says"),
    ("IN_PLACE", "In Place", "The character stays where it is, for game engines that move it themselves"),
)
KEY_MODES: Final = (
    ("EVERY", "Every Frame", "A key on every frame: exact"),
    ("REDUCED", "Reduced", "Take out keys that change little, so that the curves can be edited by hand"),
)


class MMM_Options(bpy.types.PropertyGroup):
    """Options of every job."""

    root_mode: EnumProperty(name="Root", description="Whether the character moves away", items=ROOT_MODES)
    keep_hand_keys: BoolProperty(
        name="Keep Hand-Made Keys",
        description="Leave keys that were set by hand where they are and replace only generated ones",
        default=False,
    )
    key_mode: EnumProperty(name="Keys", description="How many keys are written", items=KEY_MODES)
    key_error: FloatProperty(
        name="Error",
        description="How far a reduced curve may lie from the motion, in radians and units of the scene",
        default=0.005,
        min=0.0,
        soft_max=0.1,
        precision=4,
        step=0.1,
    )
    blend_frames: IntProperty(
        name="Blend Frames",
        description="Over how many frames a new part fades in and out of what was there",
        default=5,
        min=0,
        soft_max=30,
        max=1000,
    )
    seed_locked: BoolProperty(
        name="Lock Seed",
        description="Use the same seed every time: the same request then gives the same motion. "
        "Unlocked, a new seed is rolled for every motion",
        default=True,
    )
    takes: IntProperty(
        name="Takes",
        description="How many results to make at once, with one seed after the other",
        default=1,
        min=1,
        max=MOST_TAKES,
    )
