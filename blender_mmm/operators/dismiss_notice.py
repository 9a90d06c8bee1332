"""Dismiss: take the last message off the panel."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from ..session import find_session


class MMM_OT_dismiss_notice(bpy.types.Operator):
    """Take this message off the panel"""

    bl_idname = "mmm.dismiss_notice"
    bl_label = "Dismiss Message"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Forget the message."""
        if session := find_session():
            session.notice = None
        return {"FINISHED"}
