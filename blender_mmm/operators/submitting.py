"""The one way of a job from a button to the session; what goes wrong becomes a report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from .. import edits
from ..apply import TargetError
from ..engine_door import requests
from ..session import EditTarget, ObjectReference, get_session
from .collecting import collect_edit_options, find_playing, get_armature, roll_seed

#: What a user can do something about.
EXPECTED = (requests.RequestError, TargetError)
Prepare = Callable[[bpy.types.Context, bpy.types.Object], edits.PreparedEdit]


def submit_edit(operator: bpy.types.Operator, context: bpy.types.Context, prepare: Prepare) -> set[Any]:
    """Read the armature with `prepare`, and ask for the edit."""
    settings = context.scene.mmm

    def submit() -> None:
        armature = get_armature(context)
        roll_seed(settings)
        prepared = prepare(context, armature)
        options = collect_edit_options(settings.options)
        target = EditTarget(ObjectReference.to(armature), prepared, options, plays=find_playing(armature))
        get_session().submit(prepared.request, target)

    return reported(operator, submit)


def reported(operator: bpy.types.Operator, submit: Callable[[], None]) -> set[Any]:
    """Run `submit`; a sentence it raises is shown to the user."""
    try:
        submit()
    except EXPECTED as error:
        operator.report({"ERROR"}, str(error))
        return {"CANCELLED"}
    return {"FINISHED"}


def is_possible(operator: type[bpy.types.Operator], check: Callable[[], object]) -> bool:
    """For polls: whether `check` raises nothing; what it raises is told under the greyed-out button."""
    try:
        check()
    except EXPECTED as error:
        operator.poll_message_set(str(error))
        return False
    return True
