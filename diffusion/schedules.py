"""Noise schedules of DDPM as float64 tables: linear and cosine.

A schedule is a list beta_1..beta_T in (0, 1). Everything else follows: alpha_t = 1 - beta_t, alpha_bar_t
their product, and the log signal-to-noise ratio log(alpha_bar_t / (1 - alpha_bar_t)). Tables are indexed by
t = 0..T, with beta_0 = 0 and alpha_bar_0 = 1, so that table[t] is the value at time t. The logarithm of
alpha_bar is the primitive: alpha_bar is its exp and 1 - alpha_bar its -expm1, so both ends of the chain
keep their digits.

No formula IDs: the definitions are those of conv.ddpm, computed there as `conventions.ddpm_tables`.
References: Ho, Jain, Abbeel 2020 (linear); Nichol, Dhariwal 2021 (cosine).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Schedule:
    """Tables of a discrete schedule, each float64 of shape (T + 1,), indexed by t = 0..T.

    Build one with `Schedule.from_beta`, `linear` or `cosine`. The tables must not be written to.
    """

    beta: Tensor
    alpha: Tensor
    log_alpha_bar: Tensor

    @classmethod
    def from_beta(cls, beta: Tensor) -> Schedule:
        """A schedule from beta_1..beta_T, shape (T,). Raises ValueError unless all lie inside (0, 1)."""
        if beta.dim() != 1 or beta.numel() == 0:
            raise ValueError(f"beta must be a list beta_1..beta_T of shape (T,); got shape {tuple(beta.shape)}")
        beta = beta.detach().to("cpu", torch.float64)
        inside = (beta > 0) & (beta < 1)
        if not bool(inside.all()):
            t = int((~inside).nonzero()[0, 0])
            raise ValueError(
                f"every beta_t must lie strictly between 0 and 1; got beta_{t + 1} = {beta[t].item():.6g}. "
                "A linear schedule needs more steps, or a smaller beta_T"
            )
        start = torch.zeros(1, dtype=torch.float64)
        beta = torch.cat([start, beta])
        return cls(beta=beta, alpha=1 - beta, log_alpha_bar=torch.cumsum(torch.log1p(-beta), dim=0))

    @property
    def T(self) -> int:
        """Number of steps."""
        return self.beta.numel() - 1

    @cached_property
    def alpha_bar(self) -> Tensor:
        """Signal variance alpha_bar_t, with alpha_bar_0 = 1."""
        return self.log_alpha_bar.exp()

    @cached_property
    def variance(self) -> Tensor:
        """Noise variance 1 - alpha_bar_t, with value 0 at t = 0."""
        return -torch.expm1(self.log_alpha_bar)

    @cached_property
    def log_snr(self) -> Tensor:
        """log(alpha_bar_t / (1 - alpha_bar_t)), with value +inf at t = 0."""
        return self.log_alpha_bar - self.variance.log()

    def respaced(self, steps: int) -> tuple[Schedule, Tensor]:
        """A coarser schedule with `steps` steps through the same noise levels, and the times it visits.

        The times are int64 of shape (steps + 1,), from 0 to T and evenly spread: give times[i] to a network
        that was trained on this schedule. Raises ValueError unless 1 <= steps <= T.
        """
        if not 1 <= steps <= self.T:
            raise ValueError(f"the number of sampling steps must be between 1 and T = {self.T}; got {steps}")
        times = torch.linspace(0, self.T, steps + 1, dtype=torch.float64).round().long()
        log_alpha_bar = self.log_alpha_bar[times]
        log_alpha = torch.diff(log_alpha_bar, prepend=log_alpha_bar[:1])
        return Schedule(-torch.expm1(log_alpha), log_alpha.exp(), log_alpha_bar), times


def linear(T: int = 1000, beta_1: float = 1e-4, beta_T: float = 0.02) -> Schedule:
    """The linear schedule of DDPM. The two ends are those for T = 1000 and are scaled by 1000 / T.

    Raises ValueError for T < 1, and when the scaled beta_T reaches 1 (T <= 20 with the default ends).
    """
    _check_steps(T)
    scale = 1000 / T
    return Schedule.from_beta(torch.linspace(scale * beta_1, scale * beta_T, T, dtype=torch.float64))


def cosine(T: int = 1000, s: float = 0.008, beta_max: float = 0.999) -> Schedule:
    """The cosine schedule of IDDPM: alpha_bar_t proportional to cos^2 of an angle, beta_t at most beta_max.

    beta_t = 1 - cos^2(b) / cos^2(a) for angles a < b is computed as sin(a + b) sin(b - a) / cos^2(a), which
    does not cancel for small steps. Raises ValueError for T < 1.
    """
    _check_steps(T)
    angle = (torch.arange(T + 1, dtype=torch.float64) / T + s) / (1 + s) * (math.pi / 2)
    before, after = angle[:-1], angle[1:]
    beta = torch.sin(before + after) * torch.sin(after - before) / torch.cos(before).square()
    return Schedule.from_beta(beta.clamp(max=beta_max))


SCHEDULES = {"linear": linear, "cosine": cosine}


def schedule(name: str, T: int) -> Schedule:
    """A schedule by name. Raises ValueError for an unknown name."""
    if name not in SCHEDULES:
        raise ValueError(f"unknown schedule {name!r}; choose one of: {', '.join(SCHEDULES)}")
    return SCHEDULES[name](T)


def _check_steps(T: int) -> None:
    if T < 1:
        raise ValueError(f"a schedule needs at least one step; got T = {T}")
