"""Differentiable distances between motions in metres, computed on rows of motion.

A row's numbers are velocities and headings; what an animator sees is where joints stand in the
world and whether a planted foot stays. So the tokenizer is also judged by that.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..features.representation import GLIDE, HEIGHT, POSITIONS, TURN


def local_joints(rows: Tensor) -> Tensor:
    """Joint positions [B, T, 22, 3] (m) in the heading frame over the root's place, from rows [B, T, 263]."""
    limbs = rows[..., POSITIONS].unflatten(-1, (-1, 3))
    pelvis = torch.zeros_like(limbs[..., :1, :])
    pelvis[..., 0, 1] = rows[..., HEIGHT.start]
    return torch.cat([pelvis, limbs], dim=-2)


def world_steps(rows: Tensor) -> Tensor:
    """How far each joint moves from frame to frame over the ground [B, T - 1, 22, 3] (m), in the later heading."""
    joints = local_joints(rows)
    before = _about_y(2.0 * rows[:, :-1, TURN.start], joints[:, :-1])
    glide = torch.zeros_like(before[..., :1, :])
    glide[..., 0, [0, 2]] = rows[:, :-1, GLIDE]
    return joints[:, 1:] + glide - before


def root_path(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Heading [B, T - 1] (rad) and place [B, T - 1, 2] (m) of the root after each frame of rows [B, T, 263]."""
    heading = -2.0 * rows[:, :-1, TURN.start].cumsum(1)
    x, z = rows[:, :-1, GLIDE].unbind(-1)
    cos, sin = heading.cos(), heading.sin()
    return heading, torch.stack([x * cos + z * sin, z * cos - x * sin], dim=-1).cumsum(1)


def _about_y(angle: Tensor, points: Tensor) -> Tensor:
    """Points [B, T, J, 3] turned about +y by angle [B, T]."""
    cos, sin = angle.cos()[..., None], angle.sin()[..., None]
    x, y, z = points.unbind(-1)
    return torch.stack([x * cos + z * sin, y, z * cos - x * sin], dim=-1)
