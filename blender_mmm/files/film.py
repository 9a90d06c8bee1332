"""The posed armature as a film (.mp4, H.264)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from .errors import FileError
from .film_frames import read_film_frames
from .outcome import Outcome
from .pictures import get_pillow
from .whole_file import whole_file

FASTEST: Final = 30.0  # frames a second; a scene at a higher rate is shown with every second frame or fewer


def check_ready() -> None:
    """Raise FileError if a package is missing."""
    get_pillow()
    _get_imageio()


def write(outcome: Outcome, path: Path) -> None:
    """A film of the whole motion at the scene's rate, up to FASTEST."""
    imageio = _get_imageio()
    fps, frames = read_film_frames(outcome, FASTEST)
    with whole_file(path) as beside:
        encoder = imageio.get_writer(beside, format="FFMPEG", fps=fps, codec="libx264", quality=7, macro_block_size=8)
        with encoder:
            for frame in frames:
                encoder.append_data(np.asarray(frame))


def _get_imageio() -> Any:
    try:
        import imageio.v2 as imageio
        import imageio_ffmpeg

        imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise FileError(
            "Films (.mp4) need the packages imageio and imageio-ffmpeg. "
            "Install them with: pip install imageio imageio-ffmpeg - or ask for a .gif."
        ) from error
    return imageio
