"""Notations of the field for one and the same noising, each as a small exact adapter.

Throughout the package alpha_t and alpha_bar_t are those of DDPM: alpha_t = 1 - beta_t and alpha_bar_t is
their product. Where a pair (alpha_t, sigma_t) appears, x_t = alpha_t x_0 + sigma_t eps, and the argument
is documented as the signal scale.

Formulas: conv.ddpm, conv.ddim, conv.alpha_sigma, conv.log_snr, conv.cfg_w.

All functions are elementwise on tensors that broadcast, in any floating dtype.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.formula import formula


@formula("conv.ddpm")
def ddpm_tables(beta: Tensor) -> tuple[Tensor, Tensor]:
    """(alpha, alpha_bar) from beta, shape (T,), entries in (0, 1), listed for t = 1..T.

    The product is summed as logarithms with log1p: beta_1 is near 1e-4, and a running product in low
    precision would drop its digits T times.
    """
    return 1 - beta, torch.cumsum(torch.log1p(-beta), dim=-1).exp()


@formula("conv.ddpm", variant="x_t")
def perturb_ddpm(x_0: Tensor, eps: Tensor, alpha_bar_t: Tensor) -> Tensor:
    """x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps."""
    return alpha_bar_t.sqrt() * x_0 + (1 - alpha_bar_t).sqrt() * eps


@formula("conv.ddim")
def alpha_ddim(alpha_bar_t: Tensor) -> Tensor:
    """The quantity that the DDIM paper calls alpha_t: it is alpha_bar_t of DDPM, not alpha_t of DDPM."""
    return alpha_bar_t.clone()


@formula("conv.alpha_sigma")
def perturb(x_0: Tensor, eps: Tensor, alpha_t: Tensor, sigma_t: Tensor) -> Tensor:
    """x_t = alpha_t x_0 + sigma_t eps, with alpha_t the signal scale."""
    return alpha_t * x_0 + sigma_t * eps


@formula("conv.alpha_sigma", variant="vp")
def variance_preserving(alpha_bar_t: Tensor) -> tuple[Tensor, Tensor]:
    """(alpha_t, sigma_t) with alpha_t^2 + sigma_t^2 = 1, from alpha_bar_t in [0, 1]."""
    return alpha_bar_t.sqrt(), (1 - alpha_bar_t).sqrt()


@formula("conv.alpha_sigma", variant="ve")
def variance_exploding(sigma_t: Tensor) -> tuple[Tensor, Tensor]:
    """(alpha_t, sigma_t) with alpha_t = 1."""
    return torch.ones_like(sigma_t), sigma_t


@formula("conv.alpha_sigma", variant="fm")
def flow_matching(t: Tensor) -> tuple[Tensor, Tensor]:
    """(alpha_t, sigma_t) = (1 - t, t) for t in [0, 1], from data to noise."""
    return 1 - t, t


@formula("conv.log_snr")
def half_log_snr(alpha_t: Tensor, sigma_t: Tensor) -> Tensor:
    """log(alpha_t / sigma_t): the lambda_t of DPM-Solver, half of the log signal-to-noise ratio."""
    return (alpha_t / sigma_t).log()


@formula("conv.log_snr", variant="kingma")
def log_snr(alpha_t: Tensor, sigma_t: Tensor) -> Tensor:
    """log(alpha_t^2 / sigma_t^2): the lambda_t of Kingma and Gao, and -gamma_t of VDM."""
    return 2 * half_log_snr(alpha_t, sigma_t)


@formula("conv.cfg_w")
def guided_eps_by_weight(eps_cond: Tensor, eps_uncond: Tensor, w: Tensor) -> Tensor:
    """Guided noise (1 + w) eps_cond - w eps_uncond; w = 0 is no guidance."""
    return (1 + w) * eps_cond - w * eps_uncond


@formula("conv.cfg_w", variant="scale")
def guided_eps_by_scale(eps_cond: Tensor, eps_uncond: Tensor, s: Tensor) -> Tensor:
    """Guided noise eps_uncond + s (eps_cond - eps_uncond), with s = 1 + w; s = 1 is no guidance."""
    return eps_uncond + s * (eps_cond - eps_uncond)
