"""The terms of the DDPM bound as regressions, and their weights.

Formulas: loss.mean, loss.eps_weight, loss.x0_weight, loss.simple.

Coefficients are alpha_t in (0, 1), alpha_bar_prev (alpha_bar at t - 1) in (0, 1), and sigma_t > 0, the
standard deviation of the model's reverse step. The weights need t >= 2 when sigma_t^2 = beta_tilde_t, which
is 0 at t = 1. Norms are squared and summed over the last axis; weights are elementwise.
"""

from __future__ import annotations

from torch import Tensor

from diffusion.formula import formula
from diffusion.numerics import one_minus_product, squared_norm


@formula("loss.mean")
def mean_loss(mu_tilde: Tensor, mu_theta: Tensor, sigma_t: Tensor) -> Tensor:
    """|mu_tilde - mu_theta|^2 / (2 sigma_t^2): L_{t-1} up to a constant free of the model."""
    return 0.5 * squared_norm((mu_tilde - mu_theta) / sigma_t)


@formula("loss.eps_weight")
def eps_weight(alpha_t: Tensor, alpha_bar_prev: Tensor, sigma_t: Tensor) -> Tensor:
    """Weight of |eps - eps_theta|^2 in L_{t-1}: beta_t^2 / (2 sigma_t^2 alpha_t (1 - alpha_bar_t))."""
    return ((1 - alpha_t) / sigma_t).square() / (2 * alpha_t * one_minus_product(alpha_t, alpha_bar_prev))


@formula("loss.eps_weight", variant="beta_tilde")
def eps_weight_beta_tilde(alpha_t: Tensor, alpha_bar_prev: Tensor) -> Tensor:
    """The same weight for sigma_t^2 = beta_tilde_t."""
    return (1 - alpha_t) / (2 * alpha_t * (1 - alpha_bar_prev))


@formula("loss.eps_weight", variant="beta")
def eps_weight_beta(alpha_t: Tensor, alpha_bar_prev: Tensor) -> Tensor:
    """The same weight for sigma_t^2 = beta_t."""
    return (1 - alpha_t) / (2 * alpha_t * one_minus_product(alpha_t, alpha_bar_prev))


@formula("loss.x0_weight")
def x0_weight(alpha_t: Tensor, alpha_bar_prev: Tensor, sigma_t: Tensor) -> Tensor:
    """Weight of |x_0 - x_theta|^2 in L_{t-1}.

    It is alpha_bar_{t-1} beta_t^2 / (2 sigma_t^2 (1 - alpha_bar_t)^2).
    """
    fraction = (1 - alpha_t) / (sigma_t * one_minus_product(alpha_t, alpha_bar_prev))
    return 0.5 * alpha_bar_prev * fraction.square()


@formula("loss.x0_weight", variant="beta_tilde")
def x0_weight_beta_tilde(alpha_t: Tensor, alpha_bar_prev: Tensor) -> Tensor:
    """The same weight for sigma_t^2 = beta_tilde_t, half of the drop SNR_{t-1} - SNR_t of the step.

    Written as a product: the difference of two signal-to-noise ratios cancels for small steps.
    """
    variance_t = one_minus_product(alpha_t, alpha_bar_prev)
    return 0.5 * alpha_bar_prev * ((1 - alpha_t) / (1 - alpha_bar_prev)) / variance_t


@formula("loss.simple")
def simple_loss(eps: Tensor, eps_theta: Tensor) -> Tensor:
    """|eps - eps_theta|^2 of one draw: its mean over t, x_0 and eps is L_simple."""
    return squared_norm(eps - eps_theta)
