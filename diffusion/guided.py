"""Guidance in closed form: the guided score, the implicit classifier, Gaussians that are guided.

Formulas: cfg.score, cfg.implicit_classifier, cfg.gaussian, cfg.not_forward_consistent.

The scale omega is 1 without guidance and 0 without the condition: omega = 1 + w (conv.cfg_w). All functions are
elementwise on tensors that broadcast, in any floating dtype.

Reference: Ho, Salimans 2022.
"""

from __future__ import annotations

from torch import Tensor

from diffusion.formula import formula


@formula("cfg.score")
def guided_score(score_uncond: Tensor, score_cond: Tensor, omega: Tensor) -> Tensor:
    """score_uncond + omega (score_cond - score_uncond)."""
    return score_uncond + omega * (score_cond - score_uncond)


@formula("cfg.implicit_classifier")
def classifier_score(eps_uncond: Tensor, eps_cond: Tensor, sigma: Tensor) -> Tensor:
    """The gradient of log p(c | x) that two predictions of the noise imply."""
    return (eps_uncond - eps_cond) / sigma


@formula("cfg.gaussian")
def guided_gaussian(
    mu_c: Tensor, mu_u: Tensor, v_c: Tensor, v_u: Tensor, omega: Tensor
) -> tuple[Tensor, Tensor]:
    """(mean, variance) of N(mu_u, v_u)^(1 - omega) N(mu_c, v_c)^omega; needs v_c + omega (v_u - v_c) > 0."""
    mixed = v_c + omega * (v_u - v_c)
    return omega * (v_u / mixed) * mu_c + (1 - omega) * (v_c / mixed) * mu_u, v_c * (v_u / mixed)


@formula("cfg.not_forward_consistent")
def variance_gap(v_c: Tensor, v_u: Tensor, omega: Tensor, tau: Tensor) -> Tensor:
    """Variance of the tilted Gaussian after noise tau was added to both, less that of the tilted one plus tau."""
    mixed = v_c + omega * (v_u - v_c)
    return tau / (mixed + tau) * (omega * (1 - omega) * (v_u - v_c).square() / mixed)
