"""The discrete variational bound of a denoiser, term by term, in nats.

-ELBO(x_0) = D(q(x_T | x_0) || N(0, I)) + sum_{t=2..T} E D(q(x_{t-1} | x_t, x_0) || p(x_{t-1} | x_t))
- E log p(x_0 | x_1). The reverse chain is p(x_{t-1} | x_t) = N(mu_theta, sigma_t^2 I), with mu_theta the
posterior mean at the predicted x_0. The divergences are exact given x_t; the expectation over
x_t ~ q(x_t | x_0) takes one draw per term and sample. The decoder p(x_0 | x_1) = N(x_0_hat, beta_1 I) is a
density of continuous data for both choices of sigma: beta_tilde_1 is 0 and would give no density.

No formulas are defined here; this module estimates elbo.ddpm.decomposition from forward.prior_kl, gauss.kl,
loss.x0_weight and gauss.normalization.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from diffusion import losses
from diffusion.families.ddpm import SIGMAS, Denoiser
from diffusion.forward import prior_kl
from diffusion.gaussian import log_normal
from diffusion.numerics import squared_norm, x_minus_log1p
from diffusion.posterior import variance as posterior_variance
from diffusion.schedules import Schedule


class BoundTerm(NamedTuple):
    """One term of -ELBO: 'prior' at t = T, 'posterior' at t = T..2, 'reconstruction' at t = 1; nats (n,)."""

    name: str
    t: int
    nats: Tensor


@torch.no_grad()
def bound_terms(
    denoiser: Denoiser,
    x_0: Tensor,
    schedule: Schedule,
    *,
    sigma: str = "beta_tilde",
    generator: torch.Generator | None = None,
) -> Iterator[BoundTerm]:
    """The T + 1 terms whose sum is an unbiased estimate of -ELBO of x_0 (n, ...), for each sample.

    Each term draws its own x_t. Raises ValueError when sigma is not 'beta_tilde' or 'beta'.
    """
    if sigma not in SIGMAS:
        raise ValueError(f"unknown sigma {sigma!r}; choose one of: {', '.join(SIGMAS)}")
    x, d = x_0.flatten(1), x_0[0].numel()
    signal, noise = schedule.alpha_bar.sqrt().to(x), schedule.variance.sqrt().to(x)
    variance, spread, weight = (column.to(x) for column in _step_tables(schedule, sigma))
    times = torch.arange(schedule.T + 1, device=x.device).unbind()

    yield BoundTerm("prior", schedule.T, prior_kl(x, schedule.alpha_bar[-1].to(x)))
    for t in range(schedule.T, 0, -1):
        eps = torch.randn(x.shape, generator=generator, device=x.device, dtype=x.dtype)
        x_t = signal[t] * x + noise[t] * eps
        eps_theta = denoiser(x_t.view_as(x_0), times[t].expand(x.shape[0])).flatten(1)
        if t == 1:
            x_0_hat = (x_t - noise[t] * eps_theta) / signal[t]
            yield BoundTerm("reconstruction", t, -log_normal(x, x_0_hat, variance[t]))
        else:
            miss = squared_norm(eps - eps_theta)
            yield BoundTerm("posterior", t, d * spread[t] + weight[t] * miss)


def elbo(
    denoiser: Denoiser,
    x_0: Tensor,
    schedule: Schedule,
    *,
    sigma: str = "beta_tilde",
    generator: torch.Generator | None = None,
) -> Tensor:
    """An unbiased estimate of the ELBO of each sample, (n,), in nats: a lower bound on log p(x_0)."""
    total = torch.zeros(x_0.shape[0], device=x_0.device, dtype=x_0.dtype)
    for term in bound_terms(denoiser, x_0, schedule, sigma=sigma, generator=generator):
        total = total - term.nats
    return total


def _step_tables(schedule: Schedule, sigma: str) -> tuple[Tensor, Tensor, Tensor]:
    """Tables (T + 1,): sigma_t^2, the KL per dimension of unequal variances, the weight of the noise error.

    At t = 1 sigma_t^2 is beta_1, the variance of the decoder; the other two are not used there.
    """
    alpha, prev = schedule.alpha[2:], schedule.alpha_bar[1:-1]
    beta_tilde = posterior_variance(alpha, prev)
    chosen = beta_tilde if sigma == "beta_tilde" else schedule.beta[2:]
    spread = 0.5 * x_minus_log1p((beta_tilde - chosen) / chosen, beta_tilde / chosen)
    weight = losses.eps_weight(alpha, prev, chosen.sqrt())
    pad = schedule.beta.new_zeros(2)
    return torch.cat([schedule.beta[:2], chosen]), torch.cat([pad, spread]), torch.cat([pad, weight])
