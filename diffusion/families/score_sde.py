"""Score SDEs: VP, VE and sub-VP. Coefficients, loss, samplers.

Coefficients: the paths `Linear` (VP), `Geometric` (VE) and `SubVP`, x_t = alpha(t) x_0 + sigma(t) eps for t in
[0, 1]. Loss: denoising score matching with weight sigma^2, which for score = -eps_theta / sigma is
|eps - eps_theta|^2, at times uniform on [1e-5, 1] (1e-3 for sub-VP, whose sigma vanishes like t).
Samplers: Euler-Maruyama on the reverse equation, predictor-corrector, the probability flow by any solver.

No formulas are defined here; this module runs loss.simple from `losses`, the paths and the solvers.
Reference: Song et al. 2021, *Score-Based Generative Modeling through SDEs*.
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
from diffusion.parameterizations import EPS
from diffusion.paths import Geometric, Linear, Path, SubVP

# Times in units that the embedding of time tells apart.
TIME_SCALE = 1000.0


class NoiseRegression(OnPath):
    """Regression on the noise at times in [earliest, 1] of a path: |eps - eps_theta|^2 / d."""

    parameterization = EPS
    earliest: float = 1e-5

    def draw(self, n: int, generator: torch.Generator) -> Draws:
        """t (n,) uniform on [earliest, 1], its scales in float32, and eps (n, ...)."""
        t = self.earliest + (1 - self.earliest) * torch.rand(n, generator=generator)
        return {"t": t, **self.scales(t), "eps": self.noise(n, generator)}

    def scales(self, t: Tensor) -> Draws:
        """alpha and sigma of times (n,), computed in float64 and rounded once."""
        exact = t.double()
        return {"alpha": self.path.alpha(exact).float(), "sigma": self.path.sigma(exact).float()}

    def network_time(self, t: Tensor) -> Tensor:
        """t in thousandths."""
        return TIME_SCALE * t

    def loss(self, model: nn.Module, x_0: Tensor, labels: Tensor | None, draws: Draws) -> Tensor:
        """|eps - eps_theta|^2 per dimension, (n,)."""
        eps, wide = draws["eps"], (-1, *[1] * (x_0.dim() - 1))
        x_t = draws["alpha"].view(wide) * x_0 + draws["sigma"].view(wide) * eps
        eps_theta = model(self.shown(x_t, draws["t"]), self.network_time(draws["t"]), labels)
        return simple_loss(eps.flatten(1), eps_theta.flatten(1)) / eps[0].numel()


class VP(NoiseRegression):
    """The family 'vp': beta(t) grows linearly from beta_min to beta_max."""

    samplers: ClassVar[Samplers] = samplers_first("euler_maruyama")

    def __init__(self, config: TrainConfig, kind: Kind) -> None:
        super().__init__(config, kind)
        self.path: Path = Linear(config.beta_min, config.beta_max)


class SubVariancePreserving(NoiseRegression):
    """The family 'subvp': alpha as in VP, sigma = 1 - alpha^2."""

    samplers: ClassVar[Samplers] = samplers_first("euler_maruyama")
    earliest: float = 1e-3
    last = 1e-3

    def __init__(self, config: TrainConfig, kind: Kind) -> None:
        super().__init__(config, kind)
        self.path: Path = SubVP(config.beta_min, config.beta_max)


class VE(NoiseRegression):
    """The family 've': sigma grows geometrically from sigma_min to sigma_max.

    The network sees x_t / sqrt(1 + sigma^2), so that its input keeps its size.
    """

    samplers: ClassVar[Samplers] = samplers_first("euler_maruyama_corrected")
    earliest: float = 0.0

    def __init__(self, config: TrainConfig, kind: Kind) -> None:
        super().__init__(config, kind)
        self.path: Path = Geometric(config.sigma_min, config.sigma_max)

    def shown(self, x_t: Tensor, t: Tensor) -> Tensor:
        """x_t / sqrt(1 + sigma^2)."""
        scale = (1 + self.path.sigma(t).square()).rsqrt()
        return x_t * scale.to(x_t).view(-1, *[1] * (x_t.dim() - 1))
