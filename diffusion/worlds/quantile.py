"""The probability flow of a mixture in one dimension: the quantile map from one noise level to another.

Trajectories in one dimension cannot cross, so the flow keeps the share of probability to the left of a point:
F_end(y) = F_start(x). Reference: the map is the optimal transport between the two laws.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.worlds.mixture import GaussianMixture

# Halvings of an interval of length below 2^9 that reach the spacing of float64.
_BISECTIONS = 70


def quantile_map(
    world: GaussianMixture, x: Tensor, start: tuple[float, float], end: tuple[float, float]
) -> Tensor:
    """y (n, 1) with F_end(y) = F_start(x), for x (n, 1) in float64 and levels (alpha, sigma).

    By bisection on the smaller tail, so that points far out keep their digits. Raises ValueError for d > 1.
    """
    left, right = world.cdf(x, *start), world.cdf(x, *start, upper=True)
    reach = 40 * (world.cov().sqrt() * end[0] + end[1])
    low = (end[0] * world.mean() - reach).expand_as(x).clone()
    high = (end[0] * world.mean() + reach).expand_as(x).clone()
    for _ in range(_BISECTIONS):
        y = 0.5 * (low + high)
        too_low = torch.where(left < right, world.cdf(y, *end) < left, world.cdf(y, *end, upper=True) > right)
        low, high = torch.where(too_low[:, None], y, low), torch.where(too_low[:, None], high, y)
    return 0.5 * (low + high)
