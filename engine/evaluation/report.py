"""Figures as a JSON file and as tables to read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .text_metrics import Interval

Cell = float | Interval


def table(rows: Mapping[str, Mapping[str, Cell]]) -> str:
    """A column per figure, a line per row, in the order given; missing figures stay empty."""
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    cells = [["", *rows], *([name, *(_cell(row.get(name)) for row in rows.values())] for name in names)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(rows) + 1)]
    return "\n".join(_line(line, widths) for line in cells)


def write_report(folder: Path | None, name: str, content: Mapping[str, Any]) -> None:
    """Write `content` as folder/name.json, null where a figure is not to be had; nothing without a folder."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_plain(content), indent=1, allow_nan=False)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, *figures = cells
    return "  ".join([name.ljust(widths[0]), *(c.rjust(w) for c, w in zip(figures, widths[1:], strict=True))])


def _plain(value: object) -> object:
    """`value` as JSON can say it, which knows no nan."""
    if isinstance(value, Interval):
        return {"mean": _plain(value.mean), "half_width": _plain(value.half_width)}
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _cell(value: Cell | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Interval):
        return f"{_number(value.mean)} +-{_number(value.half_width)}"
    return _number(value)


def _number(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.1f}"
