"""The Gaussian toolkit: densities, moments, sums, products, scores and divergences.

Formulas: gauss.normalization, gauss.moments, gauss.complete_square, gauss.sum, gauss.product,
gauss.conjugacy, gauss.score, gauss.kl, gauss.kl_same_cov, vae.kl_closed.
The matrix results that need a linear map (gauss.affine, gauss.linear_bayes) are in `linear_gaussian`.

Two shapes recur. *Isotropic* functions take a vector x of shape (..., d) and a variance or standard
deviation that broadcasts to it; those that return a log density or a divergence sum over the last
axis. *Matrix* functions take means (..., d) and covariances (..., d, d), symmetric positive definite;
they factor by Cholesky and therefore need float32 or float64, and raise torch.linalg.LinAlgError when a
covariance is not positive definite.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from diffusion.formula import formula
from diffusion.numerics import apply, solve_lower, squared_norm, x_minus_log1p

LOG_2PI = math.log(2 * math.pi)


@formula("gauss.normalization")
def log_density(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    """Elementwise log of the normalised density of N(mu, sigma^2) at x, in nats; sigma > 0."""
    return -0.5 * ((x - mu) / sigma).square() - sigma.log() - 0.5 * LOG_2PI


@formula("gauss.normalization", variant="isotropic")
def log_normal(x: Tensor, mu: Tensor, variance: Tensor) -> Tensor:
    """log N(x; mu, variance I), summed over the last axis; variance broadcasts to x."""
    return (-0.5 * ((x - mu).square() / variance + variance.log() + LOG_2PI)).sum(-1)


@formula("gauss.normalization", variant="matrix")
def log_normal_matrix(x: Tensor, mu: Tensor, Sigma: Tensor) -> Tensor:
    """log N(x; mu, Sigma) with x (..., d) and Sigma (..., d, d)."""
    factor = torch.linalg.cholesky(Sigma)
    whitened = solve_lower(factor, x - mu)
    return -0.5 * (squared_norm(whitened) + x.shape[-1] * LOG_2PI) - _half_log_det(factor)


@formula("gauss.moments")
def central_moment(order: int, sigma: Tensor) -> Tensor:
    """E (x - mu)^order for N(mu, sigma^2): (order - 1)!! sigma^order when order is even, else 0.

    Raises ValueError when order is negative.
    """
    if order < 0:
        raise ValueError(f"the order of a moment is 0, 1, 2, ...; got {order}")
    if order % 2:
        return torch.zeros_like(sigma)
    return math.prod(range(1, order, 2)) * sigma**order


@formula("gauss.moments", variant="isserlis")
def isserlis(Sigma: Tensor, i: int, j: int, k: int, m: int) -> Tensor:
    """E of the product of four centred coordinates: the sum over the three pairings of covariances."""
    return (
        Sigma[..., i, j] * Sigma[..., k, m] + Sigma[..., i, k] * Sigma[..., j, m] + Sigma[..., i, m] * Sigma[..., j, k]
    )


@formula("gauss.complete_square")
def complete_square(a: Tensor, b: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    """(centre, remainder) with a/2 x^2 - b x + c = a/2 (x - centre)^2 + remainder, for a != 0."""
    centre = b / a
    return centre, c - 0.5 * b * centre


@formula("gauss.sum")
def add_independent(mu_1: Tensor, Sigma_1: Tensor, mu_2: Tensor, Sigma_2: Tensor) -> tuple[Tensor, Tensor]:
    """(mean, covariance) of the sum of two independent Gaussians; variances may also be scalars."""
    return mu_1 + mu_2, Sigma_1 + Sigma_2


@formula("gauss.product")
def product(a: Tensor, A: Tensor, b: Tensor, B: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(log scale, c, C) with N(x; a, A) N(x; b, B) = scale N(x; c, C). Matrix form.

    Written with A (A + B)^-1 and B (A + B)^-1, so that neither covariance is inverted on its own, and c with
    both of them: a + A (A + B)^-1 (b - a) would cancel where the second density is much the narrower one.
    """
    factor = torch.linalg.cholesky(A + B)
    gain = torch.cholesky_solve(A, factor).mT
    c = apply(gain, b) + apply(torch.cholesky_solve(B, factor).mT, a)
    C = gain @ B
    return log_normal_matrix(a, b, A + B), c, 0.5 * (C + C.mT)


