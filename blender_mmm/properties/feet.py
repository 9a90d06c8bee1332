"""What the Feet panel asks for: how feet are held, and where the body is to go."""

from __future__ import annotations

from typing import Final

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, PointerProperty

FOOT_RANGES: Final = (
    ("ACTION", "Whole Action", "Every frame of the action"),
    ("PREVIEW", "Preview Range", "The frames of the timeline's preview range"),
)
WAYS: Final = (
    ("CURVE", "Curve", "Along a curve object, from its start"),
    ("STRAIGHT", "Straight", "Along a straight line in the direction in which the motion starts"),
    ("IN_PLACE", "In Place", "Stay where the motion starts; feet then slide, as game engines want it"),
)
SPEEDS: Final = (
    ("KEEP", "Keep Speed", "Go as far along the curve as the motion goes by itself"),
    ("FIT", "Fit Curve", "Go from one end of the curve to the other"),
)


def _is_curve(_: bpy.types.PropertyGroup, obj: bpy.types.Object) -> bool:
    return bool(obj.type == "CURVE")


class MMM_FeetSettings(bpy.types.PropertyGroup):
    """Feet on the ground."""

    strength: FloatProperty(
        name="Strength",
        description="How firmly standing feet are held: 0 leaves them as they are, 1 lets them not slide at all",
        default=1.0,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    span: EnumProperty(name="Frames", description="Which frames are cleaned up", items=FOOT_RANGES)
    use_ground: BoolProperty(
        name="Set Ground",
        description="Say how high the ground is; otherwise it is where the armature stands at rest",
        default=False,
    )
    ground: FloatProperty(
        name="Ground", description="Height of the ground in the world", default=0.0, subtype="DISTANCE", unit="LENGTH"
    )
    blend: FloatProperty(
        name="Blend",
        description="How long a foot takes to come from and go back to its own way, in seconds",
        default=0.2,
        min=0.0,
        soft_max=1.0,
        max=10.0,
        subtype="TIME_ABSOLUTE",
        unit="TIME_ABSOLUTE",
    )
    lowers_body: BoolProperty(
        name="Lower Hips",
        description="Lower the hips a little where a leg is too short for its standing foot. "
        "Otherwise only bones of the legs are changed",
        default=True,
    )
    way: EnumProperty(name="Way", description="Where the body is to go", items=WAYS)
    curve: PointerProperty(name="Curve", description="The curve to walk along", type=bpy.types.Object, poll=_is_curve)
    speed: EnumProperty(name="Speed", description="How far along the curve", items=SPEEDS)
