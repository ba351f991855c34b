"""Between any two noise levels: the step, its posterior given the data, and what the step costs in the bound.

Formulas: vdm.transition, vdm.posterior, vdm.discrete_loss, vdm.sigmoid_param, vdm.expm1.

A level is (alpha, sigma), of x = alpha x_0 + sigma eps; s is before t, so alpha_t / sigma_t < alpha_s / sigma_s. All
functions are elementwise on tensors that broadcast, in any floating dtype; the losses sum over the last axis of the
points. gamma = -log(alpha^2 / sigma^2) grows with the noise.

Reference: Kingma et al. 2021, *Variational diffusion models*, section 3 and appendix A.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.formula import formula
from diffusion.numerics import squared_norm


@formula("vdm.transition")
def transition(alpha_s: Tensor, sigma_s: Tensor, alpha_t: Tensor, sigma_t: Tensor) -> tuple[Tensor, Tensor]:
    """(factor, variance) of q(x_t | x_s) = N(factor x_s, variance I)."""
    factor = alpha_t / alpha_s
    left = factor * sigma_s
    return factor, (sigma_t - left) * (sigma_t + left)


@formula("vdm.posterior")
def posterior(
    x_t: Tensor, x_0: Tensor, alpha_s: Tensor, sigma_s: Tensor, alpha_t: Tensor, sigma_t: Tensor
) -> tuple[Tensor, Tensor]:
    """(mean, variance per coordinate) of q(x_s | x_t, x_0)."""
    factor, fresh = transition(alpha_s, sigma_s, alpha_t, sigma_t)
    share = fresh / sigma_t**2
    return factor * (sigma_s / sigma_t) ** 2 * x_t + alpha_s * share * x_0, share * sigma_s**2


@formula("vdm.discrete_loss")
def step_loss(
    x_0: Tensor, x_0_hat: Tensor, alpha_s: Tensor, sigma_s: Tensor, alpha_t: Tensor, sigma_t: Tensor
) -> Tensor:
    """The divergence of the model's step from the posterior, when the model guesses the data to be x_0_hat."""
    before, after = alpha_s / sigma_s, alpha_t / sigma_t
    return 0.5 * (before - after) * (before + after) * squared_norm(x_0 - x_0_hat)


@formula("vdm.discrete_loss", variant="noise")
def step_loss_of_noise(
    eps: Tensor, eps_hat: Tensor, alpha_s: Tensor, sigma_s: Tensor, alpha_t: Tensor, sigma_t: Tensor
) -> Tensor:
    """The same, when the model guesses the noise to be eps_hat."""
    ratio = (alpha_s / alpha_t) * (sigma_t / sigma_s)
    return 0.5 * (ratio - 1) * (ratio + 1) * squared_norm(eps - eps_hat)


@formula("vdm.sigmoid_param")
def squared_levels(gamma: Tensor) -> tuple[Tensor, Tensor]:
    """(alpha^2, sigma^2) of the variance-preserving level with this gamma."""
    return torch.sigmoid(-gamma), torch.sigmoid(gamma)


@formula("vdm.expm1")
def fresh_share(gamma_s: Tensor, gamma_t: Tensor) -> Tensor:
    """The share of sigma_t^2 that came in since s."""
    return -torch.expm1(gamma_s - gamma_t)