@formula("gauss.product", variant="isotropic")
def product_isotropic(a: Tensor, A: Tensor, b: Tensor, B: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(log scale, c, C) for the variances A and B, positive and broadcasting to the means."""
    total = A + B
    return log_normal(a, b, total), (B * a + A * b) / total, A * (B / total)


@formula("gauss.conjugacy")
def conjugate_posterior(x: Tensor, mu_0: Tensor, sigma_0: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
    """(mean, variance) of theta given x, for theta ~ N(mu_0, sigma_0^2) and x ~ N(theta, sigma^2)."""
    prior, noise = sigma_0.square(), sigma.square()
    return (prior * x + noise * mu_0) / (prior + noise), prior * (noise / (prior + noise))


@formula("gauss.score")
def score(x: Tensor, mu: Tensor, Sigma: Tensor) -> Tensor:
    """Gradient of log N(x; mu, Sigma) in x, shape (..., d). Matrix form."""
    residual = (mu - x).unsqueeze(-1)
    return torch.cholesky_solve(residual, torch.linalg.cholesky(Sigma)).squeeze(-1)


@formula("gauss.score", variant="isotropic")
def score_isotropic(x: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    """Gradient of log N(x; mu, sigma^2 I) in x."""
    return (mu - x) / sigma.square()


@formula("gauss.kl")
def kl(mu_0: Tensor, Sigma_0: Tensor, mu_1: Tensor, Sigma_1: Tensor) -> Tensor:
    """D(N(mu_0, Sigma_0) || N(mu_1, Sigma_1)) in nats. Matrix form.

    Summed over the eigenvalues m of Sigma_0 relative to Sigma_1 as m - 1 - log m, which is never negative.
    """
    factor = torch.linalg.cholesky(Sigma_1)
    half = torch.linalg.solve_triangular(factor, Sigma_0, upper=False)
    relative = torch.linalg.solve_triangular(factor, half.mT, upper=False)
    ratios = torch.linalg.eigvalsh(0.5 * (relative + relative.mT))
    return 0.5 * (x_minus_log1p(ratios - 1, ratios).sum(-1) + squared_norm(solve_lower(factor, mu_0 - mu_1)))


@formula("gauss.kl", variant="isotropic")
def kl_isotropic(mu_0: Tensor, sigma_0: Tensor, mu_1: Tensor, sigma_1: Tensor) -> Tensor:
    """D(N(mu_0, sigma_0^2) || N(mu_1, sigma_1^2)), summed over the last axis; sigma broadcasts to mu."""
    excess = (sigma_0 - sigma_1) * (sigma_0 + sigma_1) / sigma_1.square()
    ratio = (sigma_0 / sigma_1).square()
    return (0.5 * (x_minus_log1p(excess, ratio) + ((mu_0 - mu_1) / sigma_1).square())).sum(-1)


@formula("gauss.kl_same_cov")
def kl_same_covariance(mu_1: Tensor, mu_2: Tensor, sigma: Tensor) -> Tensor:
    """D(N(mu_1, sigma^2 I) || N(mu_2, sigma^2 I)) = |mu_1 - mu_2|^2 / (2 sigma^2)."""
    return 0.5 * squared_norm((mu_1 - mu_2) / sigma)


@formula("vae.kl_closed")
def kl_to_standard_normal(mu: Tensor, sigma: Tensor) -> Tensor:
    """D(N(mu, diag sigma^2) || N(0, I)), summed over the last axis."""
    excess = (sigma - 1) * (sigma + 1)
    return (0.5 * (mu.square() + x_minus_log1p(excess, sigma.square()))).sum(-1)


def _half_log_det(factor: Tensor) -> Tensor:
    return factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)
