"""Paths with alpha = 1, whose noise grows from sigma_min to sigma_max: geometric (VE) and EDM.

At t = 0 a little noise, sigma_min, is left; a sampler removes it with one more, noise-free step.

No formulas are registered here; sched.ve_geometric and sched.karras_rho are those in the catalogue.
References: Song et al. 2021 (VE), Karras et al. 2022, equation 5 (EDM).
"""

from __future__ import annotations

import math
from abc import abstractmethod

import torch
from torch import Tensor

from diffusion.paths.path import Path


class VarianceExploding(Path):
    """alpha = 1; sigma and its inverse are given."""

    def __init__(self, sigma_min: float, sigma_max: float) -> None:
        if not 0 < sigma_min < sigma_max:
            raise ValueError(f"the noise must grow from sigma_min > 0; got {sigma_min} and {sigma_max}")
        self.sigma_min, self.sigma_max = sigma_min, sigma_max

    @abstractmethod
    def time_of_sigma(self, sigma: Tensor) -> Tensor:
        """The inverse of sigma."""

    def alpha(self, t: Tensor) -> Tensor:
        """1."""
        return torch.ones_like(t)

    def d_alpha(self, t: Tensor) -> Tensor:
        """0."""
        return torch.zeros_like(t)

    def half_log_snr(self, t: Tensor) -> Tensor:
        """-log sigma."""
        return -self.sigma(t).log()

    def time_of(self, half_log_snr: Tensor) -> Tensor:
        """The time at which the noise is exp(-lambda)."""
        return self.time_of_sigma((-half_log_snr).exp())


class Geometric(VarianceExploding):
    """sigma(t) = sigma_min (sigma_max / sigma_min)^t: the VE equation of score SDEs, and NCSN's levels."""

    name = "ve"

    def __init__(self, sigma_min: float = 0.01, sigma_max: float = 50.0) -> None:
        super().__init__(sigma_min, sigma_max)
        self.rate = math.log(sigma_max / sigma_min)

    def sigma(self, t: Tensor) -> Tensor:
        """Geometric growth."""
        return self.sigma_min * (self.rate * t).exp()

    def d_sigma(self, t: Tensor) -> Tensor:
        """Its rate times sigma."""
        return self.rate * self.sigma(t)

    def time_of_sigma(self, sigma: Tensor) -> Tensor:
        """A ratio of logarithms."""
        return (sigma / self.sigma_min).log() / self.rate


class EDM(VarianceExploding):
    """sigma(t)^(1/rho) is linear in t: evenly spaced times give EDM's discretisation of sampling."""

    name = "edm"

    def __init__(self, sigma_min: float = 0.002, sigma_max: float = 80.0, rho: float = 7.0) -> None:
        super().__init__(sigma_min, sigma_max)
        self.rho = rho
        self.start = sigma_min ** (1 / rho)
        self.span = sigma_max ** (1 / rho) - self.start

    def sigma(self, t: Tensor) -> Tensor:
        """The rho-th power of a line."""
        return (self.start + t * self.span) ** self.rho

    def d_sigma(self, t: Tensor) -> Tensor:
        """Chain rule."""
        return self.rho * self.span * (self.start + t * self.span) ** (self.rho - 1)

    def time_of_sigma(self, sigma: Tensor) -> Tensor:
        """The line at the rho-th root."""
        return (sigma ** (1 / self.rho) - self.start) / self.span
