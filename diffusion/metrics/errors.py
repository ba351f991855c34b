"""Standard errors: of a mean, and of any smooth statistic of samples by the jackknife.

Delete-a-group jackknife: leave out one of g groups at a time and look how the statistic moves. For smooth
statistics of independent samples the square root of (g - 1) / g times the summed squared deviations is a
consistent standard error. With two samples the contributions add, for they are independent. The jackknife
measures the spread, not the bias: a distance between two finite samples of one law is not 0.

No formula IDs. Reference: Efron, Tibshirani 1993, *An Introduction to the Bootstrap*, chapter 11.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

GROUPS = 10


class Estimate(NamedTuple):
    """A measured value and its standard error."""

    value: float
    error: float

    def __str__(self) -> str:
        """The error to two significant digits, and the value to as many places as that has."""
        if not (math.isfinite(self.error) and self.error > 0):
            return f"{self.value:.6g} ± {self.error:.2g}"
        exponent = int(f"{self.error:.1e}".partition("e")[2])
        # 0.00996 rounds to 0.010: the exponent is that of the rounded error. Whole digits that are not known are 0.
        value, error = (round(number, 1 - exponent) for number in self)
        places = max(0, 1 - exponent)
        return f"{value:.{places}f} ± {error:.{places}f}"


def mean(x: Tensor) -> Estimate:
    """Mean of independent values (n,), n >= 2, and its standard error."""
    if x.dim() != 1 or len(x) < 2:
        raise ValueError(f"a mean with a standard error needs at least two values (n,); got shape {tuple(x.shape)}")
    values = x.double()
    return Estimate(values.mean().item(), (values.std() / len(values) ** 0.5).item())


def jackknife(statistic: Callable[[Tensor, Tensor], float], x: Tensor, y: Tensor, groups: int = GROUPS) -> Estimate:
    """statistic(x, y) of two independent samples (n, ...) and (m, ...), and its standard error.

    Each sample is cut into `groups` groups as it stands, so the rows must be in random order. The statistic is
    computed 2 groups + 1 times. Raises ValueError when a sample has fewer rows than two per group.
    """
    if min(len(x), len(y)) < 2 * groups:
        raise ValueError(f"{groups} groups need at least {2 * groups} rows in each sample; got {len(x)} and {len(y)}")
    variance = 0.0
    for sample, at in ((x, lambda part: statistic(part, y)), (y, lambda part: statistic(x, part))):
        left_out = torch.tensor([at(part) for part in _without_each(sample, groups)], dtype=torch.float64)
        variance += (groups - 1) / groups * (left_out - left_out.mean()).square().sum().item()
    return Estimate(statistic(x, y), variance**0.5)


def _without_each(x: Tensor, groups: int) -> list[Tensor]:
    keep = torch.ones(len(x), dtype=torch.bool)
    parts = []
    for group in torch.arange(len(x)).chunk(groups):
        keep[group] = False
        parts.append(x[keep])
        keep[group] = True
    return parts
