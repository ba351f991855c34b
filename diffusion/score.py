"""Scores of noised data: Tweedie's formula, and what denoising score matching estimates.

Formulas: score.posterior_expectation, score.eps, score.tweedie, score.not_conditional, dsm.equivalence.

Here x_t = alpha_t x_0 + sigma_t eps, with alpha_t > 0 the signal scale and sigma_t > 0. Formulas that need
the data law take a finite one: `points` (n, d) with log probabilities `log_weights` (n,). Then x_t is
(..., d), and alpha_t and sigma_t are scalars or (..., 1).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from diffusion.formula import formula
from diffusion.numerics import squared_norm


class Origins(NamedTuple):
    """The data points as possible origins of x_t, seen from the nearest: score_i = nearest_score + pull_i.

    weights (..., n) are q(x_0 = point | x_t), nearest_score (..., d) is the conditional score of the nearest point,
    and pull (..., n, d) is alpha_t (point - nearest point) / sigma_t^2.
    """

    weights: Tensor
    nearest_score: Tensor
    pull: Tensor


def origins(
    residual: Tensor, points: Tensor, log_weights: Tensor, alpha_t: Tensor, sigma_t: Tensor
) -> Origins:
    """Origins of x_t, from residual = (x_t - alpha_t point) / sigma_t for every point, shape (..., n, d).

    Far from the data all |residual|^2 are large and nearly equal. Their differences are taken as products,
    |a|^2 - |b|^2 = (a - b) (a + b) with a - b known from the points alone, so that the weights keep their digits.
    """
    alpha, sigma = _wide(alpha_t), _wide(sigma_t)
    nearest = squared_norm(residual).argmin(-1, keepdim=True)
    shortest = residual.gather(-2, nearest.unsqueeze(-1).expand(*nearest.shape, residual.shape[-1]))
    offset = alpha * (points - points[nearest]) / sigma
    logits = log_weights + 0.5 * (offset * (shortest + residual)).sum(-1)
    return Origins(torch.softmax(logits, dim=-1), (-shortest / sigma).squeeze(-2), offset / sigma)


def posterior_weights(x_t: Tensor, points: Tensor, log_weights: Tensor, alpha_t: Tensor, sigma_t: Tensor) -> Tensor:
    """q(x_0 = point | x_t), shape (..., n)."""
    return origins(_residual(x_t, points, alpha_t, sigma_t), points, log_weights, alpha_t, sigma_t).weights


def conditional_score(x_t: Tensor, x_0: Tensor, alpha_t: Tensor, sigma_t: Tensor) -> Tensor:
    """Gradient of log q(x_t | x_0) in x_t: it equals -eps / sigma_t for the eps that made x_t."""
    return (alpha_t * x_0 - x_t) / sigma_t.square()


@formula("score.posterior_expectation")
def marginal_score(x_t: Tensor, points: Tensor, log_weights: Tensor, alpha_t: Tensor, sigma_t: Tensor) -> Tensor:
    """Gradient of log q_t(x_t): the posterior expectation of the conditional scores."""
    return _expected_score(origins(_residual(x_t, points, alpha_t, sigma_t), points, log_weights, alpha_t, sigma_t))


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
    # From eps and not from x_t: where sigma_t is small beside alpha_t, x_t has lost the digits of eps.
    residual = _wide(alpha_t) * (x_0.unsqueeze(-2) - points) / _wide(sigma_t) + eps.unsqueeze(-2)
    return _expected_score(origins(residual, points, log_weights, alpha_t, sigma_t)), -eps / sigma_t


@formula("dsm.equivalence")
def dsm_terms(
    s: Tensor, x_t: Tensor, points: Tensor, log_weights: Tensor, alpha_t: Tensor, sigma_t: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """(explicit, denoising, constant) halves at one x_t, for a model that answers s there.

    explicit = |s - marginal score|^2 / 2; denoising = E[|s - conditional score|^2 | x_t] / 2; constant is
    half the trace of the covariance of the conditional score given x_t. explicit = denoising - constant at
    every x_t, hence also in expectation, and the constant does not see the model.
    """
    weights, nearest_score, pull = origins(
        _residual(x_t, points, alpha_t, sigma_t), points, log_weights, alpha_t, sigma_t
    )
    mean_pull = (weights.unsqueeze(-1) * pull).sum(-2)
    gap = s - nearest_score
    denoising = (weights * squared_norm(gap.unsqueeze(-2) - pull)).sum(-1)
    spread = (weights * squared_norm(pull - mean_pull.unsqueeze(-2))).sum(-1)
    return 0.5 * squared_norm(gap - mean_pull), 0.5 * denoising, 0.5 * spread


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


def _residual(x_t: Tensor, points: Tensor, alpha_t: Tensor, sigma_t: Tensor) -> Tensor:
    return (x_t.unsqueeze(-2) - _wide(alpha_t) * points) / _wide(sigma_t)


def _expected_score(seen: Origins) -> Tensor:
    return seen.nearest_score + (seen.weights.unsqueeze(-1) * seen.pull).sum(-2)


def _wide(coefficient: Tensor) -> Tensor:
    """A coefficient (..., 1) made to broadcast against (..., n, d)."""
    return coefficient.unsqueeze(-2) if coefficient.dim() else coefficient
