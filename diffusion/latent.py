"""Finite latent variable models: divergences, marginals and the evidence lower bound.

Formulas: kl.nonneg, kl.cross_entropy, kl.chain, lvm.marginal, lvm.bayes, elbo.jensen, elbo.gap, elbo.rec_kl.

A law on n points is a tensor (..., n) of probabilities that sum to 1 over the last axis; a law on pairs is
(..., m, n). Log probabilities are in nats. What sums to 1 in exact arithmetic is not normalised again here.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.formula import formula
from diffusion.numerics import x_minus_log1p


@formula("kl.nonneg")
def kl(p: Tensor, q: Tensor) -> Tensor:
    """D(p || q) over the last axis: never negative, 0 when p = q, infinite where p > 0 = q.

    Summed as p (u - log(1 + u)) with u = (q - p) / p. The added sum of q - p is 0 for normalised laws, and
    makes every term nonnegative, so that close laws do not cancel.
    """
    present = p > 0
    p_safe = torch.where(present, p, torch.ones_like(p))
    terms = torch.where(present, p * x_minus_log1p((q - p) / p_safe, q / p_safe), q)
    return terms.sum(-1)


@formula("kl.cross_entropy", variant="cross_entropy")
def cross_entropy(p: Tensor, q: Tensor) -> Tensor:
    """H(p, q) = -sum p log q over the last axis, with 0 log 0 = 0."""
    return -torch.xlogy(p, q).sum(-1)


@formula("kl.cross_entropy", variant="entropy")
def entropy(p: Tensor) -> Tensor:
    """H(p) = -sum p log p over the last axis, with 0 log 0 = 0."""
    return -torch.xlogy(p, p).sum(-1)


@formula("kl.cross_entropy")
def kl_by_cross_entropy(p: Tensor, q: Tensor) -> Tensor:
    """D(p || q) as H(p, q) - H(p). It cancels when p is near q; `kl` does not."""
    return cross_entropy(p, q) - entropy(p)


@formula("kl.chain")
def kl_chain(p_xy: Tensor, q_xy: Tensor) -> tuple[Tensor, Tensor]:
    """(D(p(x) || q(x)), E_p(x) D(p(y|x) || q(y|x))) of joint tables (..., m, n) with x along the rows.

    The two add up to the divergence of the joint laws. Rows that p gives no mass contribute 0. A row that p
    reaches must have mass under q, else the result is infinite or NaN.
    """
    p_x, q_x = p_xy.sum(-1), q_xy.sum(-1)
    reached = p_x > 0
    one = torch.ones_like(p_x)
    p_rows = p_xy / torch.where(reached, p_x, one).unsqueeze(-1)
    q_rows = q_xy / torch.where(reached, q_x, one).unsqueeze(-1)
    conditional = torch.where(reached, p_x * kl(p_rows, q_rows), torch.zeros_like(p_x))
    return kl(p_x, q_x), conditional.sum(-1)


@formula("lvm.marginal")
def log_marginal(log_p_x_given_z: Tensor, log_p_z: Tensor) -> Tensor:
    """log p(x) = log sum_z p(x|z) p(z), with z along the last axis.

    The largest term is taken out, and the others are added to it by log1p: where it is near 1, the logarithm of
    a sum of rounded numbers would lose its digits.
    """
    log_joint = log_p_x_given_z + log_p_z
    largest, place = log_joint.max(dim=-1, keepdim=True)
    # An impossible x has only terms of -inf; their difference would be NaN.
    offset = torch.where(largest.isinf(), torch.zeros_like(largest), largest)
    others = (log_joint - offset).exp().scatter(-1, place, 0.0).sum(-1)
    return largest.squeeze(-1) + torch.log1p(others)


@formula("lvm.bayes")
def log_marginal_by_bayes(log_p_xz: Tensor, log_p_z_given_x: Tensor) -> Tensor:
    """log p(x, z) - log p(z|x): equal to log p(x) at every z with p(z|x) > 0. Elementwise."""
    return log_p_xz - log_p_z_given_x


@formula("elbo.jensen")
def elbo(q_z_given_x: Tensor, log_p_xz: Tensor) -> Tensor:
    """E_q log p(x, z) / q(z|x), a lower bound on log p(x); z along the last axis."""
    return _expectation(q_z_given_x, log_p_xz) + entropy(q_z_given_x)


@formula("elbo.gap")
def elbo_gap(q_z_given_x: Tensor, log_p_xz: Tensor) -> Tensor:
    """log p(x) - ELBO, computed as D(q(z|x) || p(z|x)) with the exact posterior of the model."""
    return kl(q_z_given_x, torch.softmax(log_p_xz, dim=-1))


@formula("elbo.rec_kl")
def elbo_terms(q_z_given_x: Tensor, log_p_x_given_z: Tensor, log_p_z: Tensor) -> tuple[Tensor, Tensor]:
    """(E_q log p(x|z), D(q(z|x) || p(z))): the ELBO is the first minus the second."""
    return _expectation(q_z_given_x, log_p_x_given_z), kl(q_z_given_x, log_p_z.exp())


def _expectation(q: Tensor, value: Tensor) -> Tensor:
    # A point that q never visits must not turn 0 * (-inf) into NaN.
    return torch.where(q > 0, q * value, torch.zeros_like(q)).sum(-1)
