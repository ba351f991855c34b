"""A discrete schedule of DDPM as a path: t = i / T for i = 0..T, log alpha linear between.

This is how a network trained on a discrete schedule meets a solver in continuous time. Where a solver stops
between two of the T times, the network is asked at a time that it never saw; `network_time` is that time.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.paths.variance_preserving import FromLogAlpha
from diffusion.schedules import Schedule


class Discrete(FromLogAlpha):
    """The path through the noise levels of a `Schedule`; alpha is sqrt(alpha_bar) at the T + 1 times."""

    name = "discrete"

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.knots = 0.5 * schedule.log_alpha_bar
        self.slopes = self.knots.diff() * schedule.T

    @property
    def T(self) -> int:
        """Number of steps of the schedule."""
        return self.schedule.T

    def network_time(self, t: Tensor) -> Tensor:
        """t T, the time in units of the schedule's steps, as a network trained on integers expects it."""
        return t * self.T

    def log_alpha(self, t: Tensor) -> Tensor:
        """Linear between the knots."""
        i, rest = self._interval(t)
        return self.knots.to(t)[i] + rest * self.slopes.to(t)[i]

    def d_alpha(self, t: Tensor) -> Tensor:
        """alpha times the slope of the interval that begins at t, or ends there for t = 1."""
        return self.alpha(t) * self.slopes.to(t)[self._interval(t)[0]]

    def time_of_log_alpha(self, log_alpha: Tensor) -> Tensor:
        """Search among the knots, then linear."""
        knots, slopes = self.knots.to(log_alpha), self.slopes.to(log_alpha)
        i = torch.searchsorted(-knots, -log_alpha.contiguous(), right=True).sub(1).clamp(0, self.T - 1)
        return i.to(log_alpha) / self.T + (log_alpha - knots[i]) / slopes[i]

    def _interval(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """The interval of t and how far t lies in it. Times that are a rounding away from a knot are on it."""
        steps = t * self.T
        i = (steps + 1e-9).floor().long().clamp(0, self.T - 1)
        return i, t - i.to(t) / self.T
