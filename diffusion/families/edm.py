"""EDM: a preconditioned denoiser. Coefficients, loss, Heun sampler with churn.

Coefficients: x = x_0 + sigma eps; the denoiser is D = c_skip x + c_out F(c_in x; c_noise), with the four
functions of sigma and of sigma_data, the standard deviation of the data. Loss: lambda(sigma) |D - x_0|^2 with
lambda = 1 / c_out^2, which is |F - F_target|^2 of unit weight, at log sigma drawn from N(P_mean, P_std^2).
Sampler: Heun's method in sigma, at levels even in sigma^(1/7), with churn where it is asked for.

No formulas are defined here; this module runs the parameterization F, the path `EDM` and the solver `EDMHeun`.
Reference: Karras et al. 2022, *Elucidating the Design Space of Diffusion-Based Generative Models*, table 1.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from diffusion.config import TrainConfig
from diffusion.data import Kind
from diffusion.families.base import Draws, Samplers
from diffusion.families.on_path import OnPath, samplers_first
from diffusion.losses import simple_loss
from diffusion.parameterizations import edm
from diffusion.paths import EDM as EDMPath
from diffusion.paths import Level

# c_noise = log(sigma) / 4, in units that the embedding of time tells apart.
NOISE_SCALE = 1000 / 4


class EDM(OnPath):
    """The family 'edm'."""

    samplers: ClassVar[Samplers] = samplers_first("edm_heun")

    def __init__(self, config: TrainConfig, kind: Kind) -> None:
        super().__init__(config, kind)
        self.path = EDMPath(config.sigma_min, config.sigma_max)
        # A run on data measures it; 1 is for a family that is made without data.
        self.sigma_data = config.sigma_data or 1.0
        self.parameterization = edm(self.sigma_data)

    @property
    def steps(self) -> int:
        """Enough for Heun."""
        return 40

    def draw(self, n: int, generator: torch.Generator) -> Draws:
        """sigma (n,) log-normal, and eps (n, ...)."""
        log_sigma = self.config.P_mean + self.config.P_std * torch.randn(n, generator=generator)
        return {"sigma": log_sigma.exp(), "eps": self.noise(n, generator)}

    def network_time(self, t: Tensor) -> Tensor:
        """c_noise of a time of the path."""
        return self.c_noise(self.path.sigma(t))

    def c_noise(self, sigma: Tensor) -> Tensor:
        """log(sigma) / 4, in thousandths."""
        return NOISE_SCALE * sigma.log()

    def c_in(self, sigma: Tensor) -> Tensor:
        """What the input is multiplied with to have unit variance."""
        return (sigma.square() + self.sigma_data**2).rsqrt()

    def shown(self, x_t: Tensor, t: Tensor) -> Tensor:
        """c_in x_t."""
        return x_t * self.c_in(self.path.sigma(t)).to(x_t).view(-1, *[1] * (x_t.dim() - 1))

    def loss(self, model: nn.Module, x_0: Tensor, labels: Tensor | None, draws: Draws) -> Tensor:
        """|F - F_target|^2 per dimension, (n,)."""
        sigma, eps = draws["sigma"], draws["eps"]
        wide = sigma.view(-1, *[1] * (x_0.dim() - 1))
        answer = model(self.c_in(wide) * (x_0 + wide * eps), self.c_noise(sigma), labels)
        one, zero = torch.ones_like(sigma), torch.zeros_like(sigma)
        target = self.parameterization.target(x_0, eps, Level(sigma, one, sigma, zero, one, -sigma.log()))
        return simple_loss(target.flatten(1), answer.flatten(1)) / eps[0].numel()
