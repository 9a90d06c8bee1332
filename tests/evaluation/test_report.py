"""Reports stay readable for whoever reads them: figures that do not exist are null, not a word JSON does not know."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.evaluation.report import write_report
from engine.evaluation.text_metrics import Interval


def test_a_report_is_json_whatever_is_not_to_be_had(tmp_path: Path) -> None:
    content = {"one": [np.float64("nan"), 2.0], "two": {"three": (float("inf"), Interval(1.0, float("nan")))}}
    write_report(tmp_path / "out", "figures", content)
    text = (tmp_path / "out" / "figures.json").read_text(encoding="utf-8")

    def unknown(word: str) -> None:
        pytest.fail(f"{word} is not JSON")

    read = json.loads(text, parse_constant=unknown)
    assert read == {"one": [None, 2.0], "two": {"three": [None, {"mean": 1.0, "half_width": None}]}}


def test_nothing_is_written_without_a_folder() -> None:
    write_report(None, "figures", {"one": 1.0})
