"""Elementary functions in the form that keeps their digits.

A schedule lives near 0 and near 1 at once, so the textbook forms `1 - alpha_bar` and `x - log(1 + x)`
lose everything at one of its ends. These helpers are sums of terms of one sign wherever they can be.
No formula IDs: these are tools of the other modules.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

# Terms kept of the series below; with |s| <= 1/3 the remainder is under 1e-17 of the sum.
_SERIES_TERMS = 16
# The series of the exponential function and where it is used; the remainder is under 1e-17 of the sum.
_EXP_SERIES_TERMS, _EXP_SERIES_BELOW = 40, 6.0


def one_minus_product(a: Tensor, b: Tensor) -> Tensor:
    """1 - a b for a, b in [0, 1], to a few units in the last place.

    (1 - a) + a (1 - b) adds numbers of one sign, while 1 - a*b rounds the product first and then
    cancels when both factors are near 1, as alpha_t and alpha_bar_{t-1} are at the start of the chain.
    """
    return (1 - a) + a * (1 - b)


def x_minus_log1p(x: Tensor, one_plus_x: Tensor | None = None) -> Tensor:
    """x - log(1 + x) for x > -1, never negative and accurate near 0, where it is about x^2 / 2.

    `one_plus_x` is 1 + x where the caller knows it better than the rounded x does: near x = -1, where it may
    be a small ratio of two variances, log(1 + x) is lost in x.

    With s = -x / (2 + x) one has x - log(1 + x) = 2 s^2 / (1 + s) + 2 s^3 (1/3 + s^2/5 + s^4/7 + ...),
    used for -1/2 <= x <= 1. Every Gaussian KL divergence is a sum of such terms.
    """
    near = (x >= -0.5) & (x <= 1)
    x_near = torch.where(near, x, torch.zeros_like(x))
    s = -x_near / (2 + x_near)
    s_squared = s * s
    tail = torch.zeros_like(s)
    for k in reversed(range(_SERIES_TERMS)):
        tail = tail * s_squared + 1 / (2 * k + 3)
    series = 2 * s_squared / (1 + s) + 2 * s * s_squared * tail
    log = torch.log1p(x) if one_plus_x is None else one_plus_x.log()
    return torch.where(near, series, x - log)


def exp_remainder(h: Tensor, k: int) -> Tensor:
    """e^h - (1 + h + ... + h^(k-1) / (k-1)!) for h >= 0, computed in float64: the series where the sum would cancel."""
    z = h.double()
    near = z < _EXP_SERIES_BELOW
    inside, series = torch.where(near, z, torch.zeros_like(z)), torch.zeros_like(z)
    for n in reversed(range(k, k + _EXP_SERIES_TERMS)):
        series = inside / (n + 1) * series + 1
    series = series * inside**k / math.factorial(k)
    far = z.exp() - sum(z**n / math.factorial(n) for n in range(k))
    return torch.where(near, series, far).to(h.dtype)


def normal_cdf(z: Tensor) -> Tensor:
    """P(Z <= z) of a standard normal Z, to a few units in the last place however small it is.

    torch.special.ndtr adds 1 and erf, whose sum has lost its digits from three standard deviations on.
    """
    return 0.5 * torch.special.erfc(-z / math.sqrt(2))


def squared_norm(x: Tensor) -> Tensor:
    """Squared Euclidean norm over the last axis."""
    return x.square().sum(-1)


def apply(matrix: Tensor, vector: Tensor) -> Tensor:
    """Matrix (..., k, d) times vector (..., d)."""
    return (matrix @ vector.unsqueeze(-1)).squeeze(-1)


def solve_lower(factor: Tensor, vector: Tensor) -> Tensor:
    """The solution of factor x = vector (..., d), for a lower triangular factor (..., d, d)."""
    return torch.linalg.solve_triangular(factor, vector.unsqueeze(-1), upper=False).squeeze(-1)
