"""What of a bone's name counts when names are compared: not case, separators, namespace or where the side stands."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_LEFT: Final = frozenset({"l", "lt", "lft", "left", "左", "л", "левый", "левая", "links", "gauche", "izq", "izquierda"})
_RIGHT: Final = frozenset({"r", "rt", "rgt", "right", "右", "п", "правый", "правая", "rechts", "droite", "derecha"})
_NAMESPACE: Final = re.compile(r"^.*[:|]")
_WORDS: Final = re.compile(r"[左右]|\d+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z左右]+")
_FUSED: Final = re.compile(r"^(left|right)(?=.)|(?<=.)(left|right)$")
_TRAILING_NUMBER: Final = re.compile(r"_\d+$")

#: An affix that this share of the bones has says nothing about any of them.
COMMON_SHARE: Final = 0.6


@dataclass(frozen=True)
class NameKey:
    """A name without what varies: two bones of the same key mean the same."""

    side: str  # 'l', 'r' or ''
    core: str


@lru_cache(maxsize=8192)
def to_key(name: str) -> NameKey:
    """The key of a bone's name; "mixamorig:LeftUpLeg", "Up_Leg.L" and "l_upleg" have the same."""
    return _to_key(_to_words(name))


@lru_cache(maxsize=8192)
def to_flat(name: str) -> str:
    """Letters and digits of a name in lower case: "lShldrBend" and "lshldrbend" have the same."""
    plain = unicodedata.normalize("NFKC", _NAMESPACE.sub("", name))
    return "".join(letter for letter in plain.lower() if letter.isalnum())


def to_stripped_keys(names: Iterable[str]) -> list[NameKey | None]:
    """The key of each name without what most of them begin or end with; None where that changes nothing."""
    originals = list(names)
    numbered = sum(bool(_TRAILING_NUMBER.search(name)) for name in originals) >= COMMON_SHARE * len(originals)
    # Some converters end every name in a number of its own: "hips_02", "spine_03".
    words = [_to_words(_TRAILING_NUMBER.sub("", name) if numbered else name) for name in originals]
    first = _common(words, 0)
    last = _common(words, -1)
    stripped: list[NameKey | None] = []
    for name, parts in zip(originals, words, strict=True):
        kept = parts[1:] if first is not None and len(parts) > 1 and parts[0] == first else parts
        kept = kept[:-1] if last is not None and len(kept) > 1 and kept[-1] == last else kept
        key = _to_key(kept)
        stripped.append(key if key != to_key(name) else None)
    return stripped


def _to_words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", _NAMESPACE.sub("", name))
    words = [word.lower() for word in _WORDS.findall(plain)]
    return [part for word in words for part in _without_fused_side(word)]


def _without_fused_side(word: str) -> list[str]:
    """ "leftupleg" as "left", "upleg"; words that only look so ("leftover") do no harm, they match nothing."""
    found = _FUSED.search(word)
    if found is None:
        return [word]
    return [found.group(0), _FUSED.sub("", word, count=1)]


def _to_key(words: list[str]) -> NameKey:
    side = ""
    rest = []
    for word in words:
        if not side and word in _LEFT:
            side = "l"
        elif not side and word in _RIGHT:
            side = "r"
        else:
            rest.append(word.lstrip("0") or "0" if word.isdigit() else word)
    return NameKey(side, "".join(rest))


def _common(words: list[list[str]], position: int) -> str | None:
    """The word that most names have at this position, unless it tells the side."""
    counted = Counter(parts[position] for parts in words if len(parts) > 1)
    if not counted or len(words) < 4:
        return None
    word, count = counted.most_common(1)[0]
    return word if count >= COMMON_SHARE * len(words) and word not in _LEFT | _RIGHT else None
