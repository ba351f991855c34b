"""FLINT's polynomials over Q: the rings, how terms are read, and how large a polynomial may be."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from fractions import Fraction
from functools import cache
from math import gcd, lcm
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx

MAX_WORK = 1_000_000  # products of terms in one multiplication
LONG, MAX_DEGREE = 1000, 1200  # from so many products of terms on, a product has at most this degree
MAX_BITS = 400_000  # of a coefficient
Poly = Any  # flint.fmpq_mpoly


class TooLarge(ArithmeticError):
    """A polynomial grew beyond the cap; the caller reports undecided."""


@cache
def ring(size: int) -> tuple[Any, tuple[Poly, ...], Poly, Poly]:
    """The polynomial ring with this many generators: its context, generators, 1 and 0."""
    ctx = fmpq_mpoly_ctx.get([f"g{k}" for k in range(size)], Ordering.lex)
    return ctx, ctx.gens(), ctx.constant(1), ctx.constant(0)


def terms(p: Poly) -> Iterator[tuple[tuple[int, ...], Any]]:
    """The terms of a polynomial as (exponents, coefficient)."""
    return zip(p.monoms(), p.coeffs(), strict=True)


def fraction(p: Poly) -> Fraction:
    """A constant polynomial as a Fraction."""
    if p.is_zero():
        return Fraction(0)
    c = p.leading_coefficient()
    return Fraction(int(c.p)) if c.q == 1 else Fraction(int(c.p), int(c.q))


def factored(p: Poly) -> tuple[Any, list[tuple[Poly, int]]]:
    """A polynomial as a rational times powers of irreducible ones with coprime integers as coefficients.

    That a x + b is irreducible, when a and b have no common factor, is seen faster than FLINT finds it.
    """
    if len(p) > 1 and 1 in (degrees := p.degrees()):
        place = degrees.index(1)
        a = p.derivative(place)
        if a.gcd(p - a * p.context().gen(place)).is_one():
            c = p.coeffs()
            content = fmpq(gcd(*(int(k.p) for k in c)), lcm(*(int(k.q) for k in c)))
            content = content if c[0] > 0 else -content
            return content, [(p / content, 1)]
    return p.factor()


def cancelled(num: Poly, den: Poly) -> tuple[Poly, Poly]:
    """A numerator and a denominator without their common factor."""
    g = num.gcd(den)
    return (num, den) if g.is_constant() else (num / g, den / g)


def refuse_large(most: int, *products: tuple[Poly, Poly]) -> None:
    """Raise TooLarge when one of the products would have too many terms, or too high a degree."""
    for p, q in products:
        degree = p.total_degree() + q.total_degree()
        if len(p) * len(q) > MAX_WORK or (len(p) * len(q) > LONG and degree > most):
            raise TooLarge(f"a product of polynomials of {len(p)} and {len(q)} terms, of degree {degree}")


def small(p: Poly) -> bool:
    """Whether the leading coefficient is of a reasonable size."""
    return p.is_zero() or p.leading_coefficient().height_bits() <= MAX_BITS


def bits(p: Poly) -> int:
    """The size of the largest coefficient."""
    return max((max(c.p.bit_length(), c.q.bit_length()) for c in p.coeffs()), default=0)


def poly_key(p: Poly) -> Hashable:
    """A polynomial as a hashable value that does not depend on how many generators the field has: its canonical
    text.
    """
    return "1" if p.is_one() else str(p)
