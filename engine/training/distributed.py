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
    if not cuda:
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
    torch.cuda.set_device(device)
    return device


def finish() -> None:
    """Leave the group, if there is one."""
    if dist.is_initialized():
        dist.destroy_process_group()


def share_gradients(model: nn.Module) -> None:
    """From now on average the gradients of `model` over the processes, if there are several.

    Hooks instead of DistributedDataParallel: the tasks call the networks' own methods, not forward alone.
    """
    if not dist.is_initialized():
        return
    for parameter in model.parameters():
        dist.broadcast(parameter.data, 0)
        if parameter.requires_grad:
            parameter.register_post_accumulate_grad_hook(_average_gradient)


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


def any_of(flag: bool) -> bool:
    """Whether `flag` is true in any process: all must stop at the same step."""
    if not dist.is_initialized():
        return flag
    votes = torch.tensor(float(flag), device="cuda" if dist.get_backend() == "nccl" else "cpu")
    dist.all_reduce(votes)
    return bool(votes > 0)


def is_first() -> bool:
    """Whether this process writes files."""
    return rank() == 0
