"""Integrals, expectations and divergences: sums over points, or exact facts about Gaussians."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivations.evidence import arithmetic as numbers
from derivations.evidence.arithmetic import ONE, ZERO
from derivations.kernel.terms import Term, is_scalar, show
from tests.twins.reference.gaussians import (
    Form,
    NoReference,
    Normal,
    bell,
    exponential_average,
    log_bell,
    polynomial_average,
    quadratic_average,
)  # fmt: skip
from tests.twins.reference.linear import Value, agree, plus, scale, times

if TYPE_CHECKING:
    from tests.twins.reference.evaluator import Reference


@dataclass(frozen=True)
class Finite:
    """A measure on finitely many points, as pairs of a weight and a point."""

    atoms: tuple[tuple[Value, Value], ...]


def coordinates(law: Normal) -> tuple[list[Value], list[list[Value]]]:
    """(mean, covariance) of a Gaussian law as a vector and a matrix, on the line too."""
    return (law.mean, law.cov) if isinstance(law.mean, list) else ([law.mean], [[law.cov]])


def _is_law_of(x: Term, density: Term) -> bool:
    """Whether the density is a Gaussian in x, with a mean and a covariance that do not depend on x."""
    return density.op == "normal" and density.args[0] == x and x not in (density.args[1].free | density.args[2].free)


def along(ev: Reference, x: Term, body: Term) -> tuple[Form, int]:
    """(body as a function of the coordinates of x, how many those are)."""
    if is_scalar(x):
        return (lambda v: ev.within({x: v[0]}, body)), 1
    return (lambda v: ev.within({x: v}, body)), ev.integer(x.sort[1])


def integral(ev: Reference, t: Term) -> Value:
    """An integral: a sum over points, or the mass of a Gaussian."""
    x, measure, body = t.args
    if measure.op == "lebesgue" and x in ev.ranges:
        return _sum(ev, x, [(ONE, v) for v in ev.ranges[x]], body)
    if measure.op == "lebesgue":
        f, n = along(ev, x, body)
        return numbers.exp(bell(lambda v: numbers.log(f(v)), n)[0])
    law = law_of(ev, measure)
    return _sum(ev, x, law.atoms, body) if isinstance(law, Finite) else average(ev, x, law, body)


def law_of(ev: Reference, t: Term) -> Finite | Normal:
    """A measure: one that is given, a function with a measure as its value, or one with a weight."""
    if t in ev.measures:
        return ev.measures[t]
    if t.op == "weighted":
        x, weight, base = t.args
        law = law_of(ev, base)
        if isinstance(law, Finite):
            return Finite(tuple((times(w, ev.within({x: v}, weight)), v) for w, v in law.atoms))
        mean, cov = coordinates(law)
        f, density = along(ev, x, weight)[0], log_bell(mean, cov)
        log_mass, mean, cov = bell(lambda v: plus(numbers.log(f(v)), density(v)), len(mean))
        if agree(log_mass, ZERO):
            return Normal(mean, cov)
    if t.op == "app" and t.args[0] in ev.functions:
        params, body = ev.functions[t.args[0]]
        bound = dict(zip(params, [ev(a) for a in t.args[1:]], strict=True))
        return ev.within(bound, body, alone=True, rule=law_of)
    raise NoReference(f"no measure is given for {show(t)}")


def _sum(ev: Reference, x: Term, atoms: Iterable[tuple[Value, Value]], body: Term) -> Value:
    out: Value = None
    for w, v in atoms:
        term = scale(w, ev.within({x: v}, body))
        out = term if out is None else plus(out, term)
    return out


def average(ev: Reference, x: Term, law: Normal, body: Term) -> Value:
    """The average of a polynomial, or of the exponential of a quadratic form, under a Gaussian law."""
    f, _ = along(ev, x, body)
    mean, cov = coordinates(law)
    ways = [quadratic_average, polynomial_average, exponential_average]
    for way in reversed(ways) if body.op in ("normal", "exp") else ways:
        try:
            return way(f, mean, cov)
        except (NoReference, numbers.Undefined):
            continue
    raise NoReference(f"the average of {show(body)[:200]} is not one that is known exactly")


def gaussian(ev: Reference, x: Term, density: Term) -> Normal:
    """The law of x that has this density: its mean and covariance. Raises NoReference when it is not Gaussian."""
    density = ev.unfolded(density)
    if _is_law_of(x, density):
        return Normal(ev(density.args[1]), ev(density.args[2]))
    f, n = along(ev, x, density)
    log_mass, mean, cov = bell(lambda v: numbers.log(f(v)), n)
    if not agree(log_mass, ZERO):
        raise NoReference(f"{show(density)[:100]} has not the mass 1")
    return Normal(mean[0], cov[0][0]) if is_scalar(x) else Normal(mean, cov)


def log_density(ev: Reference, x: Term, density: Term) -> Form:
    """The logarithm of a density as a function of the coordinates of x; mean and covariance are computed once."""
    density = ev.unfolded(density)
    if not _is_law_of(x, density):
        f, _ = along(ev, x, density)
        return lambda v: numbers.log(f(v))
    return log_bell(*coordinates(Normal(ev(density.args[1]), ev(density.args[2]))))


def expectation(ev: Reference, t: Term) -> Value:
    """An expectation under a density."""
    x, density, body = t.args
    if x in ev.ranges:
        return _sum(ev, x, [(ev.within({x: v}, density), v) for v in ev.ranges[x]], body)
    return average(ev, x, gaussian(ev, x, density), body)


def divergence(ev: Reference, t: Term) -> Value:
    """A Kullback-Leibler divergence, as the expectation of the log-ratio."""
    x, p, q = t.args
    if x in ev.ranges:
        return _finite_divergence(ev, x, p, q)
    mean, cov = coordinates(gaussian(ev, x, p))
    above, below = log_density(ev, x, p), log_density(ev, x, q)
    return quadratic_average(lambda v: plus(above(v), numbers.neg(below(v))), mean, cov)


def _finite_divergence(ev: Reference, x: Term, p: Term, q: Term) -> Value:
    out = ZERO
    for v in ev.ranges[x]:
        a, b = ev.within({x: v}, p), ev.within({x: v}, q)
        if numbers.sign(a):
            out = plus(out, numbers.mul(a, numbers.log(numbers.mul(a, numbers.inverse(b)))))
    return out
