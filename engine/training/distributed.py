"""One process or many (torchrun): the few questions training asks about it."""

from __future__ import annotations

import os

import torch
import torch.distributed as dist
from torch import nn


def start() -> torch.device | None:
    """Join the group torchrun started; the device of this process, or None without torchrun."""
    if "LOCAL_RANK" not in os.environ:
        return None
    cuda = torch.cuda.is_available()
    dist.init_process_group("nccl" if cuda else "gloo")
    return torch.device("cuda", int(os.environ["LOCAL_RANK"])) if cuda else torch.device("cpu")


def wrap(model: nn.Module, device: torch.device) -> nn.Module:
    """`model`, with gradients averaged over the processes when there are several."""
    if not dist.is_initialized():
        return model
    for parameter in model.parameters():
        dist.broadcast(parameter.data, 0)
        if parameter.requires_grad:
            parameter.register_post_accumulate_grad_hook(_average_gradient)
    return model


def _average_gradient(parameter: torch.Tensor) -> None:
    if parameter.grad is not None:
        dist.all_reduce(parameter.grad)
        parameter.grad /= dist.get_world_size()


def rank() -> int:
    """Index of this process."""
    return dist.get_rank() if dist.is_initialized() else 0


def world_size() -> int:
    """Number of processes."""
    return dist.get_world_size() if dist.is_initialized() else 1


def is_first() -> bool:
    """Whether this process writes files."""
    return rank() == 0
