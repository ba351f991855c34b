"""The paths of flow matching: the straight line (conditional optimal transport) and the quarter circle.

Both go from data at t = 0 to noise at t = 1. Papers of flow matching count time the other way:
t_FM = 1 - t, and their velocity is minus ours.

No formulas are registered here; conv.fm_time and flow.ot_path are those in the catalogue.
References: Lipman et al. 2023; Albergo and Vanden-Eijnden 2023 (trigonometric).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from diffusion.paths.path import Path


class ConditionalOT(Path):
    """x_t = (1 - t) x_0 + t eps."""

    name = "flow"

    def alpha(self, t: Tensor) -> Tensor:
        """1 - t."""
        return 1 - t

    def sigma(self, t: Tensor) -> Tensor:
        """t."""
        return t.clone()

    def d_alpha(self, t: Tensor) -> Tensor:
        """-1."""
        return -torch.ones_like(t)

    def d_sigma(self, t: Tensor) -> Tensor:
        """1."""
        return torch.ones_like(t)

    def time_of(self, half_log_snr: Tensor) -> Tensor:
        """The logistic function of -lambda."""
        return torch.sigmoid(-half_log_snr)


class Trigonometric(Path):
    """x_t = cos(pi t / 2) x_0 + sin(pi t / 2) eps."""

    name = "trigonometric"
    rate = 0.5 * math.pi

    def alpha(self, t: Tensor) -> Tensor:
        """cos(pi t / 2), as a sine of the rest of the angle: 0 at t = 1 exactly."""
        return (self.rate * (1 - t)).sin()

    def sigma(self, t: Tensor) -> Tensor:
        """sin(pi t / 2)."""
        return (self.rate * t).sin()

    def d_alpha(self, t: Tensor) -> Tensor:
        """-(pi / 2) sigma."""
        return -self.rate * self.sigma(t)

    def d_sigma(self, t: Tensor) -> Tensor:
        """(pi / 2) alpha."""
        return self.rate * self.alpha(t)

    def time_of(self, half_log_snr: Tensor) -> Tensor:
        """The angle whose tangent is exp(-lambda)."""
        return (-half_log_snr).exp().atan() / self.rate
