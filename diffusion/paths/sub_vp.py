"""The sub-VP path of score SDEs: alpha as in the linear path, sigma = 1 - alpha^2 (not its root).

No formulas are registered here; sde.subvp is the entry of the catalogue. Reference: Song et al. 2021, equation 29.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.paths.path import Path
from diffusion.paths.variance_preserving import Linear


class SubVP(Path):
    """x_t = alpha x_0 + (1 - alpha^2) eps: never more variance than the path that preserves it."""

    name = "sub_vp"

    def __init__(self, beta_0: float = 0.1, beta_1: float = 20.0) -> None:
        self.base = Linear(beta_0, beta_1)

    def alpha(self, t: Tensor) -> Tensor:
        """As in the linear path."""
        return self.base.alpha(t)

    def sigma(self, t: Tensor) -> Tensor:
        """1 - alpha^2."""
        return -torch.expm1(2 * self.base.log_alpha(t))

    def d_alpha(self, t: Tensor) -> Tensor:
        """As in the linear path."""
        return self.base.d_alpha(t)

    def d_sigma(self, t: Tensor) -> Tensor:
        """-2 alpha alpha'."""
        return -2 * self.base.alpha(t) * self.base.d_alpha(t)

    def half_log_snr(self, t: Tensor) -> Tensor:
        """log alpha - log(1 - alpha^2)."""
        return self.base.log_alpha(t) - self.sigma(t).log()

    def time_of(self, half_log_snr: Tensor) -> Tensor:
        """alpha = e^-asinh(e^-lambda / 2) solves alpha^2 + alpha e^-lambda = 1."""
        return self.base.time_of_log_alpha(-torch.asinh(0.5 * (-half_log_snr).exp()))
