"""What a noising path is: x_t = alpha(t) x_0 + sigma(t) eps for t from 0 (data) to 1 (noise).

lambda = log(alpha / sigma), half of the log signal-to-noise ratio, falls strictly along the path, so it can
stand for the time: `time_of` is its inverse. The forward equation dx = f x dt + g dW with these marginals has
f = alpha' / alpha and g^2 = -2 sigma^2 lambda'.

No formulas are registered here; this module runs sde.fg_from_kernel. The identities used are conv.alpha_sigma and
conv.log_snr.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor

from diffusion.continuous import drift_and_diffusion


class Level(NamedTuple):
    """A noise level, or many: tensors of one shape. d_alpha and d_sigma are the derivatives in t."""

    t: Tensor
    alpha: Tensor
    sigma: Tensor
    d_alpha: Tensor
    d_sigma: Tensor
    half_log_snr: Tensor


class Path(ABC):
    """One interface for every schedule. Methods are elementwise on a tensor of times, in its dtype.

    A path is a rule, not a table: it holds no device. Compute levels in float64 and round once.
    """

    name: str

    @abstractmethod
    def alpha(self, t: Tensor) -> Tensor:
        """Signal scale alpha(t) >= 0."""

    @abstractmethod
    def sigma(self, t: Tensor) -> Tensor:
        """Noise scale sigma(t) >= 0."""

    @abstractmethod
    def d_alpha(self, t: Tensor) -> Tensor:
        """d alpha / dt."""

    @abstractmethod
    def d_sigma(self, t: Tensor) -> Tensor:
        """d sigma / dt; infinite where sigma starts like a square root."""

    @abstractmethod
    def time_of(self, half_log_snr: Tensor) -> Tensor:
        """The time at which log(alpha / sigma) has this value: the inverse of `half_log_snr`."""

    def half_log_snr(self, t: Tensor) -> Tensor:
        """lambda(t) = log(alpha / sigma): +inf where there is no noise, -inf where there is no signal."""
        return self.alpha(t).log() - self.sigma(t).log()

    def d_half_log_snr(self, t: Tensor) -> Tensor:
        """lambda'(t) < 0."""
        return self.d_alpha(t) / self.alpha(t) - self.d_sigma(t) / self.sigma(t)

    def log_snr(self, t: Tensor) -> Tensor:
        """log(alpha^2 / sigma^2) = 2 lambda(t)."""
        return 2 * self.half_log_snr(t)

    def drift(self, t: Tensor) -> Tensor:
        """f(t) = alpha' / alpha of the forward equation dx = f x dt + g dW."""
        return self._equation(t)[0]

    def diffusion_squared(self, t: Tensor) -> Tensor:
        """g(t)^2 = -2 sigma^2 lambda' = 2 sigma (sigma' - f sigma) of the forward equation."""
        return self._equation(t)[1]

    def _equation(self, t: Tensor) -> tuple[Tensor, Tensor]:
        return drift_and_diffusion(self.alpha(t), self.sigma(t), self.d_alpha(t), self.d_sigma(t))

    def level(self, t: Tensor) -> Level:
        """Everything at once, in float64 on the CPU: the row that a table is made from."""
        t = torch.as_tensor(t, dtype=torch.float64, device="cpu")
        return Level(t, self.alpha(t), self.sigma(t), self.d_alpha(t), self.d_sigma(t), self.half_log_snr(t))

    def perturb(self, x_0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
        """x_t for x_0 and eps (n, ...) and times t (n,), in the dtype of x_0."""
        shape = (-1, *[1] * (x_0.dim() - 1))
        return self.alpha(t).to(x_0).view(shape) * x_0 + self.sigma(t).to(x_0).view(shape) * eps
