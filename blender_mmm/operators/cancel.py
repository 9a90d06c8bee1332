"""Cancel: stop one motion that is being made, or all of them."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy
from bpy.props import IntProperty

from ..session import find_session, redraw_panels


class MMM_OT_cancel(bpy.types.Operator):
    """Stop making this motion; the scene stays as it is"""

    bl_idname = "mmm.cancel"
    bl_label = "Cancel Motion"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    job: IntProperty(name="Job", description="Which one; 0 for all", default=0, options={"SKIP_SAVE", "HIDDEN"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible while something is being made."""
        session = find_session()
        if session and session.jobs:
            return True
        cls.poll_message_set("No motion is being made")
        return False

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Cancel what is named."""
        session = find_session()
        for job in session.jobs if session else ():
            if session and self.job in (0, job.id):
                session.cancel(job)
        redraw_panels()
        return {"FINISHED"}
