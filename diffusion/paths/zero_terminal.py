"""A variance-preserving path rescaled so that no signal is left at t = 1.

alpha is shifted to 0 at t = 1 and stretched so that it stays 1 at t = 0:
alpha(t) = (base(t) - base(1)) / (1 - base(1)); sigma follows from alpha^2 + sigma^2 = 1.
A prediction of eps carries no information at t = 1: train such a path with v or x_0.

No formulas are registered here; sched.zero_terminal is the entry of the catalogue.
Reference: Lin, Liu, Li and Yang 2024, Algorithm 1.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.paths.variance_preserving import FromLogAlpha


class ZeroTerminal(FromLogAlpha):
    """The rescaled form of a path that is given by log alpha and starts at alpha = 1, such as `Linear`."""

    def __init__(self, base: FromLogAlpha) -> None:
        self.base = base
        self.name = f"zero_terminal_{base.name}"
        self.log_rest = base.log_alpha(torch.ones((), dtype=torch.float64)).item()
        rest = base.alpha(torch.ones((), dtype=torch.float64)).item()
        self.rest, self.scale = rest, 1 / (1 - rest)

    def log_alpha(self, t: Tensor) -> Tensor:
        """log of the rescaled alpha: 1 - alpha is what is small near the data, alpha near the noise."""
        log_alpha = self.base.log_alpha(t)
        early = torch.log1p(torch.expm1(log_alpha) * self.scale)
        late = (self.rest * torch.expm1((log_alpha - self.log_rest).clamp(min=0)) * self.scale).log()
        return torch.where(t < 0.5, early, late)

    def d_alpha(self, t: Tensor) -> Tensor:
        """The derivative of the base, stretched."""
        return self.base.d_alpha(t) * self.scale

    def time_of_log_alpha(self, log_alpha: Tensor) -> Tensor:
        """The base's inverse at the alpha before rescaling."""
        return self.base.time_of_log_alpha(torch.log1p(torch.expm1(log_alpha) / self.scale))
