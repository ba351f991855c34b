"""Linear maps of Gaussians: the affine rule, Bayes' rule, and a linear chain that refutes a claim.

Formulas: gauss.affine, gauss.linear_bayes, hvae.kl_form_false.

Matrix functions take means (..., d) and covariances (..., d, d) in float32 or float64.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.formula import formula
from diffusion.gaussian import LOG_2PI


@formula("gauss.affine")
def affine(mu: Tensor, Sigma: Tensor, A: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """(mean, covariance) of A x + b for x ~ N(mu, Sigma); A is (..., k, d) and b is (..., k).

    The result has a density only when A has full row rank.
    """
    return _apply(A, mu) + b, A @ Sigma @ A.mT


@formula("gauss.linear_bayes")
def linear_bayes(
    mu: Tensor, Lambda: Tensor, A: Tensor, b: Tensor, L: Tensor, y: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Marginal and posterior of the model x ~ N(mu, Lambda), y given x ~ N(A x + b, L).

    Returns (mean of y, covariance of y, mean of x given y, covariance S of x given y). Lambda and L are
    covariances. The posterior is computed with the gain K = Lambda A^T Cov(y)^-1 and S as
    (I - K A) Lambda (I - K A)^T + K L K^T, which stays symmetric and positive without inverting Lambda.
    """
    mean_y, spread = affine(mu, Lambda, A, b)
    cov_y = L + spread
    K = torch.cholesky_solve(A @ Lambda, torch.linalg.cholesky(cov_y)).mT
    mean_x = mu + _apply(K, y - mean_y)
    keep = torch.eye(mu.shape[-1], dtype=mu.dtype, device=mu.device) - K @ A
    return mean_y, cov_y, mean_x, keep @ Lambda @ keep.mT + K @ L @ K.mT


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
    negative_entropy = -0.5 * (LOG_2PI + q_1.log() + 1)
    normaliser = 0.5 * (LOG_2PI + r.log())
    z_i_squared = a.square() * second_moment + q_1
    joint = (1 - c * d).square() * z_i_squared + c.square() * q_2
    z_next_noise = d.square() * q_1 + q_2
    redrawn = (a * (1 - c * d)).square() * second_moment + c.square() * z_next_noise + q_1
    base = negative_entropy + normaliser
    return base + joint / (2 * r), base + redrawn / (2 * r)


def _apply(matrix: Tensor, vector: Tensor) -> Tensor:
    return (matrix @ vector.unsqueeze(-1)).squeeze(-1)
