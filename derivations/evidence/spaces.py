"""Vectors and matrices of numbers: tuples, and tuples of rows, over the values of `arithmetic`.

A scalar is a rational, a ball or a jet; every operation is exact on rationals and encloses the truth on balls.
"""

from __future__ import annotations

from typing import Any

from flint import arb

from derivations.evidence import arithmetic as numbers
from derivations.evidence.arithmetic import ONE, ZERO, Undefined, Value

Anything = Any  # a scalar, a vector or a matrix


def plus(a: Anything, b: Anything) -> Anything:
    """a + b, of one shape."""
    if isinstance(a, tuple):
        return tuple(map(plus, a, b))
    return numbers.add(a, b)


def scaled(c: Value, a: Anything) -> Anything:
    """A scalar times anything."""
    return tuple(scaled(c, p) for p in a) if isinstance(a, tuple) else numbers.mul(c, a)


def minus(a: Anything) -> Anything:
    """-a."""
    return tuple(map(minus, a)) if isinstance(a, tuple) else numbers.neg(a)


def dot(u: tuple[Value, ...], v: tuple[Value, ...]) -> Value:
    """The inner product of two vectors."""
    out: Value = ZERO
    for p, q in zip(u, v, strict=True):
        out = numbers.add(out, numbers.mul(p, q))
    return out


def product(a: Anything, b: Anything) -> Anything:
    """A scalar times anything, a matrix times a vector, or a matrix times a matrix."""
    if not isinstance(a, tuple) or not isinstance(b, tuple):
        return scaled(b, a) if isinstance(a, tuple) else scaled(a, b)
    if not isinstance(b[0], tuple):
        return tuple(dot(row, b) for row in a)
    columns = transposed(b)
    return tuple(tuple(dot(row, column) for column in columns) for row in a)


def transposed(a: Anything) -> Anything:
    """The transpose of a matrix."""
    return tuple(zip(*a, strict=True))


def unit(size: int) -> tuple[tuple[Value, ...], ...]:
    """The identity matrix."""
    return tuple(tuple(ONE if k == j else ZERO for j in range(size)) for k in range(size))


def eliminated(a: Anything) -> tuple[Anything, Value]:
    """The inverse and the determinant of a square matrix. Raises Undefined when it has no inverse."""
    size, sign = len(a), ONE
    rows = [[*row, *one] for row, one in zip(a, unit(size), strict=True)]
    determinant: Value = ONE
    for c in range(size):
        pivot = next((r for r in range(c, size) if _usable(rows[r][c])), None)
        if pivot is None:
            raise Undefined("a matrix without inverse")
        if pivot != c:
            rows[c], rows[pivot], sign = rows[pivot], rows[c], -sign
        determinant = numbers.mul(determinant, rows[c][c])
        head = numbers.inverse(rows[c][c])
        rows[c] = [numbers.mul(head, e) for e in rows[c]]
        for r in range(size):
            if r != c:
                rows[r] = _cleared(rows[r], rows[c], numbers.neg(rows[r][c]))
    return tuple(tuple(row[size:]) for row in rows), numbers.mul(sign, determinant)


def _usable(e: Value) -> bool:
    """Whether an entry is certainly not zero."""
    while isinstance(e, numbers.Jet):
        e = e.value
    return not e.contains(0) if isinstance(e, arb) else e != 0


def _cleared(row: list[Value], by: list[Value], factor: Value) -> list[Value]:
    return [numbers.add(e, numbers.mul(factor, f)) for e, f in zip(row, by, strict=True)]


def definite(a: Anything) -> bool:
    """Whether a symmetric matrix is positive definite: every leading minor is positive."""
    return all(numbers.near(eliminated([row[:k] for row in a[:k]])[1]) > 0 for k in range(1, len(a) + 1))


def root(a: Anything) -> list[list[float]]:
    """A lower triangular L with L L^T close to a positive definite matrix: good enough to place points by."""
    size = len(a)
    lower = [[0.0] * size for _ in range(size)]
    for r in range(size):
        for c in range(r + 1):
            rest = numbers.near(a[r][c]) - sum(lower[r][k] * lower[c][k] for k in range(c))
            lower[r][c] = rest**0.5 if r == c else rest / lower[c][c]
    return lower
