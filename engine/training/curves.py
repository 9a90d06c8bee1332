"""The model card's curves, drawn from the logs of a run."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

from .loop import LOG

#: Stage -> the columns worth seeing: of training, and of the val split.
_COLUMNS: Final = {
    "tokenizer": ("rows", "val_local_mm"),
    "transformer": ("loss", "val_loss"),
    "length": ("loss", "val_error_tokens"),
}


def draw_curves(run: Path, out: Path) -> None:
    """Write a picture with one chart per stage whose log is in `run`."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    stages = [stage for stage in _COLUMNS if (run / stage / LOG).is_file()]
    figure, axes = pyplot.subplots(1, len(stages), figsize=(4.5 * len(stages), 3.2), squeeze=False)
    for axis, stage in zip(axes[0], stages, strict=True):
        _draw(axis, stage, _read(run / stage / LOG))
    figure.tight_layout()
    figure.savefig(out, dpi=110)


def _draw(axis: Any, stage: str, rows: list[dict[str, str]]) -> None:
    trained, measured = _COLUMNS[stage]
    axis.plot(*_series(rows, trained), label=f"train: {trained}", linewidth=1)
    second = axis.twinx()
    second.plot(*_series(rows, measured), "o-", color="tab:orange", label=f"val: {measured[4:]}", markersize=3)
    axis.set(title=stage, xlabel="step", ylabel=trained)
    second.set_ylabel(measured[4:].replace("_", " "))
    second.set_ylim(bottom=0)
    lines = axis.get_lines() + second.get_lines()
    axis.legend(lines, [line.get_label() for line in lines], fontsize=8)


def _series(rows: list[dict[str, str]], column: str) -> tuple[list[float], list[float]]:
    kept = [row for row in rows if row.get(column)]
    return [float(row["step"]) for row in kept], [float(row[column]) for row in kept]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
