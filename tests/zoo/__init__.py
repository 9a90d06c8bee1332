"""Rigs of every known family, built from names, places and sizes alone; for tests in all rooms.

from tests.zoo import OTHERS, ZOO, build, expected, mangled, rest
"""

from __future__ import annotations

from .rigs import OTHERS, ZOO, build, expected, find, mangled, rest

__all__ = ["OTHERS", "ZOO", "build", "expected", "find", "mangled", "rest"]
