"""Vary: another take of what made the take that plays."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy

from ..apply import TargetError
from ..jobs.asking import with_seed
from ..session import Recipe, again, find_session, find_take, get_session
from .collecting import another_seed, find_armature
from .submitting import is_possible, reported


class MMM_OT_vary(bpy.types.Operator):
    """Make another take of the same request with another seed; the takes there are stay"""

    bl_idname = "mmm.vary"
    bl_label = "Vary"
    bl_options: ClassVar[set[str]] = {"REGISTER"}  # the undo step is made when the motion arrives

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Possible while it is known how the take that plays was made."""
        return is_possible(cls, lambda: get_recipe(context))

    def execute(self, context: bpy.types.Context) -> set[Any]:
        """Collect, submit, report."""
        return reported(self, lambda: _submit(context))


def find_recipe(context: bpy.types.Context) -> Recipe | None:
    """How the take that the armature plays was made, if this session made it."""
    armature, session = find_armature(context), find_session()
    take = find_take(armature) if armature else None
    return session.find_recipe(take.uid) if take and session else None


def get_recipe(context: bpy.types.Context) -> Recipe:
    """The same; raises TargetError with the reason if it is not known."""
    recipe = find_recipe(context)
    if recipe is not None:
        return recipe
    armature = find_armature(context)
    if armature is None or find_take(armature) is None:
        raise TargetError("Select an armature that plays a take, then another one like it can be made.")
    raise TargetError(
        "How this take was made is known only while Blender runs and as long as its file is open. Ask for it again."
    )


def _submit(context: bpy.types.Context) -> None:
    recipe, take = get_recipe(context), find_take(find_armature(context))
    get_session().submit(with_seed(recipe.request, another_seed(take.seed)), again(recipe.target))
