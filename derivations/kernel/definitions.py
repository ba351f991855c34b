"""The three notations that the kernel itself defines: the Gaussian density, the expectation, the KL divergence."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from derivations.kernel.terms import (
    Term,
    add,
    div,
    exp,
    inner,
    integral,
    inv,
    is_scalar,
    log,
    logdet,
    mul,
    neg,
    num,
    power,
    sym,
    trace,
)

PI = sym("pi")


@lru_cache(maxsize=1024)
def log_normal(x: Term, mean: Term, cov: Term) -> Term:
    """The logarithm of the Gaussian density.

    Scalar x, variance v:   -1/2 log(2 pi v) - (x - mean)^2 / (2 v).
    Vector x, covariance S: -1/2 log(2 pi) tr(I) - 1/2 log det S - 1/2 <x - mean, S^-1 (x - mean)>.
    """
    half = num(Fraction(1, 2))
    gap = add(x, neg(mean))
    if is_scalar(x):
        return add(neg(mul(half, log(mul(2, PI, cov)))), neg(div(power(gap, 2), mul(2, cov))))
    dim = x.sort[1]
    return add(
        neg(mul(half, dim, log(mul(2, PI)))),
        neg(mul(half, logdet(cov))),
        neg(mul(half, inner(gap, mul(inv(cov), gap)))),
    )


def unfold_density(t: Term) -> Term:
    """N(x; mean, cov) as the exponential of its logarithm."""
    return exp(log_normal(*t.args))


def unfold(t: Term) -> Term:
    """A defined notation as what it stands for: normal, E or KL."""
    if t.op == "normal":
        return unfold_density(t)
    if t.op == "E":
        x, density, body = t.args
        return integral(x, mul(density, body))
    if t.op == "KL":
        x, p, q = t.args
        return integral(x, mul(p, log(div(p, q))))
    return t


__all__ = ["PI", "log_normal", "trace", "unfold", "unfold_density"]
