"""Divergences of Gaussians in closed form, and the moments that go with them."""

from __future__ import annotations

from fractions import Fraction

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import (
    Term,
    add,
    div,
    inner,
    inv,
    is_scalar,
    log,
    logdet,
    mul,
    neg,
    norm2,
    num,
    power,
    trace,
)
from derivations.reading.terms.signature import DIMENSION


def closed(t: Term) -> Term:
    """The term with every KL of two Gaussians replaced by its closed form (gauss.kl)."""
    args = tuple(closed(a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "app" or t.args[0] != "KL" or len(t.args) != 3:
        return t
    p, q = (moments(a) for a in t.args[1:])
    if p is None or q is None:
        return t
    return divergence(*p, *q)


def moments(t: Term) -> tuple[Term, Term] | None:
    """Mean and covariance of a Gaussian law or density."""
    if t.op == "normal":
        return t.args[1], t.args[2]
    return (t.args[1], t.args[2]) if t.op == "app" and t.args[0] == "law N" else None


def divergence(m1: Term, s1: Term, m2: Term, s2: Term) -> Term:
    """KL(N(m1, s1) || N(m2, s2)), for numbers or vectors."""
    half = num(Fraction(1, 2))
    if is_scalar(m1) and is_scalar(s1):
        gap = add(m1, neg(m2))
        return mul(half, add(div(s1, s2), div(power(gap, 2), s2), num(-1), neg(log(div(s1, s2)))))
    gap = add(m2, neg(m1))
    c1, c2 = multiple(s1), multiple(s2)
    if c1 is not None and c2 is not None:
        of_variances = mul(DIMENSION, add(div(c1, c2), num(-1), neg(log(div(c1, c2)))))
        return mul(half, add(of_variances, div(norm2(gap), c2)))
    back = inv(s2)
    return mul(half, add(trace(mul(back, s1)), inner(gap, mul(back, gap)), neg(DIMENSION), logdet(s2), neg(logdet(s1))))


def multiple(cov: Term) -> Term | None:
    """The c of a covariance c I; None for another one."""
    if cov.op == "eye":
        return num(1)
    return cov.args[0] if cov.op == "mul" and len(cov.args) == 2 and cov.args[1].op == "eye" else None
