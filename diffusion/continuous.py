"""Equations in continuous time: one Euler-Maruyama step, drifts of the reverse equations, the probability flow.

Formulas: sde.fg_from_kernel, sde.vp, sde.subvp, sde.ve, em.scheme, langevin.stationary, pfode.fokker_planck,
pfode.not_sde_drift, sde.reverse, sde.reverse_family.

The forward equation is dx = f dt + g dw. Drifts backwards in time are those of papers that write dt < 0: a step of
length delta back in time *subtracts* delta times the drift. All functions are elementwise on tensors that broadcast, in
any floating dtype; g, psi, beta, sigma and delta are per sample or scalars.

References: Anderson 1982; Song et al. 2021, equations 6 and 13.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from diffusion.formula import formula


@formula("sde.fg_from_kernel")
def drift_and_diffusion(alpha: Tensor, sigma: Tensor, d_alpha: Tensor, d_sigma: Tensor) -> tuple[Tensor, Tensor]:
    """(f, g^2) of dx = f x dt + g dw for the levels alpha, sigma > 0 of x_t and their slopes in time."""
    f = d_alpha / alpha
    return f, 2 * sigma * (d_sigma - f * sigma)


@formula("sde.vp")
def vp_kernel(x_0: Tensor, integral: Tensor) -> tuple[Tensor, Tensor]:
    """(mean, variance) of x_t given x_0 for f = -beta / 2, g^2 = beta, by the integral >= 0 of beta from 0 to t."""
    return (-0.5 * integral).exp() * x_0, -torch.expm1(-integral)


@formula("sde.subvp")
def subvp_variance(integral: Tensor) -> Tensor:
    """Variance of x_t given x_0 for f = -beta / 2, g^2 = beta (1 - e^(-2 B)); B is the integral of beta from 0 to t."""
    return torch.expm1(-integral).square()


@formula("sde.ve")
def ve_variance(sigma_t: Tensor, sigma_0: Tensor) -> Tensor:
    """Variance of x_t given x_0 for f = 0, g^2 = (sigma^2)': sigma_t^2 - sigma_0^2."""
    return (sigma_t - sigma_0) * (sigma_t + sigma_0)


@formula("em.scheme")
def euler_maruyama_step(x: Tensor, drift: Tensor, g: Tensor, delta: Tensor, z: Tensor) -> Tensor:
    """x + f delta + g sqrt(delta) z, a step forward in time of length delta >= 0; z is standard Gaussian."""
    return x + delta * drift + g * delta.sqrt() * z


@formula("langevin.stationary")
def langevin_drift(score: Tensor, g: Tensor) -> Tensor:
    """g^2 / 2 times the score: the drift that, with the noise g dw, leaves the density alone."""
    return 0.5 * g.square() * score


@formula("pfode.fokker_planck")
def flow_velocity(drift: Tensor, score: Tensor, g: Tensor) -> Tensor:
    """f - g^2 / 2 score: the velocity of the probability flow."""
    return drift - 0.5 * g.square() * score


@formula("pfode.fokker_planck", variant="variance_preserving")
def flow_velocity_vp(x: Tensor, score: Tensor, beta: Tensor) -> Tensor:
    """-beta / 2 (x + score), for f = -beta x / 2 and g^2 = beta."""
    return -0.5 * beta * (x + score)


@formula("pfode.fokker_planck", variant="variance_exploding")
def flow_velocity_ve(score: Tensor, sigma: Tensor, d_sigma: Tensor) -> Tensor:
    """-sigma sigma' score, for f = 0 and g^2 = (sigma^2)'."""
    return -sigma * d_sigma * score


@formula("pfode.not_sde_drift")
def density_change_without_half(x: Tensor, beta: Tensor) -> Tensor:
    """The change in time of the density N(x; 0, 1) along the velocity f - g^2 score, with f = -beta x / 2, g^2 = beta.

    It is not 0, though N(0, 1) is stationary for the equation: the score has lost its 1/2.
    """
    return -0.5 * beta * (1 - x) * (1 + x) * (math.tau**-0.5 * (-0.5 * x.square()).exp())


@formula("sde.reverse")
def reverse_drift(drift: Tensor, score: Tensor, g: Tensor) -> Tensor:
    """f - g^2 score: the drift backwards in time, with the noise g of the forward equation."""
    return drift - g.square() * score


@formula("sde.reverse", variant="variance_preserving")
def reverse_drift_vp(x: Tensor, score: Tensor, beta: Tensor) -> Tensor:
    """-beta x / 2 - beta score, for f = -beta x / 2 and g^2 = beta."""
    return -beta * (0.5 * x + score)


@formula("sde.reverse_family")
def reverse_drift_with_noise(drift: Tensor, score: Tensor, g: Tensor, psi: Tensor) -> Tensor:
    """f - (g^2 + psi^2) / 2 score: the drift backwards in time, with the noise psi."""
    return drift - 0.5 * (g.square() + psi.square()) * score
