"""NCSN: noise-conditional score networks. Coefficients, loss, annealed Langevin sampler.

Coefficients: `levels` noise levels sigma_1 < ... < sigma_L in geometric progression, x = x_0 + sigma eps.
Loss: denoising score matching at a level drawn uniformly, weighted with sigma^2; for the score
-eps_theta / sigma it is |eps - eps_theta|^2. Sampler: from the largest level to the smallest, several Langevin
steps at each, of size proportional to sigma^2; then one step to E[x_0 | x].

No formulas are defined here; this module runs loss.simple from `losses` and the solver `AnnealedLangevin`.
Reference: Song, Ermon 2019, *Generative Modeling by Estimating Gradients of the Data Distribution*.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import torch

from diffusion import solvers
from diffusion.families.base import Draws, Samplers, Sampling, State, Told
from diffusion.families.score_sde import VE
from diffusion.parameterizations import X_0
from diffusion.solvers import AnnealedLangevin


class NCSN(VE):
    """The family 'ncsn': the path of VE at `levels` times."""

    samplers: ClassVar[Samplers] = {"annealed_langevin": ()}

    @property
    def steps(self) -> int:
        """Langevin steps at each level."""
        return 8

    def moves(self, steps: int) -> int:
        """One state for each level, and the last step without noise."""
        return self.config.levels + 1

    def draw(self, n: int, generator: torch.Generator) -> Draws:
        """t (n,) uniform among the levels, its scales, and eps (n, ...)."""
        level = torch.randint(self.config.levels, (n,), generator=generator)
        t = level / max(1, self.config.levels - 1)
        return {"t": t, **self.scales(t), "eps": self.noise(n, generator)}

    def sample(self, told: Told, n: int, how: Sampling) -> Iterator[State]:
        """Annealed Langevin dynamics with `steps` steps at each level."""
        x, times = self.start(n, how.generator), self.times(max(1, self.config.levels - 1))
        chosen = AnnealedLangevin(inner=how.steps)
        clip = self.clip
        plan = solvers.plan(chosen, self.path, times, self.parameterization if clip is None else X_0)
        denoiser = self.denoiser(told) if clip is None else self.clipped(told, clip)
        yield State(times[0].item(), x)
        for step in solvers.run(plan, denoiser, x, how.generator):
            yield State(step.t, step.x)
