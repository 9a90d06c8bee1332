"""The posed armature as a moving picture (.gif) that plays anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from .film_frames import read_film_frames
from .outcome import Outcome
from .pictures import get_pillow
from .whole_file import whole_file

FASTEST: Final = 12.5  # frames a second: a .gif counts in hundredths of a second and grows large
_COLOURS: Final = 64


def check_ready() -> None:
    """Raise FileError if Pillow is missing."""
    get_pillow()


def write(outcome: Outcome, path: Path) -> None:
    """An endless loop of the whole motion."""
    Image = get_pillow()[0]
    fps, pictures = read_film_frames(outcome, FASTEST)
    frames = [picture.quantize(_COLOURS, dither=Image.Dither.NONE) for picture in pictures]
    with whole_file(path) as beside:
        frames[0].save(
            beside, format="GIF", save_all=True, append_images=frames[1:], duration=round(1000 / fps), loop=0
        )
