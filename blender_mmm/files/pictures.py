"""Pillow, which draws and writes pictures; needed only by whoever asks for one."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from .errors import FileError

_ADVICE: Final = "Install it with: pip install pillow"


def get_pillow() -> tuple[Any, Any, Any]:
    """The modules Image, ImageDraw and ImageFont; raises FileError if Pillow is not installed."""
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError as error:
        raise FileError(f"Pictures need the Pillow package, which is not installed. {_ADVICE}") from error
    return Image, ImageDraw, ImageFont


@lru_cache(maxsize=16)
def get_font(size: int) -> Any:
    """Pillow's own scalable font, the same on every machine; `size` in pixels."""
    return get_pillow()[2].load_default(size)
