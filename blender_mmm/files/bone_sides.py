"""Which side of the body a bone or vertex group belongs to, by its name. Pure."""

from __future__ import annotations

import re
from typing import Final

LEFT: Final = -1
MIDDLE: Final = 0
RIGHT: Final = 1

#: "LeftArm", "arm_left", "thigh.L", "l_hand", "Bip01 L Thigh", "J_Bip_L_Foot", "lShldrBend"; not "leftover" or "elbow".
_WORD: Final = r"(?:^|[^A-Za-z])(?:{word}|{WORD}|{Word})(?=[^a-z]|$)|(?<=[a-z]){Word}(?=[^a-z]|$)"
_LETTER: Final = r"(?:^|[^A-Za-z])[{letter}](?:[^A-Za-z]|$)|^{small}(?=[A-Z])"


def _pattern(word: str) -> re.Pattern[str]:
    letters = {"letter": word[0] + word[0].upper(), "small": word[0]}
    words = {"word": word, "WORD": word.upper(), "Word": word.capitalize()}
    return re.compile(_WORD.format(**words) + "|" + _LETTER.format(**letters))


_LEFT_NAME: Final = _pattern("left")
_RIGHT_NAME: Final = _pattern("right")


def side_of(name: str) -> int:
    """LEFT, RIGHT or MIDDLE."""
    left, right = bool(_LEFT_NAME.search(name)), bool(_RIGHT_NAME.search(name))
    return MIDDLE if left == right else LEFT if left else RIGHT
