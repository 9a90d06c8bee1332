"""`python -m blender_mmm.cli`."""

from __future__ import annotations

from . import main

main()
