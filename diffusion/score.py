"""Scores of noised data: Tweedie's formula, and what denoising score matching estimates.

Formulas: score.posterior_expectation, score.eps, score.tweedie, score.not_conditional, dsm.equivalence.

Here x_t = alpha_t x_0 + sigma_t eps, with alpha_t > 0 the signal scale and sigma_t > 0. Formulas that need
the data law take a finite one: `points` (n, d) with log probabilities `log_weights` (n,). Then x_t is
(..., d), and alpha_t and sigma_t are scalars or (..., 1).
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.formula import formula
from diffusion.numerics import squared_norm


def posterior_weights(x_t: Tensor, points: Tensor, log_weights: Tensor, alpha_t: Tensor, sigma_t: Tensor) -> Tensor:
    """q(x_0 = point | x_t), shape (..., n)."""
    residual = (x_t.unsqueeze(-2) - _wide(alpha_t) * points) / _wide(sigma_t)
    return torch.softmax(log_weights - 0.5 * squared_norm(residual), dim=-1)


def conditional_score(x_t: Tensor, x_0: Tensor, alpha_t: Tensor, sigma_t: Tensor) -> Tensor:
    """Gradient of log q(x_t | x_0) in x_t: it equals -eps / sigma_t for the eps that made x_t."""
    return (alpha_t * x_0 - x_t) / sigma_t.square()


@formula("score.posterior_expectation")
def marginal_score(x_t: Tensor, points: Tensor, log_weights: Tensor, alpha_t: Tensor, sigma_t: Tensor) -> Tensor:
    """Gradient of log q_t(x_t): the posterior expectation of the conditional scores."""
    weights = posterior_weights(x_t, points, log_weights, alpha_t, sigma_t).unsqueeze(-1)
    scores = conditional_score(x_t.unsqueeze(-2), points, _wide(alpha_t), _wide(sigma_t))
    return (weights * scores).sum(-2)


@formula("score.eps")
def score_from_eps(eps_mean: Tensor, sigma_t: Tensor) -> Tensor:
    """Score at x_t from E[eps | x_t]."""
    return -eps_mean / sigma_t


@formula("score.tweedie")
def tweedie(x_t: Tensor, score: Tensor, alpha_t: Tensor, sigma_t: Tensor) -> Tensor:
    """E[x_0 | x_t] from the marginal score at x_t."""
    return (x_t + sigma_t.square() * score) / alpha_t


@formula("score.not_conditional")
def marginal_and_conditional_score(
    x_0: Tensor, eps: Tensor, points: Tensor, log_weights: Tensor, alpha_t: Tensor, sigma_t: Tensor
) -> tuple[Tensor, Tensor]:
    """(marginal score at x_t, -eps / sigma_t) for x_t = alpha_t x_0 + sigma_t eps: in general different."""
    x_t = alpha_t * x_0 + sigma_t * eps
    return marginal_score(x_t, points, log_weights, alpha_t, sigma_t), -eps / sigma_t


@formula("dsm.equivalence")
def dsm_terms(
    s: Tensor, x_t: Tensor, points: Tensor, log_weights: Tensor, alpha_t: Tensor, sigma_t: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """(explicit, denoising, constant) halves at one x_t, for a model that answers s there.

    explicit = |s - marginal score|^2 / 2; denoising = E[|s - conditional score|^2 | x_t] / 2; constant is
    half the trace of the covariance of the conditional score given x_t. explicit = denoising - constant at
    every x_t, hence also in expectation, and the constant does not see the model.
    """
    weights = posterior_weights(x_t, points, log_weights, alpha_t, sigma_t)
    scores = conditional_score(x_t.unsqueeze(-2), points, _wide(alpha_t), _wide(sigma_t))
    mean = (weights.unsqueeze(-1) * scores).sum(-2)
    denoising = (weights * squared_norm(s.unsqueeze(-2) - scores)).sum(-1)
    spread = (weights * squared_norm(scores - mean.unsqueeze(-2))).sum(-1)
    return 0.5 * squared_norm(s - mean), 0.5 * denoising, 0.5 * spread


@formula("dsm.equivalence", variant="gaussian")
def dsm_terms_gaussian(k: Tensor, s_0: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(explicit, denoising, constant) per coordinate for data N(0, s_0^2), alpha_t = 1, and the model -k x.

    Here the expectation over x_t is taken in closed form. The best k is 1 / (s_0^2 + sigma^2).
    """
    noise, total = sigma.square(), s_0.square() + sigma.square()
    explicit = (k - 1 / total).square() * total
    # s - conditional score = -k x_0 + (1 - k sigma^2) eps / sigma, with x_0 and eps independent.
    denoising = (k * s_0).square() + ((1 - k * noise) / sigma).square()
    return 0.5 * explicit, 0.5 * denoising, 0.5 * s_0.square() / (noise * total)


def _wide(coefficient: Tensor) -> Tensor:
    """A coefficient (..., 1) made to broadcast against (..., n, d)."""
    return coefficient.unsqueeze(-2) if coefficient.dim() else coefficient
