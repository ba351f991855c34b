"""The DDPM bound in closed form, for a reverse chain that is linear and Gaussian.

Formula: elbo.ddpm.decomposition.

The forward chain is given by alpha_1..alpha_T, the reverse one by p(x_T) = N(0, I) and, for t = 1..T,
p(x_{t-1} | x_t) = N(m_t x_t + c_t, s_t^2 I). All four are tensors (T,), listed for t = 1..T, with s_t > 0.
Given x_0 (..., d) every expectation of the bound is then a Gaussian moment, and both sides of the
decomposition can be computed without sampling. Results are in nats, summed over the last axis of x_0.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.formula import formula
from diffusion.forward import prior_kl
from diffusion.gaussian import LOG_2PI
from diffusion.numerics import x_minus_log1p
from diffusion.posterior import mean_coefficients
from diffusion.posterior import variance as posterior_variance


def noise_levels(alpha: Tensor) -> tuple[Tensor, Tensor]:
    """(alpha_bar, 1 - alpha_bar) at t = 0..T, both of shape (T + 1,), from alpha at t = 1..T."""
    log_alpha_bar = torch.cat([torch.zeros_like(alpha[:1]), alpha.log().cumsum(0)])
    return log_alpha_bar.exp(), -torch.expm1(log_alpha_bar)


@formula("elbo.ddpm.decomposition")
def bound_terms(x_0: Tensor, alpha: Tensor, m: Tensor, c: Tensor, s: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(prior KL, sum over t >= 2 of expected posterior KLs, E log p(x_0 | x_1)): the terms of the bound.

    The negative ELBO is the first plus the second minus the third.
    """
    alpha_bar, variance = noise_levels(alpha)
    later = slice(1, None)  # t = 2..T: at t = 1 the posterior is a point.
    from_x_0, from_x_t = mean_coefficients(alpha[later], alpha_bar[1:-1])
    beta_tilde = posterior_variance(alpha[later], alpha_bar[1:-1])
    x = x_0.unsqueeze(-1)
    offset = (from_x_0 + (from_x_t - m[later]) * alpha_bar[2:].sqrt()) * x - c[later]
    miss = offset.square() + (from_x_t - m[later]).square() * variance[2:]
    ratio = beta_tilde / s[later].square()
    step_kl = 0.5 * (x_minus_log1p(ratio - 1, ratio) + miss / s[later].square())
    decoder_miss = (x_0 - m[0] * alpha_bar[1].sqrt() * x_0 - c[0]).square() + m[0].square() * variance[1]
    reconstruction = -0.5 * (LOG_2PI + 2 * s[0].log() + decoder_miss / s[0].square())
    return prior_kl(x_0, alpha_bar[-1]), step_kl.sum(-1).sum(-1), reconstruction.sum(-1)


@formula("elbo.ddpm.decomposition", variant="direct")
def negative_elbo(x_0: Tensor, alpha: Tensor, m: Tensor, c: Tensor, s: Tensor) -> Tensor:
    """-ELBO as the expectation of log q(x_{1:T} | x_0) - log p(x_{0:T}), step by step forward in time."""
    alpha_bar, variance = noise_levels(alpha)
    root = alpha_bar.sqrt()
    x = x_0.unsqueeze(-1)
    forward_log = -0.5 * (LOG_2PI + (1 - alpha).log() + 1)
    miss_mean = (root[:-1] - m * root[1:]) * x - c
    cross = alpha.sqrt() * variance[:-1]
    miss = miss_mean.square() + variance[:-1] - 2 * m * cross + m.square() * variance[1:]
    reverse_log = -0.5 * (LOG_2PI + 2 * s.log() + miss / s.square())
    prior_log = -0.5 * (LOG_2PI + alpha_bar[-1] * x_0.square() + variance[-1])
    return (forward_log - reverse_log).sum(-1).sum(-1) - prior_log.sum(-1)


@formula("elbo.ddpm.decomposition", variant="log_likelihood")
def log_likelihood(x_0: Tensor, m: Tensor, c: Tensor, s: Tensor) -> Tensor:
    """log p(x_0) of the same reverse chain, whose marginal is Gaussian: what the ELBO bounds."""
    mean, variance = m.new_zeros(()), m.new_ones(())
    for m_t, c_t, s_t in zip(reversed(m), reversed(c), reversed(s), strict=True):
        mean = m_t * mean + c_t
        variance = m_t.square() * variance + s_t.square()
    return (-0.5 * (LOG_2PI + variance.log() + (x_0 - mean).square() / variance)).sum(-1)
