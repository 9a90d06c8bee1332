"""The shape of a rig family's table: which names stand for which of our joints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...engine_door import skeleton

Joint = skeleton.Joint


@dataclass(frozen=True)
class Switch:
    """A custom property of a control that must have this value so that the mapped bones steer the body."""

    bone: str
    property: str
    value: float


@dataclass(frozen=True)
class Preset:
    """How one family of rigs names the bones that stand for our joints.

    The spine is a chain of any length, from the bottom up; which of its bones stand for spine1 to spine3
    follows from how many of them a rig has.
    """

    name: str
    names: Mapping[Joint, tuple[str, ...]]  # alternatives, best first; without the spine if `spine` is given
    spine: tuple[tuple[str, ...], ...] = ()  # alternatives of each bone, bottom first
    prefixes: tuple[str, ...] = ()  # what may stand before every name
    marks: tuple[str, ...] = ()  # other bones by which the family is told from its likes
    switches: tuple[Switch, ...] = ()
    weight: float = 1.0  # less than 1 for tables of common words, which any better table beats
    note: str = ""  # what a user should know about rigs of this family

    def bone_of(self, joint: Joint) -> str:
        """The first name for `joint`; raises KeyError if the family has none."""
        if joint in self.names:
            return self.names[joint][0]
        place = share_spine(len(self.spine)).get(joint)
        if place is None:
            raise KeyError(joint)
        return self.spine[place][0]

    def joints(self) -> tuple[Joint, ...]:
        """The joints the family has bones for."""
        return tuple(joint for joint in Joint if joint in self.names or joint in share_spine(len(self.spine)))


def share_spine(count: int) -> dict[Joint, int]:
    """Which of `count` spine bones, bottom first, stand for spine1 to spine3; the highest carries the arms."""
    if count == 0:
        return {}
    if count == 1:
        return {Joint.SPINE3: 0}
    if count == 2:
        return {Joint.SPINE1: 0, Joint.SPINE3: 1}
    return {Joint.SPINE1: 0, Joint.SPINE2: count // 2, Joint.SPINE3: count - 1}
