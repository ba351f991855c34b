"""The forward chain: one step, two steps, any number of steps, and what is left at the end.

Formulas: forward.step, forward.two_step, forward.marginal, forward.telescoping_variance,
forward.variance_preserving, forward.prior_kl, forward.bayes_flip, elbo.ddpm.markov_trick,
elbo.ddpm.telescoping.

The chain is q(x_t | x_{t-1}) = N(sqrt(alpha_t) x_{t-1}, beta_t I) with beta_t = 1 - alpha_t in (0, 1).
Two numbers fix a step, alpha_t and alpha_bar_prev (alpha_bar at t - 1, equal to 1 at t = 1); from them
alpha_bar_t = alpha_t alpha_bar_prev. Coefficients broadcast to x of shape (..., d). Functions that return
a log density or a divergence sum over the last axis; the others are elementwise.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.formula import formula
from diffusion.gaussian import log_normal
from diffusion.numerics import one_minus_product, x_minus_log1p
from diffusion.posterior import mean as posterior_mean
from diffusion.posterior import variance as posterior_variance


@formula("forward.step")
def step(x_prev: Tensor, beta_t: Tensor) -> tuple[Tensor, Tensor]:
    """(mean, variance) of q(x_t | x_{t-1}); the variance is per coordinate."""
    return (1 - beta_t).sqrt() * x_prev, beta_t


@formula("forward.step", variant="sample")
def take_step(x_prev: Tensor, beta_t: Tensor, eps: Tensor) -> Tensor:
    """x_t = sqrt(1 - beta_t) x_{t-1} + sqrt(beta_t) eps."""
    return (1 - beta_t).sqrt() * x_prev + beta_t.sqrt() * eps


@formula("forward.two_step")
def two_steps(x_prev_2: Tensor, eps: Tensor, alpha_t: Tensor, alpha_prev: Tensor) -> Tensor:
    """x_t from x_{t-2} with one noise: alpha_prev is alpha_{t-1}."""
    return (alpha_t * alpha_prev).sqrt() * x_prev_2 + one_minus_product(alpha_t, alpha_prev).sqrt() * eps


@formula("forward.marginal")
def marginal(x_0: Tensor, alpha_bar_t: Tensor) -> tuple[Tensor, Tensor]:
    """(mean, variance) of q(x_t | x_0); the variance is per coordinate."""
    return alpha_bar_t.sqrt() * x_0, 1 - alpha_bar_t


@formula("forward.marginal", variant="sample")
def noise(x_0: Tensor, eps: Tensor, alpha_bar_t: Tensor) -> Tensor:
    """x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps."""
    mean, variance = marginal(x_0, alpha_bar_t)
    return mean + variance.sqrt() * eps


@formula("forward.telescoping_variance")
def accumulated_variance(alpha: Tensor) -> Tensor:
    """sum_i (1 - alpha_i) prod_{s > i} alpha_s over the last axis: equal to 1 - alpha_bar_t.

    Every term is nonnegative, so small variances keep their digits. alpha lists alpha_1..alpha_t.
    """
    later = alpha.flip(-1).cumprod(-1).roll(1, -1)
    later[..., 0] = 1
    return ((1 - alpha) * later.flip(-1)).sum(-1)


@formula("forward.variance_preserving")
def covariance(cov_0: Tensor, alpha_bar_t: Tensor) -> Tensor:
    """Cov x_t = alpha_bar_t Cov x_0 + (1 - alpha_bar_t) I, for cov_0 (..., d, d)."""
    eye = torch.eye(cov_0.shape[-1], dtype=cov_0.dtype, device=cov_0.device)
    return alpha_bar_t * cov_0 + (1 - alpha_bar_t) * eye


@formula("forward.prior_kl")
def prior_kl(x_0: Tensor, alpha_bar_T: Tensor) -> Tensor:
    """D(q(x_T | x_0) || N(0, I)) in nats, summed over the last axis."""
    return (0.5 * (alpha_bar_T * x_0.square() + x_minus_log1p(-alpha_bar_T))).sum(-1)


@formula("forward.bayes_flip")
def log_step_by_bayes(x_t: Tensor, x_prev: Tensor, x_0: Tensor, alpha_t: Tensor, alpha_bar_prev: Tensor) -> Tensor:
    """log q(x_t | x_{t-1}) as log of q(x_{t-1} | x_t, x_0) q(x_t | x_0) / q(x_{t-1} | x_0), for t >= 2."""
    variance_t = one_minus_product(alpha_t, alpha_bar_prev)
    mu_tilde = posterior_mean(x_t, x_0, alpha_t, alpha_bar_prev)
    backward = log_normal(x_prev, mu_tilde, posterior_variance(alpha_t, alpha_bar_prev))
    marginal_t = log_normal(x_t, (alpha_t * alpha_bar_prev).sqrt() * x_0, variance_t)
    return backward + marginal_t - log_normal(x_prev, alpha_bar_prev.sqrt() * x_0, 1 - alpha_bar_prev)


@formula("elbo.ddpm.markov_trick")
def log_step_given_x_0(x_t: Tensor, x_prev: Tensor, x_0: Tensor, alpha_t: Tensor, alpha_bar_prev: Tensor) -> Tensor:
    """log q(x_t | x_{t-1}, x_0): equal to log q(x_t | x_{t-1}), because the chain is Markov; for t >= 2.

    Conditioning the joint Gaussian of (x_{t-1}, x_t) given x_0 gives the gain sqrt(alpha_t) and a mean in which
    the two terms with x_0 cancel. They are left out here: in floating point they would not cancel exactly.
    """
    x_prev, _ = torch.broadcast_tensors(x_prev, x_0)
    return log_normal(x_t, alpha_t.sqrt() * x_prev, 1 - alpha_t)


@formula("elbo.ddpm.telescoping")
def telescoped_log_ratio(x_path: Tensor, x_0: Tensor, alpha_bar: Tensor) -> Tensor:
    """sum over t = 2..T of log q(x_t | x_0) - log q(x_{t-1} | x_0), term by term.

    x_path is (T, ..., d) and lists x_1..x_T; alpha_bar is (T,) and lists alpha_bar_1..alpha_bar_T.
    """
    table = alpha_bar.reshape(-1, *[1] * (x_path.dim() - 1))
    log_q = log_normal(x_path, table.sqrt() * x_0, 1 - table)
    return (log_q[1:] - log_q[:-1]).sum(0)


@formula("elbo.ddpm.telescoping", variant="ends")
def log_ratio_of_ends(x_1: Tensor, x_T: Tensor, x_0: Tensor, alpha_bar_1: Tensor, alpha_bar_T: Tensor) -> Tensor:
    """log q(x_T | x_0) - log q(x_1 | x_0): what the sum telescopes to."""
    last = log_normal(x_T, alpha_bar_T.sqrt() * x_0, 1 - alpha_bar_T)
    return last - log_normal(x_1, alpha_bar_1.sqrt() * x_0, 1 - alpha_bar_1)
