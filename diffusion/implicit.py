"""DDIM's family of steps: the predicted noise is kept in part, and fresh noise fills up to the variance that is due.

Formulas: ddim.step, ddim.eta, ddim.forms.

The step without fresh noise is `posterior.ddim_step`.

A step leads from t to any earlier s. With neighbours alpha_t is DDPM's; in general it is alpha_bar_t / alpha_bar_s, and
alpha_bar_prev is alpha_bar_s. The functions of `ddim.forms` work with any signal levels alpha and noise levels sigma.
All functions are elementwise on tensors that broadcast, in any floating dtype.

Reference: Song, Meng, Ermon 2021, equations 12 and 16.
"""

from __future__ import annotations

from torch import Tensor

from diffusion.formula import formula
from diffusion.numerics import one_minus_product


@formula("ddim.step")
def step(
    x_t: Tensor, eps_theta: Tensor, z: Tensor, alpha_t: Tensor, alpha_bar_prev: Tensor, fresh: Tensor
) -> Tensor:
    """x_s with sigma^2 = fresh (1 - alpha_bar_s): of the variance at s the share `fresh` in [0, 1] is new noise z."""
    x_0_hat = (x_t - one_minus_product(alpha_t, alpha_bar_prev).sqrt() * eps_theta) / (alpha_t * alpha_bar_prev).sqrt()
    sigma_s = (1 - alpha_bar_prev).sqrt()
    return alpha_bar_prev.sqrt() * x_0_hat + sigma_s * ((1 - fresh).sqrt() * eps_theta + fresh.sqrt() * z)


@formula("ddim.eta")
def sigma(eta: Tensor, alpha_t: Tensor, alpha_bar_prev: Tensor) -> Tensor:
    """eta sqrt(beta_tilde_t), the deviation of the fresh noise: 0 for eta = 0, DDPM's posterior's for eta = 1."""
    return eta * ((1 - alpha_bar_prev) / one_minus_product(alpha_t, alpha_bar_prev)).sqrt() * (1 - alpha_t).sqrt()


@formula("ddim.forms")
def step_from_eps(
    x_t: Tensor, eps: Tensor, alpha_t: Tensor, sigma_t: Tensor, alpha_s: Tensor, sigma_s: Tensor
) -> Tensor:
    """The step without fresh noise, with the noise predicted."""
    return alpha_s / alpha_t * x_t + (sigma_s - alpha_s * sigma_t / alpha_t) * eps


@formula("ddim.forms", variant="data")
def step_from_x_0(
    x_t: Tensor, x_0: Tensor, alpha_t: Tensor, sigma_t: Tensor, alpha_s: Tensor, sigma_s: Tensor
) -> Tensor:
    """The step without fresh noise, with the data predicted."""
    return sigma_s / sigma_t * x_t + (alpha_s - alpha_t * sigma_s / sigma_t) * x_0


@formula("ddim.forms", variant="score")
def step_from_score(
    x_t: Tensor, score: Tensor, alpha_t: Tensor, sigma_t: Tensor, alpha_s: Tensor, sigma_s: Tensor
) -> Tensor:
    """The step without fresh noise, with the score predicted."""
    return alpha_s / alpha_t * x_t + sigma_t * (alpha_s * sigma_t / alpha_t - sigma_s) * score
