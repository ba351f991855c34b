"""How likely a decoder makes a value of data: a Gaussian, integrated over the width of a grey level.

No formula IDs. Reference: Ho, Jain, Abbeel 2020, section 3.3 (the discrete decoder).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from diffusion.gaussian import LOG_2PI
from diffusion.numerics import normal_cdf

# The lowest and highest grey level take all that lies beyond them.
EDGE = 0.999


def discrete_log_prob(x: Tensor, mean: Tensor, log_variance: Tensor, bin_width: float) -> Tensor:
    """log of the mass that N(mean, exp(log_variance)) gives to the bin around x in [-1, 1], elementwise.

    With bin_width 0 it is the log density. In the tails the difference of two distribution functions is taken on
    the side where both are small, so it keeps its digits; where it still vanishes the density stands in.
    """
    sigma = (0.5 * log_variance).exp()
    z = (x - mean) / sigma
    log_density = -0.5 * (z.square() + log_variance + LOG_2PI)
    if bin_width == 0:
        return log_density
    half = 0.5 * bin_width / sigma
    # By symmetry both ends are moved to the left tail.
    upper = torch.where(z > 0, -(z - half), z + half)
    lower = torch.where(z > 0, -(z + half), z - half)
    mass = normal_cdf(upper) - normal_cdf(lower)
    mass = torch.where(x < -EDGE, normal_cdf(z + half), mass)
    mass = torch.where(x > EDGE, normal_cdf(half - z), mass)
    tiny = 1e-30
    return torch.where(mass > tiny, mass.clamp(min=tiny).log(), log_density + math.log(bin_width))
