"""Exact facts about Gaussians, each of which checks that it applies.

- The logarithm of a Gaussian is a quadratic form, which finitely many of its values determine.
- The average of a polynomial of degree 5 or less under a Gaussian is a sum over three nodes per axis.
- The average of the exponential of a quadratic form is the mass of one more Gaussian.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from flint import arb, fmpq

from derivations.evidence import arithmetic as numbers
from derivations.evidence.arithmetic import ONE, ZERO
from tests.twins.reference.linear import (
    HALF,
    MINUS,
    Value,
    agree,
    cholesky,
    dot,
    eliminate,
    plus,
    scale,
    times,
)  # fmt: skip

Form = Callable[[list[Value]], Value]


class NoReference(Exception):
    """The term has no value here; the message says why."""


@dataclass(frozen=True)
class Normal:
    """The law N(mean, cov)."""

    mean: Value
    cov: Value


def quadratic(f: Form, n: int) -> tuple[Value, list[Value], list[list[Value]]]:
    """(c, b, A) with f(x) = c + <b, x> + <x, A x> / 2 on R^n. Raises NoReference when f is not quadratic."""

    def at(*unit: int) -> list[Value]:
        x = [ZERO] * n
        for k in unit:
            x[abs(k) - 1] = numbers.add(x[abs(k) - 1], ONE if k > 0 else MINUS)
        return x

    c = f(at())
    if isinstance(c, list):
        raise NoReference("a vector is not a quadratic form")
    up, down = [f(at(k + 1)) for k in range(n)], [f(at(-k - 1)) for k in range(n)]
    b = [scale(HALF, plus(u, numbers.neg(v))) for u, v in zip(up, down, strict=True)]
    A = [[ZERO] * n for _ in range(n)]
    for i in range(n):
        A[i][i] = plus(plus(up[i], down[i]), scale(fmpq(-2), c))
        for j in range(i):
            both = plus(plus(f(at(i + 1, j + 1)), c), numbers.neg(plus(up[i], up[j])))
            A[i][j] = A[j][i] = both
    x = [fmpq(3 * k + 5, 2 * k + 3) for k in range(n)]
    if not agree(f(x), plus(plus(c, dot(b, x)), scale(HALF, dot(x, times(A, x))))):
        raise NoReference("the logarithm of this function is not a quadratic form")
    return c, b, A


def bell(
    f: Form, n: int
) -> tuple[Value, list[Value], list[list[Value]]]:
    """(log mass, mean, cov) of the function whose logarithm is the quadratic f."""
    c, b, A = quadratic(f, n)
    cov, pivots = eliminate(scale(MINUS, A))
    mean = times(cov, b)
    log_mass = plus(c, scale(HALF, dot(b, mean)))
    for p in pivots:
        log_mass = plus(log_mass, scale(HALF, numbers.log(numbers.mul(scale(fmpq(2), arb.pi()), numbers.inverse(p)))))
    return log_mass, mean, cov


def _nodes(order: int) -> list[tuple[Value, Value]]:
    """Gauss-Hermite nodes (weight, z) for the standard normal law: exact to degree 2 order - 1."""
    if order == 3:
        root = arb(3).sqrt()
        return [(fmpq(1, 6), -root), (fmpq(2, 3), ZERO), (fmpq(1, 6), root)]
    six = arb(6).sqrt()
    pairs = [((3 + six) / 12, (3 - six).sqrt()), ((3 - six) / 12, (3 + six).sqrt())]
    return [(w, s) for w, z in pairs for s in (-z, z)]


def polynomial_average(f: Form, mean: list[Value], cov: list[list[Value]]) -> Value:
    """The average under N(mean, cov) of a polynomial of degree 5 or less. Raises NoReference for anything else."""
    low = cholesky(cov)

    def by(order: int) -> Value:
        out: Value = None
        for grid in itertools.product(_nodes(order), repeat=len(mean)):
            weight = ONE
            for w, _ in grid:
                weight = numbers.mul(weight, w)
            term = scale(weight, f(plus(mean, times(low, [z for _, z in grid]))))
            out = term if out is None else plus(out, term)
        return out

    value = by(3)
    if not agree(value, by(4)):
        raise NoReference("what is averaged is not a polynomial of degree 5 or less")
    return value


def quadratic_average(f: Form, mean: list[Value], cov: list[list[Value]]) -> Value:
    """The average of c + <b, x> + <x, A x> / 2: its value at the mean, plus half the trace of A cov."""
    c, b, A = quadratic(f, len(mean))
    spread = [dot(A[k], [row[k] for row in cov]) for k in range(len(mean))]
    return plus(plus(c, dot(b, mean)), scale(HALF, plus(dot(mean, times(A, mean)), dot(spread, [ONE] * len(mean)))))


def exponential_average(f: Form, mean: list[Value], cov: list[list[Value]]) -> Value:
    """The average of the exponential of a quadratic form: the mass of one more Gaussian."""
    log_density = log_bell(mean, cov)
    return numbers.exp(bell(lambda v: plus(numbers.log(f(v)), log_density(v)), len(mean))[0])


def log_bell(mean: list[Value], cov: list[list[Value]]) -> Form:
    """The logarithm of the density of N(mean, cov)."""
    precision, pivots = eliminate(cov)
    log_det = ZERO
    for p in pivots:
        log_det = plus(log_det, numbers.log(numbers.mul(scale(fmpq(2), arb.pi()), p)))

    def log_density(v: list[Value]) -> Value:
        gap = plus(v, scale(MINUS, mean))
        return scale(-HALF, plus(dot(gap, times(precision, gap)), log_det))

    return log_density


def coordinates(law: Normal) -> tuple[list[Value], list[list[Value]]]:
    """(mean, covariance) of a Gaussian law as a vector and a matrix, on the line too."""
    return (law.mean, law.cov) if isinstance(law.mean, list) else ([law.mean], [[law.cov]])
