"""The best possible denoiser of an exact world, in the calling convention of a trained network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from diffusion.parameterizations import EPS, SCORE, X_0, Parameterization, convert
from diffusion.paths import Level, Path
from diffusion.schedules import Schedule
from diffusion.score import score_from_eps
from diffusion.worlds.levels import Level as Scale
from diffusion.worlds.levels import as_levels


class World(Protocol):
    """What a sampler or a likelihood asks of an exact world."""

    @property
    def dimension(self) -> int:
        """d."""
        ...

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n draws from the data law, (n, d)."""
        ...

    def log_prob(self, x: Tensor, alpha_t: Scale = 1.0, sigma_t: Scale = 0.0) -> Tensor:
        """log density of x_t."""
        ...

    def posterior_mean(self, x_t: Tensor, alpha_t: Scale, sigma_t: Scale) -> Tensor:
        """E[x_0 | x_t]."""
        ...

    def eps(self, x_t: Tensor, alpha_t: Scale, sigma_t: Scale) -> Tensor:
        """E[eps | x_t]."""
        ...


def velocity(world: World, x_t: Tensor, level: Level) -> Tensor:
    """E[dx_t / dt | x_t] = alpha' E[x_0 | x_t] + sigma' E[eps | x_t] at x_t (..., d), for levels that broadcast."""
    d_alpha, d_sigma = as_levels(x_t, level.d_alpha, level.d_sigma)
    x_0 = world.posterior_mean(x_t, level.alpha, level.sigma)
    return d_alpha * x_0 + d_sigma * world.eps(x_t, level.alpha, level.sigma)


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


def oracle(world: World, path: Path, parameterization: Parameterization = EPS) -> Callable[[Tensor, Tensor], Tensor]:
    """The best prediction at x_t (n, ...) and t (n,), the times being in [0, 1]: what a perfect network answers.

    eps and the score are computed from E[eps | x_t], the others from E[x_0 | x_t]. Gradients reach x_t.
    """

    def predict(x_t: Tensor, t: Tensor) -> Tensor:
        with torch.no_grad():
            level = Level(*(column.to(x_t) for column in path.level(t)))
        flat = x_t.flatten(1)
        if parameterization.name in (EPS.name, SCORE.name):
            # Where no signal is left these two are known, and x_0 is not known from them.
            best = world.eps(flat, level.alpha, level.sigma)
            sigma = as_levels(flat, 1.0, level.sigma)[1]
            return (best if parameterization.name == EPS.name else score_from_eps(best, sigma)).view_as(x_t)
        best = world.posterior_mean(flat, level.alpha, level.sigma)
        return convert(best, flat, X_0, parameterization, level).view_as(x_t)

    return predict
