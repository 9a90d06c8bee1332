"""What FID is measured on hears bad motion; what tells sides is odd under mirroring."""

from __future__ import annotations

import numpy as np
import torch

from engine.evaluation.measure_fid import noisy, sliding, smoothed
from engine.evaluation.movement import WINDOW, cut
from engine.evaluation.sides import SideReader
from engine.features.mirroring import mirror_rows
from engine.features.representation import GLIDE, VELOCITIES, joints_from_rows


def swings(frames: int = 80) -> np.ndarray:
    random = np.random.default_rng(0)
    time = np.arange(frames)[:, None]
    return (0.1 * np.sin(time / 8 + random.uniform(0, 6, 263)) + 0.2).astype(np.float32)


def test_a_mirrored_motion_has_the_opposite_side() -> None:
    torch.manual_seed(0)
    reader = SideReader(3, 0.4, 0.0).eval()
    rows = swings()
    both = torch.from_numpy(np.stack([rows, mirror_rows(rows)]))
    one, other = reader(both, torch.tensor([80, 80]))
    assert torch.allclose(one, -other, atol=1e-6)
    assert one.abs().max() > 0.01


def test_padding_does_not_change_a_side() -> None:
    torch.manual_seed(0)
    reader = SideReader(3, 0.4, 0.0).eval()
    rows = torch.from_numpy(swings())[None]
    padded = torch.cat([rows, torch.zeros(1, 30, 263)], dim=1)
    assert torch.allclose(reader(rows, torch.tensor([80])), reader(padded, torch.tensor([80])), atol=1e-5)


def test_pieces_overlap_by_half_and_know_their_motion() -> None:
    pieces, owners = cut([swings(WINDOW * 2), swings(WINDOW // 2 + 1), swings(WINDOW)])
    assert owners.tolist() == [0, 0, 0, 1, 2]
    assert [len(piece) for piece in pieces] == [WINDOW, WINDOW, WINDOW, WINDOW // 2, WINDOW]


def test_noise_moves_joints_by_what_it_says() -> None:
    rows = swings()
    spoilt = noisy(rows, 0.02, np.random.default_rng(0))
    away = joints_from_rows(spoilt)[:, 1:] - joints_from_rows(rows)[:, 1:]
    assert 0.018 < away.std() < 0.022
    assert np.array_equal(spoilt[:, : GLIDE.stop], rows[:, : GLIDE.stop])
    assert np.abs(spoilt[:-1, VELOCITIES] - rows[:-1, VELOCITIES]).max() > 0.02


def test_smoothing_keeps_what_stands_still_and_sliding_carries_every_joint() -> None:
    still = np.full((40, 263), 0.3, dtype=np.float32)
    assert np.allclose(smoothed(still, 2.0), still, atol=1e-6)
    slid = sliding(still, 1.2)
    assert np.allclose(slid[:, GLIDE], 0.36)
    moved = (slid - still)[:, VELOCITIES].reshape(40, -1, 3)
    assert np.allclose(moved[..., [0, 2]], 0.06, atol=1e-6)
    assert np.allclose(moved[..., 1], 0.0)
