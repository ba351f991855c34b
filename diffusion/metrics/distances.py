"""Distances between two samples of points or features, as numbers; `jackknife` gives their standard errors.

All take x (n, d) and y (m, d). They are distances between the empirical laws: between two samples of one law
they are positive, and shrink as the samples grow. Compare runs at the same n and m.

No formula IDs; the Frechet distance is wasserstein.gaussian in the literature: W_2^2 of two Gaussians.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from diffusion import transport


def wasserstein(x: Tensor, y: Tensor, weights_x: Tensor | None = None, weights_y: Tensor | None = None) -> float:
    """2-Wasserstein distance by exact optimal transport, with weights (n,) and (m,) where the points have any.

    By POT where it is installed. Without it weights are refused with ValueError, and rows beyond the smaller number
    are left out. Time grows like n^3: 1,000 rows take well under a second.
    """
    if weights_x is None and weights_y is None and not transport.any_sizes():
        x, y = x[: len(y)], y[: len(x)]
    return math.sqrt(max(0.0, transport.least_cost(_squared_distances(x, y), weights_x, weights_y)))


def sliced_wasserstein(x: Tensor, y: Tensor, directions: int = 256) -> float:
    """Root mean square over fixed random directions of the 2-Wasserstein distance of the projections."""
    d = x.shape[1]
    generator = torch.Generator().manual_seed(0)
    theta = torch.randn(d, directions, generator=generator, dtype=torch.float64)
    theta = theta / theta.norm(dim=0)
    # Quantile functions at common levels; for n = m these are the sorted values themselves.
    n = min(len(x), len(y))
    level = (torch.arange(n, dtype=torch.float64) + 0.5) / n
    a, b = (_quantiles(sample.double().cpu() @ theta, level) for sample in (x, y))
    return (a - b).square().mean().sqrt().item()


def mmd(x: Tensor, y: Tensor, bandwidth: float | None = None) -> float:
    """Squared maximum mean discrepancy with kernel exp(-|a - b|^2 / (2 bandwidth^2)), unbiased: may be negative.

    The bandwidth is by default the median distance between rows of y.
    """
    xx, yy, xy = _squared_distances(x, x), _squared_distances(y, y), _squared_distances(x, y)
    if bandwidth is None:
        bandwidth = yy[_off_diagonal(yy)].median().clamp(min=1e-12).sqrt().item()
    scale = -0.5 / bandwidth**2
    k_xx, k_yy = ((scale * square).exp() for square in (xx, yy))
    within = k_xx[_off_diagonal(xx)].mean() + k_yy[_off_diagonal(yy)].mean()
    return (within - 2 * (scale * xy).exp().mean()).item()


def frechet(x: Tensor, y: Tensor) -> float:
    """Squared 2-Wasserstein distance of the Gaussians with the means and covariances of the two samples.

    |m_x - m_y|^2 + tr(C_x + C_y - 2 (C_x C_y)^(1/2)); with Inception features this is what FID computes.
    """
    means = [sample.double().mean(0) for sample in (x, y)]
    covs = [torch.cov(sample.double().T).reshape(x.shape[1], -1) for sample in (x, y)]
    return frechet_gaussian(means[0], covs[0], means[1], covs[1])


def frechet_gaussian(m_x: Tensor, c_x: Tensor, m_y: Tensor, c_y: Tensor) -> float:
    """Squared 2-Wasserstein distance of N(m_x, c_x) and N(m_y, c_y), float64.

    The trace of the root is the sum of the singular values of C_x^(1/2) C_y^(1/2), which stays real where
    rounding would make the root of the product complex.
    """
    roots = []
    for cov in (c_x, c_y):
        values, vectors = torch.linalg.eigh(cov)
        roots.append(vectors * values.clamp(min=0).sqrt() @ vectors.mT)
    cross = torch.linalg.svdvals(roots[0] @ roots[1]).sum()
    return ((m_x - m_y).square().sum() + c_x.trace() + c_y.trace() - 2 * cross).item()


def _quantiles(values: Tensor, level: Tensor) -> Tensor:
    """The columns' quantiles (levels, directions) at levels in (0, 1): the inverse of the empirical law."""
    index = (level * len(values)).long().clamp(max=len(values) - 1)
    return values.sort(dim=0).values[index]


def _squared_distances(x: Tensor, y: Tensor) -> Tensor:
    # Not the fast expansion through inner products: near 0 it has no digits left.
    return torch.cdist(x.double(), y.double(), compute_mode="donot_use_mm_for_euclid_dist").square()


def _off_diagonal(square: Tensor) -> Tensor:
    return ~torch.eye(len(square), dtype=torch.bool, device=square.device)
