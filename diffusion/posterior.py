"""The posterior q(x_{t-1} | x_t, x_0) = N(mu_tilde_t, beta_tilde_t I) and the steps built on it.

Formulas: posterior.variance, posterior.mean, posterior.eps_form, posterior.score_form,
posterior.degenerate_t1, posterior.bounds, ddpm.sampling_step, ddpm.sigma_zero_not_ddim, ddim.deterministic.

Two independent numbers fix a step: alpha_t in (0, 1) and alpha_bar_prev (alpha_bar at t - 1) in (0, 1],
equal to 1 at t = 1. From them beta_t = 1 - alpha_t, alpha_bar_t = alpha_t alpha_bar_prev, and
1 - alpha_bar_t = beta_t + alpha_t (1 - alpha_bar_prev), which never cancels. All functions are elementwise
on tensors that broadcast, in any floating dtype.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.formula import formula
from diffusion.numerics import one_minus_product


@formula("posterior.variance")
def variance(alpha_t: Tensor, alpha_bar_prev: Tensor) -> Tensor:
    """beta_tilde_t = (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t) beta_t."""
    return (1 - alpha_t) * ((1 - alpha_bar_prev) / one_minus_product(alpha_t, alpha_bar_prev))


@formula("posterior.mean")
def mean(x_t: Tensor, x_0: Tensor, alpha_t: Tensor, alpha_bar_prev: Tensor) -> Tensor:
    """mu_tilde_t(x_t, x_0), the interpolation between the two known ends of the step."""
    from_x_0, from_x_t = mean_coefficients(alpha_t, alpha_bar_prev)
    return from_x_0 * x_0 + from_x_t * x_t


@formula("posterior.mean", variant="coefficients")
def mean_coefficients(alpha_t: Tensor, alpha_bar_prev: Tensor) -> tuple[Tensor, Tensor]:
    """(coefficient of x_0, coefficient of x_t) in mu_tilde_t."""
    variance_t = one_minus_product(alpha_t, alpha_bar_prev)
    from_x_0 = alpha_bar_prev.sqrt() * ((1 - alpha_t) / variance_t)
    return from_x_0, alpha_t.sqrt() * ((1 - alpha_bar_prev) / variance_t)


@formula("posterior.eps_form")
def mean_from_eps(x_t: Tensor, eps: Tensor, alpha_t: Tensor, alpha_bar_prev: Tensor) -> Tensor:
    """mu_tilde_t in terms of x_t and the noise eps that made it."""
    sigma_t = one_minus_product(alpha_t, alpha_bar_prev).sqrt()
    return (x_t - (1 - alpha_t) / sigma_t * eps) / alpha_t.sqrt()


@formula("posterior.score_form")
def mean_from_score(x_t: Tensor, score: Tensor, alpha_t: Tensor) -> Tensor:
    """mu_tilde_t in terms of x_t and the conditional score of q(x_t | x_0)."""
    return (x_t + (1 - alpha_t) * score) / alpha_t.sqrt()


@formula("posterior.degenerate_t1")
def first_step(x_1: Tensor, x_0: Tensor, alpha_1: Tensor) -> tuple[Tensor, Tensor]:
    """(mu_tilde_1, beta_tilde_1) from the general formulas at alpha_bar_0 = 1: exactly (x_0, 0)."""
    one = torch.ones_like(alpha_1)
    return mean(x_1, x_0, alpha_1, one), variance(alpha_1, one)


@formula("posterior.bounds")
def variance_bounds(alpha_t: Tensor, alpha_bar_prev: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(0, beta_tilde_t, beta_t), in nondecreasing order."""
    beta_tilde_t = variance(alpha_t, alpha_bar_prev)
    return torch.zeros_like(beta_tilde_t), beta_tilde_t, (1 - alpha_t).expand_as(beta_tilde_t)


@formula("ddpm.sampling_step")
def sampling_step(
    x_t: Tensor, eps_theta: Tensor, z: Tensor, alpha_t: Tensor, alpha_bar_prev: Tensor, sigma_t: Tensor
) -> Tensor:
    """x_{t-1} by ancestral sampling. At t = 1, where alpha_bar_prev is 1, the noise z is not added."""
    sigma_used = torch.where(alpha_bar_prev == 1, torch.zeros_like(sigma_t), sigma_t)
    return mean_from_eps(x_t, eps_theta, alpha_t, alpha_bar_prev) + sigma_used * z


@formula("ddpm.sigma_zero_not_ddim")
def sigma_zero_minus_ddim(eps_theta: Tensor, alpha_t: Tensor, alpha_bar_prev: Tensor) -> Tensor:
    """The DDPM mean minus the deterministic DDIM step from the same x_t and eps_theta.

    With r = alpha_t (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t) it is
    -sqrt(1 - alpha_bar_{t-1}) (1 - sqrt(r)) eps_theta. Here 1 - sqrt(r) is computed as
    (1 - r) / (1 + sqrt(r)), where 1 - r = beta_t / (1 - alpha_bar_t).
    """
    variance_t = one_minus_product(alpha_t, alpha_bar_prev)
    ratio = alpha_t * ((1 - alpha_bar_prev) / variance_t)
    one_minus_root = (1 - alpha_t) / variance_t / (1 + ratio.sqrt())
    return -(1 - alpha_bar_prev).sqrt() * one_minus_root * eps_theta


@formula("ddim.deterministic")
@formula("ddpm.sigma_zero_not_ddim", variant="ddim_step")
def ddim_step(x_t: Tensor, eps_theta: Tensor, alpha_t: Tensor, alpha_bar_prev: Tensor) -> Tensor:
    """The deterministic DDIM step, for comparison: move to alpha_bar_{t-1} along the same eps_theta."""
    x_0_hat = (x_t - one_minus_product(alpha_t, alpha_bar_prev).sqrt() * eps_theta) / (alpha_t * alpha_bar_prev).sqrt()
    return alpha_bar_prev.sqrt() * x_0_hat + (1 - alpha_bar_prev).sqrt() * eps_theta
