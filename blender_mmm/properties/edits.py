"""What the Edit panel asks for: which frames, which part, which words."""

from __future__ import annotations

from typing import Final

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, StringProperty

RANGE_SOURCES: Final = (
    ("KEYS", "Selected Keys", "The gaps between keys that are selected in the Dope Sheet, Timeline or Graph Editor"),
    ("PREVIEW", "Preview Range", "The frames of the timeline's preview range"),
    ("ACTION", "Whole Action", "Every frame of the action, to change a body part or to make a loop"),
    ("MARKED", "Marked Ranges", "A list of ranges, each with its own text"),
)
PARTS: Final = (
    ("UPPER", "Upper Body", "Spine, head and both arms"),
    ("ARMS", "Both Arms", "Both arms with their collar bones"),
    ("LEFT_ARM", "Left Arm", "The left arm with its collar bone"),
    ("RIGHT_ARM", "Right Arm", "The right arm with its collar bone"),
    ("HEAD", "Head", "Neck and head"),
)


class MMM_MarkedRange(bpy.types.PropertyGroup):
    """Frames to fill, the last one included as the user counts."""

    first: IntProperty(name="First", description="First frame that is made anew", default=1)
    last: IntProperty(name="Last", description="Last frame that is made anew", default=24)
    text: StringProperty(name="Text", description="What happens in these frames; may be left empty")


class MMM_EditSettings(bpy.types.PropertyGroup):
    """What to change in what is animated already."""

    source: EnumProperty(name="Frames", description="Which frames are made anew", items=RANGE_SOURCES)
    marked: CollectionProperty(type=MMM_MarkedRange)
    marked_index: IntProperty(name="Range")
    fill_text: StringProperty(
        name="Text",
        description="What happens in the gaps; may be left empty",
        options={"TEXTEDIT_UPDATE"},
    )
    part: EnumProperty(name="Part", description="Which part of the body is made anew", items=PARTS)
    part_text: StringProperty(
        name="Text",
        description="What this part of the body does; the legs go on as they are",
        options={"TEXTEDIT_UPDATE"},
    )
    loop_in_place: BoolProperty(
        name="In Place",
        description="Take the way out of the cycle; otherwise every repetition goes on where the last one ended",
        default=False,
    )
