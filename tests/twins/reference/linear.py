"""Vectors and matrices of exact rationals, balls and jets: plain lists of numbers."""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from derivations.evidence import arithmetic as numbers
from derivations.evidence.arithmetic import ONE, ZERO, Jet

Value = Any  # fmpq, arb or Jet; a list of them (a vector); a list of lists (a matrix)
MINUS, HALF = fmpq(-1), fmpq(1, 2)


def scale(k: Value, v: Value) -> Value:
    """A number times a number, a vector or a matrix."""
    return [scale(k, x) for x in v] if isinstance(v, list) else numbers.mul(k, v)


def plus(a: Value, b: Value) -> Value:
    """A sum of two numbers, vectors or matrices."""
    if isinstance(a, list):
        return [plus(x, y) for x, y in zip(a, b, strict=True)]
    return numbers.add(a, b)


def dot(u: list[Value], v: list[Value]) -> Value:
    """The inner product of two vectors."""
    out = ZERO
    for x, y in zip(u, v, strict=True):
        out = numbers.add(out, numbers.mul(x, y))
    return out


def times(a: Value, b: Value) -> Value:
    """A product: a number or a matrix, times a number, a vector or a matrix."""
    if not isinstance(a, list):
        return scale(a, b)
    if not isinstance(b, list):
        return scale(b, a)
    if not isinstance(b[0], list):
        return [dot(row, b) for row in a]
    return [[dot(row, column) for column in zip(*b, strict=True)] for row in a]


def identity(n: int) -> list[list[Value]]:
    """The identity matrix."""
    return [[ONE if i == j else ZERO for j in range(n)] for i in range(n)]


def eliminate(a: list[list[Value]]) -> tuple[list[list[Value]], list[Value]]:
    """(inverse, pivots) of a square matrix whose leading minors are not zero, as those of a definite one."""
    n = len(a)
    rows, pivots = [[*row, *unit] for row, unit in zip(a, identity(n), strict=True)], []
    for k in range(n):
        pivots.append(rows[k][k])
        rows[k] = scale(numbers.inverse(rows[k][k]), rows[k])
        for i in range(n):
            if i != k:
                rows[i] = plus(rows[i], scale(numbers.neg(rows[i][k]), rows[k]))
    return [row[n:] for row in rows], pivots


def cholesky(a: list[list[Value]]) -> list[list[Value]]:
    """The lower triangular factor of a symmetric positive definite matrix."""
    n = len(a)
    low = [[ZERO] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = numbers.add(a[i][j], numbers.neg(dot(low[i][:j], low[j][:j])))
            low[i][j] = numbers.root(rest, 2) if i == j else numbers.mul(rest, numbers.inverse(low[j][j]))
    return low


def agree(a: Value, b: Value) -> bool:
    """Whether two values overlap, as balls much narrower than they are large."""
    if isinstance(a, list):
        return len(a) == len(b) and all(agree(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, Jet) or isinstance(b, Jet):
        level = max(v.level for v in (a, b) if isinstance(v, Jet))
        pairs = [(v.value, v.slope) if isinstance(v, Jet) and v.level == level else (v, ZERO) for v in (a, b)]
        return all(agree(x, y) for x, y in zip(*pairs, strict=True))
    gap = numbers.ball(numbers.add(a, numbers.neg(b)))
    size = arb(1) + abs(numbers.ball(a)) + abs(numbers.ball(b))
    return bool(gap.contains(0)) and bool(gap.rad() < size * arb(2) ** -100)
