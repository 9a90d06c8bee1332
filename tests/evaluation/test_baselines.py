"""What an in-fill is compared with keeps what is known."""

from __future__ import annotations

import numpy as np

from engine.evaluation.baselines import NearestPiece, interpolated
from engine.evaluation.generated import pack, read_batch, write_batch
from engine.evaluation.motion_metrics import seam_jump
from engine.features.representation import VELOCITIES, clip_from_rows, rows_from_clip
from engine.motion import rotations as rot
from engine.motion.clip import MotionClip
from engine.motion.kinematics import forward_kinematics
from engine.motion.skeleton import JOINT_COUNT, REST_PELVIS_HEIGHT, Joint
from engine.training.dataset import Motion, MotionSet


def swinging(frames: int, turn: float = 0.0, ahead: float = 0.02) -> MotionClip:
    """A figure that walks on and swings an arm with a period of 20 frames."""
    time = np.arange(frames)
    rotations = np.zeros((frames, JOINT_COUNT, 4))
    rotations[..., 0] = 1.0
    rotations[:, Joint.LEFT_SHOULDER] = rot.about_axis(np.array([0.0, 0.0, 1.0]), np.sin(time * np.pi / 10))
    rotations[:, 0] = rot.about_y(np.full(frames, turn))
    root = np.stack([np.sin(turn) * ahead * time, np.full(frames, REST_PELVIS_HEIGHT), np.cos(turn) * ahead * time], 1)
    return MotionClip(root, rotations, np.zeros((frames, 4)))


def test_interpolation_keeps_what_is_outside_and_is_straight_inside() -> None:
    clip = swinging(60)
    filled = interpolated(clip, 20, 40)
    outside = np.r_[0:20, 40:60]
    assert np.array_equal(filled.rotations[outside], clip.rotations[outside])
    assert np.allclose(filled.root, clip.root)  # an even walk is a straight line already
    bends = rot.angle(filled.rotations[19:41, Joint.LEFT_SHOULDER])
    assert np.ptp(np.diff(bends)) < 1e-6 or np.abs(np.diff(bends, 2)).max() < 0.02


def test_the_nearest_piece_is_the_same_motion_where_the_set_holds_it() -> None:
    rows = rows_from_clip(swinging(200)).astype(np.float32)
    data = MotionSet(rows, (Motion("a", "train", 0, len(rows), ()),))
    clip = swinging(80, turn=1.0)
    filled = NearestPiece.of_training(data).pasted(clip, 20, 60)
    truth, made = (forward_kinematics(c.root, c.rotations) for c in (clip, filled))
    assert np.array_equal(filled.root[:20], clip.root[:20])
    # A piece may start two frames off: the hand is that far on its swing, the body stands where it should.
    away = np.linalg.norm(made - truth, axis=-1)
    assert away[:, Joint.LEFT_WRIST].max() < 0.5
    assert away[:, Joint.HEAD].max() < 0.02
    assert seam_jump(made, 20) < 5.0


def test_kept_motions_come_back_as_they_were(tmp_path) -> None:  # type: ignore[no-untyped-def]
    rows = rows_from_clip(swinging(50))
    clip = clip_from_rows(rows)
    write_batch(tmp_path / "a.npz", pack([(rows, clip), (rows[:40], clip_from_rows(rows[:40]))]))
    batch = read_batch(tmp_path / "a.npz")
    assert batch.frames.tolist() == [49, 40]
    assert np.allclose(batch.decoded_rows()[1], rows[:40], atol=1e-6)
    assert np.allclose(batch.joints()[0], forward_kinematics(clip.root, clip.rotations), atol=1e-4)


def test_what_is_judged_is_the_clip_and_not_columns_that_never_become_motion() -> None:
    rows = rows_from_clip(swinging(50))
    clip = clip_from_rows(rows)
    untrue = np.array(rows)
    untrue[:, VELOCITIES] += 1.0
    batch = pack([(untrue, clip)])
    assert np.allclose(batch.motion_rows()[0], rows_from_clip(clip), atol=1e-5)
    assert np.allclose(batch.decoded_rows()[0], untrue, atol=1e-6)
