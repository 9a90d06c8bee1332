"""Probe sheets: many clips in one picture, from joints or from rotations."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from engine.motion.kinematics import forward_kinematics
from engine.motion.skeleton import JOINT_COUNT, MODEL_FPS, REST_PELVIS_HEIGHT

Image = pytest.importorskip("PIL.Image")

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "probe_sheet.py"


@pytest.fixture(scope="module")
def probe_sheet() -> ModuleType:
    spec = importlib.util.spec_from_file_location("probe_sheet_script", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def walk() -> tuple[np.ndarray, np.ndarray]:
    frames = 3 * MODEL_FPS
    rotations = np.tile([1.0, 0, 0, 0], (frames, JOINT_COUNT, 1))
    root = np.zeros((frames, 3))
    root[:, 1], root[:, 2] = REST_PELVIS_HEIGHT, np.arange(frames) / MODEL_FPS
    return root, rotations


def test_a_row_for_every_clip_and_a_sheet_for_every_few(probe_sheet: ModuleType, tmp_path: Path) -> None:
    root, rotations = walk()
    folder = tmp_path / "clips"
    folder.mkdir()
    np.savez(folder / "1.npz", joints=forward_kinematics(root, rotations), fps=20.0, text="a person walks", seed=3)
    np.savez(folder / "2.npz", root=root, rotations=rotations)
    np.savez(folder / "3.npz", root=root[:1], rotations=rotations[:1])
    out = tmp_path / "sheet.png"
    assert probe_sheet.main([str(folder), "--out", str(out), "--rows", "2"]) == 0
    with Image.open(out) as two, Image.open(tmp_path / "sheet-2.png") as one:
        assert two.width == one.width == probe_sheet.WIDTH
        assert two.height == 2 * one.height


def test_rotations_alone_show_the_same_motion(probe_sheet: ModuleType, tmp_path: Path) -> None:
    root, rotations = walk()
    np.savez(tmp_path / "a.npz", joints=forward_kinematics(root, rotations))
    np.savez(tmp_path / "b.npz", root=root, rotations=rotations)
    first, second = (probe_sheet.to_staged(probe_sheet.read_probe(tmp_path / f"{n}.npz")) for n in "ab")
    assert np.allclose(first[0], second[0])
    assert first[1].distance == pytest.approx(2.95)  # 59 steps of 5 cm
    assert np.allclose(first[1].positions[:, 0], 0) and first[1].positions[-1, 1] > 2.9  # straight ahead


def test_a_file_without_motion_is_named(
    probe_sheet: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.npz").write_bytes(b"no zip")
    assert probe_sheet.main([str(tmp_path / "bad.npz"), "--out", str(tmp_path / "s.png")]) == 2
    assert "bad.npz" in capsys.readouterr().err
    assert not (tmp_path / "s.png").exists()
