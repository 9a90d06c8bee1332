"""Rows and clips mean the same motion."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.features.mirroring import mirror_rows
from engine.features.normalization import measure_normalization
from engine.features.representation import (
    CONTACTS,
    GLIDE,
    POSITIONS,
    ROW_SIZE,
    TURN,
    clip_from_rows,
    headings,
    joints_from_rows,
    rows_from_clip,
)
from engine.motion import rotations as rot
from engine.motion.clip import MotionClip
from engine.motion.hinges import HINGES, hinge_bends
from engine.motion.kinematics import forward_kinematics, mirror
from engine.motion.skeleton import JOINT_COUNT, REST_PELVIS_HEIGHT, Joint


def made_up_clip(frames: int = 90, turns: float = 1.5) -> MotionClip:
    """A figure that runs in a circle, past its own back, waving every joint; knees and elbows as they can."""
    time = np.arange(frames) / 20.0
    yaw = np.linspace(0.3, 0.3 + turns * 2 * np.pi, frames)
    random = np.random.default_rng(7)
    axes = rot.normalize(random.normal(size=(JOINT_COUNT, 3)))
    swing = 0.3 * np.sin(time[:, None] * random.uniform(1, 5, JOINT_COUNT))
    for joint, axis in HINGES.items():
        axes[joint], swing[:, joint] = axis, swing[:, joint] + 0.4
    rotations = rot.about_axis(np.broadcast_to(axes, (frames, JOINT_COUNT, 3)), swing)
    rotations[:, 0] = rot.multiply(rot.about_y(yaw), rotations[:, 0])
    height = REST_PELVIS_HEIGHT + 0.05 * np.sin(time)
    root = np.stack([2 * np.sin(yaw), height, 2 * np.cos(yaw)], axis=1)
    return MotionClip(root, rotations, np.zeros((frames, 4)))


def canonical_joints(clip: MotionClip) -> np.ndarray:
    """Joints [T - 1, 22, 3] turned and moved as rows see them: over the origin, facing +z."""
    joints = forward_kinematics(clip.root, clip.rotations)
    centred = joints - joints[0, 0] * [1, 0, 1]
    return rot.rotate(rot.inverse(headings(joints)[0]), centred)[:-1]


def test_joints_come_back_from_rows() -> None:
    clip = made_up_clip()
    rows = rows_from_clip(clip)
    assert rows.shape == (len(clip) - 1, ROW_SIZE)
    np.testing.assert_allclose(joints_from_rows(rows), canonical_joints(clip), atol=1e-9)


def test_true_rotations_come_back_from_rows() -> None:
    clip = made_up_clip()
    again = clip_from_rows(rows_from_clip(clip))
    turned = rot.multiply(rot.inverse(clip.rotations[:-1, 1:]), again.rotations[:, 1:])
    assert np.degrees(rot.angle(turned)).max() < 1e-3
    np.testing.assert_allclose(forward_kinematics(again.root, again.rotations), canonical_joints(clip), atol=1e-6)


def test_knees_and_elbows_of_made_rows_bend_one_way_only() -> None:
    rows = rows_from_clip(made_up_clip())
    rows += np.random.default_rng(0).normal(0.0, 0.08, rows.shape)
    bends = hinge_bends(clip_from_rows(rows).rotations)
    assert bends.min() > -1e-6 and bends.max() < np.radians(155.1)


def test_rows_do_not_know_place_or_heading() -> None:
    clip = made_up_clip()
    yaw = rot.about_y(np.array(2.1))
    rotations = clip.rotations.copy()
    rotations[:, 0] = rot.multiply(yaw, rotations[:, 0])
    moved = MotionClip(rot.rotate(yaw, clip.root) + np.array([3.0, 0.0, -5.0]), rotations, clip.contacts)
    np.testing.assert_allclose(rows_from_clip(moved), rows_from_clip(clip), atol=1e-9)


def test_root_columns_have_the_published_meaning() -> None:
    """A figure that glides straight ahead while turning left at a steady pace."""
    frames, per_frame = 300, 0.02
    yaw = np.arange(frames) * per_frame
    rotations = np.zeros((frames, JOINT_COUNT, 4))
    rotations[..., 0] = 1.0
    rotations[:, 0] = rot.about_y(yaw)
    ahead = np.stack([np.sin(yaw), np.zeros(frames), np.cos(yaw)], axis=1) * 0.03
    root = np.cumsum(ahead, axis=0) + np.array([0, REST_PELVIS_HEIGHT, 0])
    rows = rows_from_clip(MotionClip(root, rotations, np.zeros((frames, 4))))
    middle = rows[120:180]  # far from the ends, where the heading's filter leans
    # Half the angle, and negative: the stored quaternion turns the heading back onto +z.
    np.testing.assert_allclose(middle[:, TURN], -per_frame / 2, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(middle[:, GLIDE], axis=1), 0.03, atol=1e-9)
    assert (middle[:, GLIDE.start + 1] > 0.029).all()


def test_standing_feet_are_contacts_and_swinging_feet_are_not() -> None:
    clip = made_up_clip(turns=0.0)
    rotations = clip.rotations.copy()
    rotations[:, :12] = [1.0, 0.0, 0.0, 0.0]
    time = np.arange(len(clip)) / 20.0
    rotations[:, Joint.LEFT_HIP] = rot.about_axis(np.array([1.0, 0, 0]), 0.9 * np.sin(12 * time))
    still = np.broadcast_to([0.0, REST_PELVIS_HEIGHT, 0.0], (len(clip), 3))
    contacts = rows_from_clip(MotionClip(still, rotations, clip.contacts))[:, CONTACTS]
    assert contacts[:, 2:].min() == 1.0
    assert contacts[:, :2].mean() < 0.3


def test_mirrored_rows_are_the_rows_of_the_mirrored_motion() -> None:
    clip = made_up_clip()
    reflected = MotionClip(*mirror(clip.root, clip.rotations), clip.contacts)
    np.testing.assert_allclose(mirror_rows(rows_from_clip(clip)), rows_from_clip(reflected), atol=1e-9)


def test_a_single_frame_has_no_rows() -> None:
    clip = made_up_clip(1)
    with pytest.raises(ValueError, match="two frames"):
        rows_from_clip(clip)


def test_normalisation_is_undone() -> None:
    rows = rows_from_clip(made_up_clip())
    normalization = measure_normalization(rows)
    np.testing.assert_allclose(normalization.denormalize(normalization.normalize(rows)), rows, atol=1e-5)


def test_every_val_clip_survives_the_round_trip(cmu: Path) -> None:
    from engine.training.cmu import read_sources

    worst = 0.0
    for source in read_sources(cmu, frozenset({"val"})):
        rows = rows_from_clip(source.clip).astype(np.float32)
        worst = max(worst, float(np.abs(joints_from_rows(rows) - canonical_joints(source.clip)).max()))
    assert 0.0 < worst <= 1e-4


def test_heads_do_not_tremble_with_the_noise_of_positions() -> None:
    rows = rows_from_clip(made_up_clip())
    noisy = np.array(rows)
    noisy[:, POSITIONS] += np.random.default_rng(0).normal(0.0, 0.01, noisy[:, POSITIONS].shape)
    calm, made = (clip_from_rows(values).rotations for values in (rows, noisy))
    off = rot.angle(rot.multiply(rot.inverse(calm[:, Joint.NECK]), made[:, Joint.NECK]))
    assert np.degrees(off).mean() < 11.0  # 22 if every frame is aimed by itself


def test_a_lasting_difference_between_positions_and_rotations_is_settled_for_the_positions() -> None:
    rows = rows_from_clip(made_up_clip())
    moved = np.array(rows)
    head = POSITIONS.start + 3 * (Joint.HEAD - 1)
    moved[:, head + 2] += 0.03  # 3 cm ahead, all along
    clip = clip_from_rows(moved)
    reached = forward_kinematics(clip.root, clip.rotations)[:, Joint.HEAD]
    wanted = joints_from_rows(moved)[:, Joint.HEAD]
    before = forward_kinematics(clip_from_rows(rows).root, clip_from_rows(rows).rotations)[:, Joint.HEAD]
    assert np.linalg.norm(reached - wanted, axis=-1).mean() < 0.5 * np.linalg.norm(before - wanted, axis=-1).mean()
