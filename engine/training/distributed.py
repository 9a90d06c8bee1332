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


def wait_for_all() -> None:
    """Go on when every process has come here: one that ends while the first still writes may abort as it ends."""
    if dist.is_initialized():
        dist.barrier()


def share_weights(model: nn.Module) -> None:
    """Begin with the first process's weights in all of them."""
    if dist.is_initialized():
        for parameter in model.parameters():
            dist.broadcast(parameter.data, 0)


def average_gradients(model: nn.Module) -> None:
    """Average the gradients of `model` over the processes, if there are several.

    Instead of DistributedDataParallel: the tasks call the networks' own methods, not forward alone. All gradients
    travel as one message; one for each of a hundred parameters makes the processes wait for each other as often.
    """
    if not dist.is_initialized():
        return
    learning = [p for p in model.parameters() if p.requires_grad]
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in learning]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    for parameter, part in zip(learning, flat.split([p.numel() for p in learning]), strict=True):
        parameter.grad = part.view_as(parameter)


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
