"""One process or many: who this process is, and the few things that processes tell each other.

`torchrun --nproc-per-node 2 -m diffusion train ...` starts the processes and sets the variables read here.
Every process draws the random numbers of the whole batch and keeps its share, so that the processes together
compute what one would: the batch, its noise and the mean of its losses are the same.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor

from diffusion.errors import UserError


@dataclass(frozen=True)
class Processes:
    """The number of this process from 0, and how many there are."""

    rank: int = 0
    size: int = 1
    local_rank: int = 0

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and speaks."""
        return self.rank == 0

    def share(self, n: int) -> slice:
        """The part of a batch of n that belongs to this process. Raises UserError unless all parts are equal."""
        if n % self.size:
            raise UserError(f"the batch of {n} cannot be shared equally by {self.size} processes; change --batch")
        part = n // self.size
        return slice(self.rank * part, (self.rank + 1) * part)

    def mean(self, x: Tensor) -> Tensor:
        """The mean of x over the processes."""
        if self.size == 1:
            return x
        total = x.detach().clone()
        dist.all_reduce(total)
        return total / self.size

    def together(self, x: Tensor) -> Tensor:
        """The shares x (n, ...) of all processes, in order, as one tensor."""
        if self.size == 1:
            return x
        parts = [torch.empty_like(x) for _ in range(self.size)]
        dist.all_gather(parts, x.detach().contiguous())
        return torch.cat(parts)

    def wait(self) -> None:
        """Wait until every process is here."""
        if self.size > 1:
            dist.barrier()


@contextlib.contextmanager
def processes(device: str) -> Iterator[Processes]:
    """Join the processes that torchrun started; without torchrun, this one alone.

    The processes talk by NCCL on GPUs and by gloo on CPUs.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1 or "RANK" not in os.environ:
        yield Processes()
        return
    on_gpu = device != "cpu" and torch.cuda.is_available()
    local_rank = int(os.environ.get("LOCAL_RANK", "0"))
    if on_gpu:
        torch.cuda.set_device(local_rank)
    dist.init_process_group("nccl" if on_gpu else "gloo")
    try:
        yield Processes(dist.get_rank(), dist.get_world_size(), local_rank)
    finally:
        dist.destroy_process_group()
