"""The best possible denoiser of an exact world, in the calling convention of a trained network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from diffusion.schedules import Schedule
from diffusion.worlds.levels import Level


class World(Protocol):
    """What a sampler or a likelihood asks of an exact world."""

    @property
    def dimension(self) -> int:
        """d."""
        ...

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n draws from the data law, (n, d)."""
        ...

    def log_prob(self, x: Tensor, alpha_t: Level = 1.0, sigma_t: Level = 0.0) -> Tensor:
        """log density of x_t."""
        ...

    def eps(self, x_t: Tensor, alpha_t: Level, sigma_t: Level) -> Tensor:
        """E[eps | x_t]."""
        ...


def eps_oracle(
    world: World, schedule: Schedule, device: torch.device | str = "cpu"
) -> Callable[[Tensor, Tensor], Tensor]:
    """E[eps | x_t] as a function of x_t (n, ...) and t (n,), the times being integers of the schedule.

    x_t may have any shape after the first axis; it is flattened to the d coordinates of the world. The tables
    are moved to the device of x_t here, once: indexing a table on another device would wait for it each step.
    """
    alpha, sigma = schedule.alpha_bar.sqrt().to(device), schedule.variance.sqrt().to(device)

    def eps(x_t: Tensor, t: Tensor) -> Tensor:
        return world.eps(x_t.flatten(1), alpha[t], sigma[t]).view_as(x_t)

    return eps
