"""Short sentences from long ones: what users type, out of what annotators wrote.

Annotators tell a whole recording ("steps forward, catches something and throws it back"); a rare action is seldom told
by itself. So a motion is also told by the one clause of a caption that names its rarest action, and since the
recorded held nothing in their hands, the things that they throw are exchanged for one another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ..features.mirrored_text import leads_left, mirror_text
from .balance import actions_in, rarest_actions
from .token_set import Phrase, TokenizedMotion

_BORDER: Final = re.compile(r"[,;.]|\b(?:and|then|before|after|while|but)\b", re.IGNORECASE)
_SUBJECT: Final = re.compile(
    r"^(?:(?:an?|the|this|one)\s+)?(?:stick\s+)?"
    r"(?:person|man|woman|guy|individual|figure|someone|somebody|character|human|he|she|they|it)\b\s*",
    re.IGNORECASE,
)
_THROWING: Final = re.compile(r"\b(throw|toss|catch)", re.IGNORECASE)
_THING: Final = re.compile(
    r"\b(something|(an|the|another|his|their) (object|ball|item)|a (ball|football|baseball)|it)\b", re.IGNORECASE
)
_THINGS: Final = ("something", "a ball", "an object")


def with_clauses(motions: Sequence[TokenizedMotion]) -> list[TokenizedMotion]:
    """The motions, each with a phrase for every clause that names its rarest action; they stand for a whole phrase."""
    rarest = rarest_actions([[phrase.text for phrase in motion.phrases] for motion in motions])
    return [_with_clauses(motion, action) for motion, action in zip(motions, rarest, strict=True)]


def clauses(text: str, action: str) -> tuple[str, ...]:
    """Short sentences in `text` that name `action`, other than itself."""
    parts = [" ".join(part.split()) for part in _BORDER.split(text)]
    told = ["a person " + _SUBJECT.sub("", part) for part in parts if action in actions_in(part)]
    out = [other for short in told for other in _other_things(short)]
    return tuple(dict.fromkeys(short for short in out if short != text))


def _other_things(text: str) -> tuple[str, ...]:
    if _THROWING.search(text) and _THING.search(text):
        return tuple(_THING.sub(thing, text, count=1) for thing in _THINGS)
    return (text,)


def _with_clauses(motion: TokenizedMotion, action: str | None) -> TokenizedMotion:
    if action is None:
        return motion
    short = [_phrase(phrase, text) for phrase in motion.phrases for text in clauses(phrase.text, action)]
    return replace(motion, short=tuple(dict.fromkeys(short)))


def _phrase(whole: Phrase, text: str) -> Phrase:
    """A clause may name the left first where its sentence does not: then it is told mirrored, of the twin."""
    if leads_left(text):
        return replace(whole, text=mirror_text(text), of_twin=not whole.of_twin)
    return replace(whole, text=text)
