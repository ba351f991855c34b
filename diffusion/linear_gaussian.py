"""Linear maps of Gaussians: the affine rule, Bayes' rule, and a linear chain that refutes a claim.

Formulas: gauss.affine, gauss.linear_bayes, hvae.kl_form_false.

Matrix functions take means (..., d) and covariances (..., d, d) in float32 or float64.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.formula import formula
from diffusion.numerics import apply, solve_lower, x_minus_log1p


@formula("gauss.affine")
def affine(mu: Tensor, Sigma: Tensor, A: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """(mean, covariance) of A x + b for x ~ N(mu, Sigma); A is (..., k, d) and b is (..., k).

    The result has a density only when A has full row rank.
    """
    return apply(A, mu) + b, A @ Sigma @ A.mT


@formula("gauss.linear_bayes")
def linear_bayes(
    mu: Tensor, Lambda: Tensor, A: Tensor, b: Tensor, L: Tensor, y: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Marginal and posterior of the model x ~ N(mu, Lambda), y given x ~ N(A x + b, L).

    Returns (mean of y, covariance of y, mean of x given y, covariance S of x given y). Lambda and L are
    covariances. With x = F z, where Lambda = F F^T, the posterior mean is the z with the least
    |L^(-1/2) (A F z + b - y)|^2 + |z - F^-1 mu|^2, found by an orthogonal factorization. The textbook form, mu plus a
    gain times y - E y, cancels when the observation is precise, and Cov(y) may be nearly singular where S is not.
    """
    mean_y, spread = affine(mu, Lambda, A, b)
    F, noise = torch.linalg.cholesky(Lambda), torch.linalg.cholesky(L)
    seen = torch.linalg.solve_triangular(noise, A @ F, upper=False)
    eye = torch.eye(F.shape[-1], dtype=F.dtype, device=F.device).expand(*seen.shape[:-2], *F.shape[-2:])
    Q, R = torch.linalg.qr(torch.cat([seen, eye], dim=-2))
    from_y, from_prior = Q.mT.split([A.shape[-2], A.shape[-1]], dim=-1)
    target = apply(from_y, solve_lower(noise, y - b)) + apply(from_prior, solve_lower(F, mu))
    z = torch.linalg.solve_triangular(R, target.unsqueeze(-1), upper=True).squeeze(-1)
    root = torch.linalg.solve_triangular(R.mT, F.mT, upper=False)
    return mean_y, L + spread, apply(F, z), root.mT @ root


@formula("hvae.kl_form_false")
def kl_form_sides(
    second_moment: Tensor, a: Tensor, q_1: Tensor, d: Tensor, q_2: Tensor, c: Tensor, r: Tensor
) -> tuple[Tensor, Tensor]:
    """Both sides of the false identity for a consistency term, in a linear Gaussian chain of scalars.

    The chain: E z_{i-1}^2 = second_moment, z_i = a z_{i-1} + N(0, q_1), z_{i+1} = d z_i + N(0, q_2), and the
    model p(z_i | z_{i+1}) = N(c z_{i+1}, r), with q_1, r > 0. Left: the expectation of
    log q(z_i|z_{i-1}) / p(z_i|z_{i+1}) under the joint law. Right: the expectation of the KL divergence, for
    which z_i is drawn anew and forgets z_{i+1}. Left minus right is -c d q_1 / r.
    """
    # What both sides share is a divergence: of N(., q_1) from N(., r), and of means that differ.
    shared = x_minus_log1p((q_1 - r) / r, q_1 / r) + ((a * (1 - c * d)).square() * second_moment + c.square() * q_2) / r
    pull = c * d
    return 0.5 * (shared + pull * (pull - 2) * q_1 / r), 0.5 * (shared + pull.square() * q_1 / r)
